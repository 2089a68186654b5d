import { h } from './dom.ts'
import type { State } from './state.ts'

/** What a first visit could try, as three steps; each chip fills the command box as the right person. */
export function hintElement(
  { progress }: Pick<State, 'progress'>,
  {
    tryLine,
    moveClock,
    hide,
  }: { tryLine(player: string, line: string): void; moveClock(): void; hide(): void },
): HTMLElement {
  const { isRoleSet, isPaid, isClockMoved } = progress
  const chip = (label: string, act: () => void, key: string) =>
    h('button', { type: 'button', class: 'chip', 'data-key': key, onClick: act }, label)
  const step = (isDone: boolean, title: string, ...content: (Node | string)[]) =>
    h(
      'li',
      { class: isDone ? 'step done' : 'step' },
      h('span', { class: 'step-mark', 'aria-hidden': 'true' }, isDone ? '✓' : ''),
      h(
        'div',
        {},
        h('strong', {}, title, isDone && h('span', { class: 'visually-hidden' }, ' (done)')),
        h('p', {}, ...content),
      ),
    )
  return h(
    'section',
    { class: 'hint', 'aria-label': 'What to try' },
    h(
      'div',
      { class: 'hint-head' },
      h('h2', {}, 'Welcome behind the rope'),
      h(
        'button',
        { type: 'button', class: 'quiet', 'aria-label': 'Hide what to try', onClick: hide },
        'Hide',
      ),
    ),
    h(
      'p',
      {},
      'The real bot runs here, between a Discord and a Stripe that live on this machine. Three things to try:',
    ),
    h(
      'ol',
      {},
      step(
        isRoleSet,
        'As Vera, the admin, choose what members get',
        chip('/premium role role:@Premium', () => tryLine('vera', '/premium role role:@Premium'), 'chip-1'),
      ),
      step(
        isPaid,
        'As Ada, subscribe and pay with a test card',
        chip('/plans', () => tryLine('ada', '/plans'), 'chip-2'),
        ' then Subscribe, then Pay on Stripe',
      ),
      step(
        isClockMoved,
        'See her role in the member list, then let time pass',
        chip('/billing', () => tryLine('ada', '/billing'), 'chip-3'),
        ' ',
        chip('+1 month', moveClock, 'chip-4'),
      ),
    ),
  )
}
