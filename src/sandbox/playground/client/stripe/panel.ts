import type { StripeView } from '../../stripe/view.ts'
import type { ActResult } from '../../view.ts'
import { createSlot, h } from '../dom.ts'
import { createClock } from './clock.ts'
import { createControls } from './controls.ts'
import { customerElement } from './customer.ts'
import { deliveryElement } from './delivery.ts'

const fewDeliveries = 10

/** The side panel: the clock, and what Stripe has and sends. */
export function createStripePanel(act: (wanted: object) => Promise<ActResult>) {
  const problem = h('p', { class: 'problem', role: 'alert', hidden: true })
  let isBusy = false
  const controls = createControls(async wanted => {
    if (isBusy) return false
    isBusy = true
    element.classList.add('busy')
    const { problem: failed = '' } = await act(wanted)
    isBusy = false
    element.classList.remove('busy')
    tell(failed)
    return failed === ''
  })
  const tell = (words: string) => {
    problem.textContent = words
    problem.hidden = words === ''
  }
  const clock = createClock(controls)
  const customers = h('div', { class: 'customers' })
  const deliveries = h('div', { class: 'deliveries' })
  const element = h(
    'aside',
    { class: 'stripe', id: 'stripe', 'aria-label': 'What Stripe sees' },
    h('section', { 'aria-label': 'Clock' }, h('h2', {}, 'Clock'), clock.element),
    problem,
    h('section', { 'aria-label': 'Customers' }, h('h2', {}, 'What Stripe has'), customers),
    h('section', { 'aria-label': 'Webhooks' }, h('h2', {}, 'What Stripe sent'), deliveries),
  )
  const slots = { customers: createSlot(customers), deliveries: createSlot(deliveries) }
  let showsAll = false

  const draw = (view: StripeView) => {
    clock.draw(view.ahead)
    slots.customers(view.customers, () =>
      view.customers.length > 0
        ? view.customers.map(customer => customerElement(customer, controls))
        : [h('p', { class: 'nothing' }, 'No customer yet. The first link to Checkout makes one.')],
    )
    drawDeliveries(view)
  }
  const drawDeliveries = (view: StripeView) => {
    const shown = showsAll ? view.deliveries : view.deliveries.slice(0, fewDeliveries)
    slots.deliveries([shown, view.deliveries.length], () => [
      shown.length === 0 &&
        h(
          'p',
          { class: 'nothing' },
          'No event yet. Everything that happens here is sent to the bot as a signed webhook.',
        ),
      h(
        'ul',
        {},
        shown.map(delivery => deliveryElement(delivery, controls)),
      ),
      view.deliveries.length > fewDeliveries && more(view),
    ])
  }
  const more = (view: StripeView) =>
    h(
      'button',
      {
        type: 'button',
        class: 'quiet',
        'data-key': 'more',
        'aria-expanded': String(showsAll),
        onClick: () => {
          showsAll = !showsAll
          drawDeliveries(view)
        },
      },
      showsAll ? 'Show fewer' : `Show ${view.deliveries.length - fewDeliveries} more`,
    )
  return {
    element,
    draw,
    moveClock: () => void controls.run({ act: 'advance', by: 'month' }),
    /** What went wrong before the connection was lost and found is no news any more. */
    forgive: () => tell(''),
  }
}
