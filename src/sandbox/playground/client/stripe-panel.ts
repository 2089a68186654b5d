import type { CustomerView, DeliveryView, InvoiceView, StripeView, SubscriptionView } from '../stripe/view.ts'
import type { ActResult } from '../view.ts'
import { createSlot, h, safeLink } from './dom.ts'
import { shortDate, stamp } from './time.ts'

const fewDeliveries = 10

/** The side panel: the clock, and what Stripe has and sends. */
export function createStripePanel(act: (wanted: object) => Promise<ActResult>) {
  const time = h('time', { class: 'clock-time' })
  const clock = h('div', { class: 'clock' })
  const problem = h('p', { class: 'problem', role: 'alert', hidden: true })
  const customers = h('div', { class: 'customers' })
  const deliveries = h('div', { class: 'deliveries' })
  const element = h(
    'aside',
    { class: 'stripe', id: 'stripe', 'aria-label': 'What Stripe sees' },
    h('section', { 'aria-label': 'Clock' }, h('h2', {}, 'Clock'), clock),
    problem,
    h('section', { 'aria-label': 'Customers' }, h('h2', {}, 'What Stripe has'), customers),
    h('section', { 'aria-label': 'Webhooks' }, h('h2', {}, 'What Stripe sent'), deliveries),
  )
  const slots = { customers: createSlot(customers), deliveries: createSlot(deliveries) }
  let ahead = 0
  let isBusy = false
  let showsAll = false
  let last: StripeView | undefined

  const run = async (wanted: object) => {
    if (isBusy) return
    isBusy = true
    element.classList.add('busy')
    const { problem: failed = '' } = await act(wanted)
    isBusy = false
    element.classList.remove('busy')
    problem.textContent = failed
    problem.hidden = failed === ''
  }
  const button = (label: string, key: string, wanted: object, title?: string, kind = 'small') =>
    h(
      'button',
      { type: 'button', class: kind, 'data-key': key, title, onClick: () => void run(wanted) },
      label,
    )

  const tick = () => {
    const now = new Date(Date.now() + ahead)
    const text = now.toLocaleString('en-GB', {
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
    if (time.textContent !== text) time.textContent = text
    time.dateTime = now.toISOString()
  }
  window.setInterval(tick, 1000)

  clock.append(
    time,
    h('p', { class: 'clock-ahead', 'data-ahead': '' }),
    h(
      'div',
      { class: 'buttons', role: 'group', 'aria-label': 'Move the clock ahead' },
      button('+1 day', 'clock-day', { act: 'advance', by: 'day' }),
      button('+1 week', 'clock-week', { act: 'advance', by: 'week' }),
      button(
        '+1 month',
        'clock-month',
        { act: 'advance', by: 'month' },
        'A month by the calendar, and the hours until a renewal is charged',
      ),
    ),
  )

  const draw = (view: StripeView) => {
    last = view
    ahead = view.ahead
    tick()
    const days = Math.round(ahead / 86_400_000)
    const words = clock.querySelector('.clock-ahead')
    if (words)
      words.textContent =
        days === 0
          ? 'In step with this machine'
          : `${days} ${days === 1 ? 'day' : 'days'} ahead of this machine`
    slots.customers(view.customers, () =>
      view.customers.length > 0
        ? view.customers.map(customer => customerElement(customer, button))
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
        shown.map(delivery => deliveryElement(delivery, button)),
      ),
      view.deliveries.length > fewDeliveries &&
        h(
          'button',
          {
            type: 'button',
            class: 'quiet',
            'data-key': 'more',
            'aria-expanded': String(showsAll),
            onClick: () => {
              showsAll = !showsAll
              if (last) drawDeliveries(last)
            },
          },
          showsAll ? 'Show fewer' : `Show ${view.deliveries.length - fewDeliveries} more`,
        ),
    ])
  }
  return { element, draw, moveClock: () => run({ act: 'advance', by: 'month' }) }
}

type MakeButton = (label: string, key: string, wanted: object, title?: string, kind?: string) => HTMLElement

function customerElement(customer: CustomerView, button: MakeButton): HTMLElement {
  const { id, name, email, isFailing, subscriptions, invoices } = customer
  return h(
    'article',
    { class: 'customer', 'aria-label': `Customer ${name}` },
    h('header', {}, h('h3', {}, name), h('code', {}, id)),
    email && h('p', { class: 'soft' }, email),
    subscriptions.map(subscription => subscriptionElement(subscription, button)),
    subscriptions.length === 0 && h('p', { class: 'nothing' }, 'No subscription yet.'),
    subscriptions.some(({ hasEnded }) => !hasEnded) &&
      h(
        'div',
        { class: 'buttons' },
        isFailing
          ? button('Let renewals succeed', `card-${id}`, { act: 'change card', customer: id, fails: false })
          : button(
              'Next renewal fails',
              `card-${id}`,
              { act: 'change card', customer: id, fails: true },
              'Swaps the card for one that banks decline',
            ),
        isFailing && h('span', { class: 'pill bad' }, 'card will be declined'),
      ),
    invoices.length > 0 &&
      h(
        'ul',
        { class: 'invoices', 'aria-label': 'Invoices' },
        invoices.map(invoice => invoiceElement(invoice, button)),
      ),
  )
}

function subscriptionElement(subscription: SubscriptionView, button: MakeButton): HTMLElement {
  const { id, status, plan, price, paidUntil, endsAt, hasEnded } = subscription
  const when = hasEnded
    ? `ended ${shortDate(endsAt)}`
    : endsAt
      ? `ends ${shortDate(endsAt)}`
      : `renews ${shortDate(paidUntil)}`
  return h(
    'div',
    { class: hasEnded ? 'subscription ended' : 'subscription' },
    h('div', { class: 'row' }, h('strong', {}, plan), pill(status)),
    h('p', { class: 'soft' }, `${price}, ${when}`),
    !hasEnded &&
      h(
        'div',
        { class: 'buttons' },
        endsAt
          ? button('Keep it', `keep-${id}`, { act: 'keep', subscription: id })
          : button('Cancel at period end', `end-${id}`, {
              act: 'cancel',
              subscription: id,
              when: 'period end',
            }),
        button('Cancel now', `cancel-${id}`, { act: 'cancel', subscription: id, when: 'now' }),
      ),
  )
}

function invoiceElement(invoice: InvoiceView, button: MakeButton): HTMLElement {
  const { id, number, amount, status, at, page } = invoice
  const href = safeLink(page)
  return h(
    'li',
    {},
    h(
      'div',
      { class: 'row' },
      href ? h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, number) : h('span', {}, number),
      h('span', { class: 'amount' }, amount),
      pill(status),
    ),
    h(
      'div',
      { class: 'row' },
      h('span', { class: 'soft' }, shortDate(at)),
      status === 'paid' &&
        button('Refund', `refund-${id}`, { act: 'refund', invoice: id }, undefined, 'link'),
      status === 'paid' &&
        button('Dispute', `dispute-${id}`, { act: 'dispute', invoice: id }, undefined, 'link'),
      status === 'open' && button('Pay it', `pay-${id}`, { act: 'pay', invoice: id }, undefined, 'link'),
    ),
  )
}

function deliveryElement(delivery: DeliveryView, button: MakeButton): HTMLElement {
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
    button('Resend', `resend-${id}`, { act: 'resend', event }, 'Sends the same event once more', 'link'),
  )
}

const tones: Record<string, string> = {
  active: 'good',
  trialing: 'good',
  paid: 'good',
  past_due: 'bad',
  unpaid: 'bad',
  open: 'bad',
  uncollectible: 'bad',
}

const pill = (status: string) =>
  h('span', { class: `pill ${tones[status] ?? ''}` }, status.replaceAll('_', ' '))
