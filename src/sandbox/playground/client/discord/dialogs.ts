import type { DiscordRoom } from '../../discord/room.ts'
import { avatar } from '../avatar.ts'
import { createSlot, h, onTick, openModal, withColor } from '../dom.ts'

/** What an admin does by hand. */
export interface DialogActions {
  /** Answers whether it was done. */
  setRoles(member: string, roles: string[]): Promise<boolean>
  kick(member: string): void
  moveRole(role: string, by: 1 | -1): void
}

/** The windows over the page: a member's profile, and the server's roles. */
export function createDialogs(actions: DialogActions) {
  const body = h('div', { class: 'dialog-body' })
  const element = h('dialog', { class: 'dialog', 'aria-labelledby': 'dialog-title' }, body)
  const slot = createSlot(body)
  let open: { kind: 'profile'; member: string } | { kind: 'roles' } | undefined

  element.addEventListener('close', () => {
    open = undefined
  })
  // A click beside the window closes it.
  element.addEventListener('click', event => {
    if (event.target === element) element.close()
  })
  const close = h(
    'button',
    { type: 'button', class: 'quiet', 'data-key': 'close', onClick: () => element.close() },
    'Close',
  )

  const profile = (room: DiscordRoom, id: string) => {
    const member = room.members.find(each => each.id === id)
    if (!member) return [h('h2', { id: 'dialog-title' }, 'They have left'), close]
    const mayChange = room.viewer.isAdmin
    return [
      h(
        'div',
        { class: 'profile' },
        h('img', { src: avatar(member.name, member.isBot), alt: '', width: 56, height: 56 }),
        h(
          'div',
          {},
          withColor(h('h2', { id: 'dialog-title', class: 'member-name' }, member.name), member.color),
          h('p', {}, `@${member.username}`),
        ),
      ),
      h(
        'fieldset',
        { disabled: !mayChange },
        h('legend', {}, mayChange ? 'Roles, given by hand' : 'Roles'),
        room.roles.map(role => {
          const box = h('input', {
            type: 'checkbox',
            checked: member.roles.includes(role.id),
            disabled: role.isManaged,
            'data-key': `role-${role.id}`,
          })
          onTick(box, isOn => {
            const others = member.roles.filter(held => held !== role.id)
            return actions.setRoles(id, isOn ? [...others, role.id] : others)
          })
          return h(
            'label',
            { class: 'check' },
            box,
            withColor(h('span', { class: 'role' }, role.name), role.color),
          )
        }),
      ),
      h(
        'div',
        { class: 'dialog-foot' },
        mayChange &&
          !member.isBot &&
          id !== room.viewer.id &&
          h(
            'button',
            { type: 'button', class: 'danger', 'data-key': 'kick', onClick: () => actions.kick(id) },
            `Kick ${member.name}`,
          ),
        close,
      ),
    ]
  }

  const roles = (room: DiscordRoom) => [
    h('h2', { id: 'dialog-title' }, 'Roles'),
    h('p', {}, `Highest first. ${room.bot.name} can give only roles below its own.`),
    h(
      'ol',
      { class: 'role-order' },
      room.roles.map((role, index) =>
        h(
          'li',
          {},
          withColor(h('span', { class: 'role' }, role.name, role.isBots && " (the bot's)"), role.color),
          h(
            'button',
            {
              type: 'button',
              class: 'quiet',
              'aria-label': `Move ${role.name} up`,
              disabled: index === 0,
              'data-key': `up-${role.id}`,
              onClick: () => actions.moveRole(role.id, 1),
            },
            '↑',
          ),
          h(
            'button',
            {
              type: 'button',
              class: 'quiet',
              'aria-label': `Move ${role.name} down`,
              disabled: index === room.roles.length - 1,
              'data-key': `down-${role.id}`,
              onClick: () => actions.moveRole(role.id, -1),
            },
            '↓',
          ),
        ),
      ),
    ),
    h('div', { class: 'dialog-foot' }, close),
  ]

  const draw = (room: DiscordRoom) => {
    const now = open
    if (!now) return
    slot([now, room.roles, room.members, room.viewer], () =>
      now.kind === 'profile' ? profile(room, now.member) : roles(room),
    )
  }
  const show = (what: NonNullable<typeof open>, room: DiscordRoom) => {
    open = what
    draw(room)
    openModal(element)
  }
  return {
    element,
    draw,
    profile: (member: string, room: DiscordRoom) => show({ kind: 'profile', member }, room),
    roles: (room: DiscordRoom) => show({ kind: 'roles' }, room),
  }
}
