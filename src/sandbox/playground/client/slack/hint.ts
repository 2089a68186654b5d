import type { Progress } from '../../view.ts'
import { chip, hintElement } from '../hint.ts'

/** What a first visit to the workspace could try; each chip fills the command box as the right person. */
export const slackHint = (
  { isRoleSet, isPaid, isClockMoved }: Progress,
  {
    tryLine,
    moveClock,
    hideHint,
  }: { tryLine(player: string, line: string): void; moveClock(): void; hideHint(): void },
): HTMLElement =>
  hintElement({
    intro:
      'The same bot, in Slack: there are no roles here, so a membership opens a private channel. Three things to try:',
    hide: hideHint,
    steps: [
      {
        isDone: isRoleSet,
        title: 'As Vera, the owner, choose what members get',
        content: [chip('/premium role #lounge', 'chip-1', () => tryLine('vera', '/premium role #lounge'))],
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
        title: 'See #lounge appear among her channels, then let time pass',
        content: [
          chip('/billing', 'chip-3', () => tryLine('ada', '/billing')),
          ' ',
          chip('+1 month', 'chip-4', moveClock),
        ],
      },
    ],
  })
