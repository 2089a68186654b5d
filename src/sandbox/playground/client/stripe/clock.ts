import { h } from '../dom.ts'
import type { Controls } from './controls.ts'

const day = 86_400_000

/** The sandbox's clock, ticking, with buttons that move it ahead. */
export function createClock({ button }: Controls) {
  const time = h('time', { class: 'clock-time' })
  const words = h('p', { class: 'clock-ahead' })
  const title = 'A month by the calendar, and the hours until a renewal is charged'
  const element = h(
    'div',
    { class: 'clock' },
    time,
    words,
    h(
      'div',
      { class: 'buttons', role: 'group', 'aria-label': 'Move the clock ahead' },
      button('+1 day', 'clock-day', { act: 'advance', by: 'day' }),
      button('+1 week', 'clock-week', { act: 'advance', by: 'week' }),
      button('+1 month', 'clock-month', { act: 'advance', by: 'month' }, { title }),
    ),
  )
  let ahead = 0

  const tick = () => {
    const now = new Date(Date.now() + ahead)
    time.dateTime = now.toISOString()
    time.textContent = now.toLocaleString('en-GB', {
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
  }
  window.setInterval(tick, 1000)

  return {
    element,
    /** `by` is how far the clock is ahead of this machine's, in milliseconds. */
    draw(by: number) {
      ahead = by
      const days = Math.round(by / day)
      words.textContent =
        days === 0
          ? 'In step with this machine'
          : `${days} ${days === 1 ? 'day' : 'days'} ahead of this machine`
      tick()
    },
  }
}
