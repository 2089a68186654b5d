import type { CustomerView, InvoiceView, SubscriptionView } from '../../stripe/view.ts'
import { h, onTick, safeLink } from '../dom.ts'
import { shortDate } from '../time.ts'
import type { Controls } from './controls.ts'
import { pill } from './pill.ts'

const platforms: Record<string, string> = { discord: 'Discord', slack: 'Slack' }

/** A customer with what they have and owe, and the hands that change it. */
export function customerElement(customer: CustomerView, controls: Controls): HTMLElement {
  const { id, name, email, subscriptions, invoices } = customer
  const platform = platforms[customer.member.split(':')[0] ?? ''] ?? ''
  return h(
    'article',
    { class: 'customer', 'aria-label': `Customer ${name} ${platform}`.trim() },
    h(
      'header',
      {},
      h('h3', {}, name, platform && h('span', { class: 'of-chat' }, ` ${platform}`)),
      h('code', {}, id),
    ),
    email && h('p', { class: 'soft' }, email),
    subscriptions.map(subscription => subscriptionElement(subscription, controls)),
    subscriptions.length === 0 && h('p', { class: 'nothing' }, 'No subscription yet.'),
    subscriptions.some(({ hasEnded }) => !hasEnded) && failureSwitch(customer, controls),
    invoices.length > 0 &&
      h(
        'ul',
        { class: 'invoices', 'aria-label': 'Invoices' },
        invoices.map(invoice => invoiceElement(invoice, controls)),
      ),
  )
}

function subscriptionElement(subscription: SubscriptionView, controls: Controls): HTMLElement {
  const { id, status, plan, price, paidUntil, endsAt, hasEnded } = subscription
  const isOwed = status === 'past_due' || status === 'unpaid'
  const renewal = isOwed ? 'a payment is missing' : `renews ${shortDate(paidUntil)}`
  const end = hasEnded ? `ended ${shortDate(endsAt)}` : `ends ${shortDate(endsAt)}`
  return h(
    'div',
    { class: hasEnded ? 'subscription ended' : 'subscription' },
    h('div', { class: 'row' }, h('strong', {}, plan), pill(status)),
    h('p', { class: 'soft' }, `${price}, ${endsAt ? end : renewal}`),
    !hasEnded &&
      h(
        'div',
        { class: 'buttons' },
        endsAt
          ? controls.button('Keep it', `keep-${id}`, { act: 'keep', subscription: id })
          : controls.button('Cancel at period end', `end-${id}`, {
              act: 'cancel',
              subscription: id,
              when: 'period end',
            }),
        controls.button('Cancel now', `cancel-${id}`, { act: 'cancel', subscription: id, when: 'now' }),
      ),
  )
}

function invoiceElement(invoice: InvoiceView, controls: Controls): HTMLElement {
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
        controls.button('Refund', `refund-${id}`, { act: 'refund', invoice: id }, { kind: 'link' }),
      status === 'paid' &&
        controls.button('Dispute', `dispute-${id}`, { act: 'dispute', invoice: id }, { kind: 'link' }),
      status === 'open' &&
        controls.button('Pay it', `pay-${id}`, { act: 'pay', invoice: id }, { kind: 'link' }),
    ),
  )
}

/** Swaps the customer's card for one that banks decline, or back. */
function failureSwitch({ id, isFailing }: CustomerView, { run }: Controls): HTMLElement {
  const box = h('input', { type: 'checkbox', role: 'switch', checked: isFailing, 'data-key': `card-${id}` })
  onTick(box, fails => run({ act: 'change card', customer: id, fails }))
  return h('label', { class: 'switch' }, box, 'Next renewal fails')
}
