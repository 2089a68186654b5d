import { day, money, priceText, rhythm } from '../core/money.ts'
import type { PaymentMethod, PortalSession, Price, Subscription } from '../core/objects.ts'
import type { PortalView } from '../portal/actions.ts'
import { dueForChange } from '../portal/preview.ts'
import { currentEnd } from '../subscriptions/lifecycle.ts'
import type { World } from '../world.ts'
import type { Visit } from './forms.ts'
import { html, type Markup } from './html.ts'
import { invoiceBadge } from './invoice.ts'
import { notice, sendPage } from './layout.ts'
import { testCardChoice } from './test-card-choice.ts'

/** Where somebody is in the portal. */
export interface At {
  world: World
  session: PortalSession
  view: PortalView
  visit: Visit
}

const DONE: Record<string, [text: string, tone: 'good' | 'bad']> = {
  cancelled: ['Your subscription was cancelled.', 'good'],
  renewed: ['Your subscription goes on.', 'good'],
  changed: ['Your plan was changed.', 'good'],
  card: ['Your card was changed.', 'good'],
  paid: ['The invoice is paid.', 'good'],
  failed: ['The payment failed. Choose another card and try again.', 'bad'],
}

const STATUS: Record<string, [word: string, tone: string]> = {
  active: ['Active', 'good'],
  trialing: ['Trial', 'good'],
  past_due: ['Payment overdue', 'bad'],
  unpaid: ['Unpaid', 'bad'],
  paused: ['Paused', ''],
  incomplete: ['Waiting for payment', 'bad'],
}

const link = (at: At, rest: string) => `/p/session/${at.visit.id}/${rest}`
const productName = (world: World, price: Price) => world.products.get(price.product)?.name ?? price.product

function back(at: At): Markup {
  return at.session.return_url ? html`<a class="back" href="${at.session.return_url}">← Return</a>` : html``
}

// Inside a flow there is no front page to go back to.
function backHome(at: At): Markup {
  return at.session.flow ? back(at) : html`<a class="back" href="/p/session/${at.visit.id}">← Billing</a>`
}

/** The portal's front page: subscriptions, card, invoices. */
export function showHome(at: At) {
  const features = at.world.portalConfigurations.get(at.session.configuration)?.features
  const done = DONE[at.visit.form.text('done') ?? '']
  sendPage(at.visit.response, {
    title: 'Billing',
    body: html`${back(at)}
${done && notice(done[0], done[1])}
${at.view.subscriptions.length === 0 && html`<section class="card"><h1>Billing</h1><p class="soft">There is no running subscription.</p></section>`}
${at.view.subscriptions.map(subscription => subscriptionCard(at, subscription))}
${features?.payment_method_update.enabled && cardSection(at)}
${features?.invoice_history.enabled && at.view.invoices.length > 0 && invoiceSection(at)}`,
  })
}

function subscriptionCard(at: At, subscription: Subscription): Markup {
  const features = at.world.portalConfigurations.get(at.session.configuration)?.features
  const [word, tone] = STATUS[subscription.status] ?? [subscription.status, '']
  const price = subscription.items.data[0]?.price
  const end = subscription.cancel_at
  return html`<section class="card">
<div class="head"><h1>${price && productName(at.world, price)}</h1><span class="badge ${end === null ? tone : ''}">${end === null ? word : `Ends ${day(end)}`}</span></div>
${price && html`<p class="amount">${money(price.unit_amount ?? 0, price.currency, at.visit.locale)} <span class="soft small">${rhythm(price)}</span></p>`}
<p class="soft">${end === null ? `Renews on ${day(currentEnd(subscription))}.` : `You keep it until ${day(end)}; then it ends.`}</p>
<div class="actions">
${features?.subscription_update.enabled && end === null && subscription.items.data.length === 1 && html`<a class="button" href="${link(at, 'plans')}?subscription=${subscription.id}">Change plan</a>`}
${features?.subscription_cancel.enabled && end === null && html`<a class="button quiet" href="${link(at, 'cancel')}?subscription=${subscription.id}">Cancel subscription</a>`}
${end !== null && html`<form method="post" action="${link(at, 'renew')}"><input type="hidden" name="subscription" value="${subscription.id}"><button class="button" type="submit">Don’t cancel subscription</button></form>`}
</div></section>`
}

function methodText(method: PaymentMethod | undefined): string {
  if (method?.card)
    return `${method.card.brand.replace(/^./, first => first.toUpperCase())} •••• ${method.card.last4}`
  const last4 = method?.sepa_debit?.last4 ?? method?.us_bank_account?.last4
  return last4 ? `Bank debit •••• ${last4}` : 'No card yet'
}

function cardSection(at: At): Markup {
  const id =
    at.view.subscriptions[0]?.default_payment_method ??
    at.view.customer.invoice_settings.default_payment_method
  const method = at.view.methods.find(each => each.id === id)
  return html`<section class="card"><h2>Payment method</h2>
<div class="head"><span>${methodText(method)}</span><a href="${link(at, 'card')}">Change card</a></div></section>`
}

function invoiceSection(at: At): Markup {
  return html`<section class="card"><h2>Invoices</h2>
<table><thead><tr><th scope="col">Date</th><th scope="col">Amount</th><th scope="col">State</th></tr></thead><tbody>
${at.view.invoices.map(
  invoice => html`<tr><td><a href="/i/${invoice.id}">${day(invoice.created)}</a></td><td>${money(invoice.total, invoice.currency, at.visit.locale)}</td>
<td>${invoice.status === 'open' ? html`<form method="post" action="${link(at, 'pay')}"><input type="hidden" name="invoice" value="${invoice.id}"><button class="button" type="submit">Pay now</button></form>` : invoiceBadge(invoice)}</td></tr>
`,
)}</tbody></table></section>`
}

/** Asks how and whether to cancel. */
export function showCancel(at: At, subscription: Subscription) {
  const mode = at.world.portalConfigurations.get(at.session.configuration)?.features.subscription_cancel.mode
  const end = day(currentEnd(subscription))
  const isNow = mode === 'immediately'
  sendPage(at.visit.response, {
    title: 'Cancel subscription',
    body: html`${backHome(at)}<section class="card"><h1>Cancel your subscription</h1>
<form method="post" action="${link(at, 'cancel')}">
<input type="hidden" name="subscription" value="${subscription.id}">
<fieldset><legend>When should it end?</legend><div class="choices">
<label><input type="radio" name="when" value="at_period_end"${!isNow && { markup: ' checked' }}><span><span class="name">At the end of the period</span><span class="says">You keep it until ${end}</span></span></label>
<label><input type="radio" name="when" value="now"${isNow && { markup: ' checked' }}><span><span class="name">Now</span><span class="says">It ends at once, and what is left of the period is lost</span></span></label>
</div></fieldset>
<button class="button danger full" type="submit">Cancel subscription</button>
</form></section>`,
  })
}

/** Offers the plans that the configuration lists. */
export function showPlans(at: At, subscription: Subscription) {
  const current = subscription.items.data[0]?.price
  const others = at.view.prices.filter(price => price.id !== current?.id)
  const first = others[0]
  sendPage(at.visit.response, {
    title: 'Change plan',
    body: html`${backHome(at)}<section class="card"><h1>Change your plan</h1>
${current && html`<p class="soft">Now: ${productName(at.world, current)}${current.nickname ? ` · ${current.nickname}` : ''}, ${priceText(current, at.visit.locale)}</p>`}
${first === undefined ? html`<p>There is no other plan to change to.</p>` : planForm(at, subscription, others, first)}</section>`,
  })
}

function planForm(at: At, subscription: Subscription, prices: Price[], first: Price): Markup {
  return html`<form method="get" action="${link(at, 'change')}">
<input type="hidden" name="subscription" value="${subscription.id}">
<fieldset><legend>Plans</legend><div class="choices">
${prices.map(
  price => html`<label><input type="radio" name="price" value="${price.id}" required${price === first && { markup: ' checked' }}><span><span class="name">${productName(at.world, price)}${price.nickname ? ` · ${price.nickname}` : ''}</span><span class="says">${priceText(price, at.visit.locale)}</span></span></label>
`,
)}</div></fieldset>
<button class="button full" type="submit">Continue</button></form>`
}

/** Shows what a change means and asks to confirm it. */
export function showChange(at: At, subscription: Subscription, priceId: string, quantity = 1) {
  const price = at.world.prices.get(priceId)
  const current = subscription.items.data[0]?.price
  if (!price) return showHome(at)
  const due = dueForChange(at.world, at.session, subscription, price, quantity)
  const amount = (value: number) => money(value, price.currency, at.visit.locale)
  const name = (of: Price) => `${productName(at.world, of)}${of.nickname ? ` · ${of.nickname}` : ''}`
  sendPage(at.visit.response, {
    title: 'Confirm your change',
    body: html`${backHome(at)}<section class="card"><h1>Confirm your change</h1>
<ul class="lines">
${current && html`<li><span class="soft">${name(current)}</span><span class="soft"><s>${priceText(current, at.visit.locale)}</s></span></li>`}
<li><span>${name(price)}</span><span>${priceText(price, at.visit.locale)}</span></li>
<li class="total"><span>${due < 0 ? 'Credit for later' : 'Due today'}</span><span>${amount(Math.abs(due))}</span></li>
</ul>
<form method="post" action="${link(at, 'change')}" style="margin-top:20px">
<input type="hidden" name="subscription" value="${subscription.id}"><input type="hidden" name="price" value="${price.id}"><input type="hidden" name="quantity" value="${quantity}">
<button class="button full" type="submit">Confirm</button></form></section>`,
  })
}

/** Asks for another card. */
export function showCard(at: At, problem?: string) {
  sendPage(at.visit.response, {
    title: 'Change card',
    status: problem === undefined ? 200 : 402,
    body: html`${backHome(at)}<section class="card"><h1>Change your card</h1>
${notice(problem)}
<form method="post" action="${link(at, 'card')}">${testCardChoice('New card')}
<button class="button full" type="submit">Save card</button></form></section>`,
  })
}
