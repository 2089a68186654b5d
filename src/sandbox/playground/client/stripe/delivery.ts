import type { DeliveryView } from '../../stripe/view.ts'
import { h } from '../dom.ts'
import { stamp } from '../time.ts'
import type { Controls } from './controls.ts'

/** One event on its way to the bot, and how the bot answered. */
export function deliveryElement(delivery: DeliveryView, controls: Controls): HTMLElement {
  const { id, event, type, status, error, attempts, at, isPending, nextAt } = delivery
  const isTaken = status >= 200 && status < 300
  const outcome = status ? String(status) : error || '…'
  return h(
    'li',
    { class: isTaken ? 'delivery' : 'delivery failed' },
    h('span', { class: 'delivery-type' }, type),
    h('span', { class: isTaken ? 'pill good' : status || error ? 'pill bad' : 'pill' }, outcome),
    h(
      'span',
      { class: 'soft delivery-when' },
      stamp(at),
      attempts > 1 && `, ${attempts} tries`,
      isPending && nextAt > 0 && `, again ${stamp(nextAt)}`,
    ),
    controls.button(
      'Resend',
      `resend-${id}`,
      { act: 'resend', event },
      { title: 'Sends the same event once more', kind: 'link' },
    ),
  )
}
