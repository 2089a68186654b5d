import type { Progress } from '../../view.ts'
import { chip, hintElement } from '../hint.ts'

/** What a first visit to the server could try; each chip fills the command box as the right person. */
export const discordHint = (
  { isRoleSet, isPaid, isClockMoved }: Progress,
  {
    tryLine,
    moveClock,
    hideHint,
  }: { tryLine(player: string, line: string): void; moveClock(): void; hideHint(): void },
): HTMLElement =>
  hintElement({
    intro:
      'The real bot runs here, between a Discord and a Stripe that live on this machine. Three things to try:',
    hide: hideHint,
    steps: [
      {
        isDone: isRoleSet,
        title: 'As Vera, the admin, choose what members get',
        content: [
          chip('/premium role role:@Premium', 'chip-1', () => tryLine('vera', '/premium role role:@Premium')),
        ],
      },
      {
        isDone: isPaid,
        title: 'As Ada, subscribe and pay with a test card',
        content: [
          chip('/plans', 'chip-2', () => tryLine('ada', '/plans')),
          ' then Subscribe, then Pay on Stripe',
        ],
      },
      {
        isDone: isPaid && isClockMoved,
        title: 'See her role in the member list, then let time pass',
        content: [
          chip('/billing', 'chip-3', () => tryLine('ada', '/billing')),
          ' ',
          chip('+1 month', 'chip-4', moveClock),
        ],
      },
    ],
  })
