import type { DoorView, PersonView, SlackRoom } from '../../slack/room.ts'
import { avatar } from '../avatar.ts'
import { type Child, createSlot, h, onTick, openModal } from '../dom.ts'

/** What an owner does by hand; the boxes' acts answer whether they were done. */
export interface DialogActions {
  setDoor(door: string, member: string, isIn: boolean): Promise<boolean>
  deactivate(member: string): void
  activate(member: string): void
  setPlan(isPaid: boolean): Promise<boolean>
}

/** Windows over the page: somebody's profile, and the workspace's settings. */
export function createDialogs(actions: DialogActions) {
  const element = h('dialog', { class: 'dialog', 'aria-labelledby': 'dialog-title' })
  const body = h('div', { class: 'dialog-body' })
  element.append(body)
  const slot = createSlot(body)
  let shown: ((room: SlackRoom) => Child[]) | undefined

  element.addEventListener('click', event => {
    if (event.target === element) element.close()
  })
  const draw = (room: SlackRoom) => {
    if (!element.open || !shown) return
    const make = shown
    slot([room.people, room.doors, room.workspace, room.viewer], () => [...make(room), foot()])
  }
  const show = (make: (room: SlackRoom) => Child[], room: SlackRoom) => {
    shown = make
    openModal(element)
    slot(null, () => [])
    draw(room)
  }
  const foot = () =>
    h(
      'div',
      { class: 'dialog-foot' },
      h(
        'button',
        { type: 'button', class: 'main', 'data-key': 'close', onClick: () => element.close() },
        'Done',
      ),
    )

  return {
    element,
    draw,
    profile: (id: string, room: SlackRoom) => show(now => profile(now, id, actions), room),
    settings: (room: SlackRoom) => show(now => settings(now, actions), room),
  }
}

function profile(room: SlackRoom, id: string, actions: DialogActions): Child[] {
  const person = room.people.find(each => each.id === id)
  if (!person) return [h('h2', { id: 'dialog-title' }, 'They have left')]
  const { name, handle, part, isActive } = person
  const mayEdit = room.viewer.isOwner && part !== 'app' && isActive
  return [
    h(
      'div',
      { class: 'profile' },
      h('img', { src: avatar(name, part === 'app'), alt: '', width: 56, height: 56 }),
      h('div', {}, h('h2', { id: 'dialog-title' }, name), h('p', { class: 'soft' }, `@${handle} · ${part}`)),
    ),
    h(
      'fieldset',
      {},
      h('legend', {}, 'Is in'),
      room.doors.map(door => doorBox(door, person, mayEdit || part === 'app', actions)),
    ),
    room.viewer.isOwner && part !== 'app' && id !== room.viewer.id && account(person, actions),
  ]
}

function doorBox(door: DoorView, { id, part }: PersonView, mayEdit: boolean, { setDoor }: DialogActions) {
  const isIn = door.members.includes(id)
  // A bot can be in a channel, not in a user group.
  const isFixed = !mayEdit || (part === 'app' && door.kind === 'group')
  const box = h('input', {
    type: 'checkbox',
    checked: isIn,
    disabled: isFixed,
    'data-key': `door-${door.id}`,
  })
  onTick(box, isIn => setDoor(door.id, id, isIn))
  return h('label', { class: 'check' }, box, h('span', { class: 'sl-door' }, door.name))
}

function account({ id, name, isActive }: PersonView, { deactivate, activate }: DialogActions): HTMLElement {
  return isActive
    ? h(
        'button',
        { type: 'button', class: 'danger', 'data-key': 'account', onClick: () => deactivate(id) },
        `Deactivate ${name}'s account`,
      )
    : h(
        'button',
        { type: 'button', class: 'main', 'data-key': 'account', onClick: () => activate(id) },
        `Activate ${name}'s account`,
      )
}

function settings({ workspace }: SlackRoom, { setPlan }: DialogActions): Child[] {
  const box = h('input', {
    type: 'checkbox',
    role: 'switch',
    checked: workspace.isPaid,
    'data-key': 'paid',
  })
  onTick(box, setPlan)
  return [
    h('h2', { id: 'dialog-title' }, workspace.name),
    h('label', { class: 'switch' }, box, 'On a paid Slack plan'),
    h(
      'p',
      { class: 'soft' },
      'Slack has user groups on paid plans only. Without one, a membership can unlock a private channel.',
    ),
  ]
}
