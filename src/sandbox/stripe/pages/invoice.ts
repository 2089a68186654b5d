import { need } from '../core/lookup.ts'
import { day, money } from '../core/money.ts'
import type { Invoice } from '../core/objects.ts'
import { intentOf, invoiceOf } from '../invoices/collect.ts'
import { confirmIntent } from '../payments/confirm.ts'
import { findTestMethod } from '../payments/test-cards.ts'
import { payOpenInvoice } from '../portal/actions.ts'
import type { World } from '../world.ts'
import { confirmation } from './confirmation.ts'
import type { Pages, Visit } from './forms.ts'
import { html, type Markup } from './html.ts'
import { notice, sendMessage, sendPage } from './layout.ts'
import { testCardChoice } from './test-card-choice.ts'

/** An invoice's own page at `/i/:id`, and the bank's question about a payment at `/authenticate/:id`. */
export function serveInvoicePage(pages: Pages, world: World) {
  const show = (visit: Visit, invoice: Invoice, problem?: string) => {
    const amount = (value: number) => money(value, invoice.currency, visit.locale)
    const lines = invoice.lines.data.map(
      line => html`<li><span>${line.description}</span><span>${amount(line.amount)}</span></li>`,
    )
    const discount = (invoice.total_discount_amounts ?? []).reduce((sum, each) => sum + each.amount, 0)
    sendPage(visit.response, {
      title: `Invoice ${invoice.number ?? ''}`,
      status: problem === undefined ? 200 : 402,
      body: html`<section class="card">
<div class="head"><h1>Invoice ${invoice.number}</h1>${invoiceBadge(invoice)}</div>
<p class="soft">${invoice.customer_name ?? invoice.customer_email} · ${day(invoice.created)}</p>
<p class="amount">${amount(invoice.total)}</p>
<ul class="lines">${lines}
${discount > 0 && html`<li><span>Discount</span><span>−${amount(discount)}</span></li>`}
<li class="total"><span>${invoice.status === 'paid' ? 'Paid' : 'Due'}</span><span>${amount(invoice.status === 'paid' ? invoice.amount_paid : invoice.amount_remaining)}</span></li></ul>
</section>
${invoice.status === 'open' && payForm(invoice, amount(invoice.amount_remaining), problem)}`,
    })
  }

  pages.get('/i/:id', visit => show(visit, need(world.invoices, 'invoice', visit.id)))
  pages.get('/i/:id/pdf', visit => visit.response.redirect(303, `/i/${visit.id}`))
  pages.post('/i/:id', visit => {
    const invoice = need(world.invoices, 'invoice', visit.id)
    if (invoice.status !== 'open') return show(visit, invoice)
    const method = findTestMethod(visit.form.required('card'))
    if (method?.behaviour.kind === 'declines') return show(visit, invoice, method.behaviour.message)
    const outcome = payOpenInvoice(world, invoice, method)
    const intent = intentOf(world, invoice)
    if (outcome === 'requires_action' && intent)
      return visit.response.redirect(303, `/authenticate/${intent.id}`)
    if (outcome === 'failed')
      return show(visit, invoice, intent?.last_payment_error?.message ?? 'Your card was declined.')
    visit.response.redirect(303, `/i/${invoice.id}`)
  })

  pages.get('/authenticate/:id', visit => {
    const intent = need(world.paymentIntents, 'payment_intent', visit.id)
    if (intent.status !== 'requires_action')
      return sendMessage(visit.response, {
        title: 'Nothing to confirm',
        text: 'This payment waits for nothing.',
      })
    confirmation(visit.response, {
      action: `/authenticate/${intent.id}`,
      amount: money(intent.amount, intent.currency, visit.locale),
    })
  })
  pages.post('/authenticate/:id', visit => {
    const intent = need(world.paymentIntents, 'payment_intent', visit.id)
    const outcome = confirmIntent(world, intent, visit.form.text('answer') === 'yes')
    const invoice = invoiceOf(world, intent)
    if (invoice) return visit.response.redirect(303, `/i/${invoice.id}`)
    const text = outcome === 'succeeded' ? 'The payment is confirmed.' : 'The payment was not confirmed.'
    sendMessage(visit.response, { title: outcome === 'succeeded' ? 'Confirmed' : 'Not confirmed', text })
  })
  pages.get('/receipts/:id', visit => {
    const intent = need(world.paymentIntents, 'payment_intent', visit.id)
    sendMessage(visit.response, {
      title: 'Receipt',
      text: `${money(intent.amount_received, intent.currency, visit.locale)} on ${day(intent.created)}`,
    })
  })
}

function payForm(invoice: Invoice, amount: string, problem: string | undefined): Markup {
  return html`<section class="card"><h2>Pay this invoice</h2>
${notice(problem)}
<form method="post" action="/i/${invoice.id}">
${testCardChoice('Card', { debits: false })}
<button class="button full" type="submit">Pay ${amount}</button>
</form></section>`
}

/** An invoice's state in one word. */
export function invoiceBadge(invoice: Invoice): Markup {
  const tone = invoice.status === 'paid' ? 'good' : invoice.status === 'open' ? 'bad' : ''
  const word =
    { paid: 'Paid', open: 'Open', void: 'Void', uncollectible: 'Given up', draft: 'Draft' }[
      String(invoice.status)
    ] ?? ''
  return html`<span class="badge ${tone}">${word}</span>`
}
