import { h } from './dom.ts'

/** One thing to try; a step's content holds chips that begin it. */
export interface Step {
  isDone: boolean
  title: string
  content: (Node | string)[]
}

/** A button that begins a step. */
export const chip = (label: string, key: string, act: () => void): HTMLElement =>
  h('button', { type: 'button', class: 'chip', 'data-key': key, onClick: act }, label)

/** What a first visit could try, step by step. */
export const hintElement = ({
  intro,
  steps,
  hide,
}: {
  intro: string
  steps: Step[]
  hide(): void
}): HTMLElement =>
  h(
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
    h('p', {}, intro),
    h(
      'ol',
      {},
      steps.map(({ isDone, title, content }) =>
        h(
          'li',
          { class: isDone ? 'step done' : 'step' },
          h('span', { class: 'step-mark', 'aria-hidden': 'true' }, isDone ? '✓' : ''),
          h(
            'div',
            {},
            h('strong', {}, title, isDone && h('span', { class: 'visually-hidden' }, ' (done)')),
            h('p', {}, content),
          ),
        ),
      ),
    ),
  )

/** Tells whether a first visit still stands at the top, where the hint is: until a message comes or another place is opened. */
export function createFirstVisit(): (isBeginning: boolean, place: string, messages: number) => boolean {
  let began: { place: string; messages: number } | undefined
  return (isBeginning, place, messages) => {
    if (isBeginning) began = { place, messages }
    if (began?.place !== place || began.messages !== messages) began = undefined
    return began !== undefined
  }
}
