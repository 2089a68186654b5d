import { usablePromotion } from '../catalog/coupons.ts'
import { applyPromotion, completeSession, type Paid } from '../checkout/complete.ts'
import { lineItems, planOf } from '../checkout/totals.ts'
import { day, money, rhythm } from '../core/money.ts'
import type { CheckoutSession } from '../core/objects.ts'
import { confirmSession } from '../payments/confirm.ts'
import { findTestMethod } from '../payments/test-cards.ts'
import type { World } from '../world.ts'
import { confirmation } from './confirmation.ts'
import type { Pages, Visit } from './forms.ts'
import { html, type Markup } from './html.ts'
import { notice, sendMessage, sendPage } from './layout.ts'
import { testCardChoice } from './test-card-choice.ts'

/** A promotion code that can't be used, as it was typed, and why. */
interface Refused {
  code: string
  problem: string
}

/** The page of a Checkout Session at `/c/pay/:id`, and its bank's question. */
export function serveCheckoutPage(pages: Pages, world: World) {
  const open = (visit: Visit, then: (session: CheckoutSession) => void) => {
    const session = world.sessions.get(visit.id)
    if (session?.status === 'open') return then(session)
    const text =
      session?.status === 'complete'
        ? 'You are all done here. Your payment was already processed.'
        : 'This Checkout Session has expired. Go back to where it began and start again.'
    const back = session?.cancel_url ? { url: session.cancel_url, label: 'Back' } : undefined
    sendMessage(visit.response, {
      title: session ? 'This page is closed' : 'Something went wrong',
      text: session ? text : 'The page you were looking for could not be found.',
      status: session ? 200 : 404,
      back,
    })
  }

  const welcome = ({ response }: Visit, { id, success_url: url }: CheckoutSession) =>
    response.redirect(303, (url ?? '/').replaceAll('{CHECKOUT_SESSION_ID}', id))

  // A second click while the first one's answer is on its way is to end where the first would have.
  const submitted = (visit: Visit, then: (session: CheckoutSession) => void) => {
    const session = world.sessions.get(visit.id)
    if (session?.status === 'complete') welcome(visit, session)
    else open(visit, then)
  }

  const finish = (visit: Visit, session: CheckoutSession, paid: Paid) => {
    if (paid.outcome === 'complete') return welcome(visit, session)
    if (paid.outcome === 'action') return visit.response.redirect(303, new URL(paid.url).pathname)
    show(visit, session, { problem: paid.message })
  }

  const show = (
    visit: Visit,
    session: CheckoutSession,
    { problem, refused }: { problem?: string; refused?: Refused } = {},
  ) => {
    const locale = session.locale && session.locale !== 'auto' ? session.locale : visit.locale
    sendPage(visit.response, {
      title: titleOf(session),
      width: 'wide',
      status: problem === undefined ? 200 : 402,
      body: html`<div class="columns">
<div>
${session.cancel_url && html`<a class="back" href="${session.cancel_url}">← Back</a>`}
${summary(world, session, locale, refused)}
</div>
<section class="card">
<h2>Pay with a test card</h2>
${notice(problem)}
<form method="post" action="/c/pay/${session.id}">
${contact(world, session, visit)}
${testCardChoice('Card', { isCheckout: true, chosen: visit.form.text('card') })}
<button class="button full" type="submit">${buttonOf(session, locale)}</button>
</form>
<p class="soft small" style="margin:14px 0 0">${after(world, session, locale)}</p>
</section>
</div>`,
    })
  }

  pages.get('/c/pay/:id', visit => open(visit, session => show(visit, session)))
  pages.post('/c/pay/:id', visit =>
    submitted(visit, session => {
      const method = findTestMethod(visit.form.required('card'))
      if (!method) return show(visit, session, { problem: 'Choose one of the test cards.' })
      const email = visit.form.text('email') || undefined
      const name = visit.form.text('name') || undefined
      finish(visit, session, completeSession(world, session, { method, email, name }))
    }),
  )
  pages.post('/c/pay/:id/promotion', visit =>
    open(visit, session => {
      if (!session.allow_promotion_codes) return show(visit, session)
      const code = visit.form.text('code') ?? ''
      const problem = applyPromotion(world, session, code)
      if (problem === undefined) visit.response.redirect(303, `/c/pay/${session.id}`)
      else show(visit, session, { refused: { code, problem } })
    }),
  )
  pages.get('/c/pay/:id/authenticate', visit =>
    open(visit, session =>
      confirmation(visit.response, {
        action: `/c/pay/${session.id}/authenticate`,
        amount: money(session.amount_total ?? 0, session.currency ?? 'usd', visit.locale),
      }),
    ),
  )
  pages.post('/c/pay/:id/authenticate', visit =>
    submitted(visit, session =>
      finish(visit, session, confirmSession(world, session, visit.form.text('answer') === 'yes')),
    ),
  )
}

function titleOf(session: CheckoutSession): string {
  return session.mode === 'subscription' ? 'Subscribe' : session.mode === 'payment' ? 'Pay' : 'Save a card'
}

function buttonOf(session: CheckoutSession, locale: string): string {
  if (session.mode === 'setup') return 'Save card'
  if (session.mode === 'subscription') return session.amount_total === 0 ? 'Start' : 'Subscribe'
  return `Pay ${money(session.amount_total ?? 0, session.currency ?? 'usd', locale)}`
}

function contact(world: World, session: CheckoutSession, visit: Visit): Markup {
  const customer = session.customer === null ? undefined : world.customers.get(session.customer)
  const known = customer?.email ?? session.customer_email
  if (known) return html`<p class="soft">${known}</p>`
  return html`<div class="field"><label for="email">Email</label>
<input id="email" name="email" type="email" autocomplete="email" value="${visit.form.text('email') ?? 'member@example.com'}" required></div>`
}

function summary(
  world: World,
  session: CheckoutSession,
  locale: string,
  refused: Refused | undefined,
): Markup {
  const plan = planOf(world, session)
  const currency = session.currency ?? 'usd'
  const first = plan.items[0]
  const product = first ? world.products.get(first.price.product) : undefined
  const off = session.total_details?.amount_discount ?? 0
  const promotion = plan.promotion === undefined ? undefined : world.promotionCodes.get(plan.promotion)
  const trialEnd = plan.subscription.trialEnd
  return html`<h1 class="soft">${product?.name ?? titleOf(session)}</h1>
<p class="amount">${money(session.amount_total ?? 0, currency, locale)}</p>
${first && html`<p class="soft">${trialEnd === undefined ? rhythm(first.price) : `Free until ${day(trialEnd)}, then ${money(first.price.unit_amount ?? 0, currency, locale)} ${rhythm(first.price)}`}</p>`}
${product?.images[0] && html`<p class="product"><img src="${product.images[0]}" alt=""></p>`}
${product?.description && html`<p style="margin-top:16px">${product.description}</p>`}
${product && product.marketing_features.length > 0 && html`<ul class="features">${product.marketing_features.map(feature => html`<li>${feature.name ?? ''}</li>`)}</ul>`}
<ul class="lines">
${lineItems(world, plan).map(
  item => html`<li><span>${item.description}${item.price?.nickname ? ` · ${item.price.nickname}` : ''}${(item.quantity ?? 1) > 1 && ` × ${item.quantity}`}</span><span>${money(item.amount_subtotal, currency, locale)}</span></li>
`,
)}
${off > 0 && html`<li><span>Discount${promotion && ` · ${promotion.code}`}</span><span>−${money(off, currency, locale)}</span></li>`}
<li class="total"><span>Due today</span><span>${money(session.amount_total ?? 0, currency, locale)}</span></li>
</ul>
${session.allow_promotion_codes && promotionForm(world, session, promotion?.code, refused)}`
}

function promotionForm(
  world: World,
  session: CheckoutSession,
  code: string | undefined,
  refused: Refused | undefined,
): Markup {
  const action = `/c/pay/${session.id}/promotion`
  if (code !== undefined)
    return html`<form method="post" action="${action}" class="row" style="margin-top:16px;align-items:center">
<span style="flex:1">Promotion code <strong>${code}</strong></span><input type="hidden" name="code" value=""><button class="button quiet" type="submit">Remove</button></form>`
  // As the test cards are shown, so are the codes: nobody could guess them.
  const usable = [...world.promotionCodes.newest()].filter(
    each => usablePromotion(world, each.id, session.customer) === each,
  )
  return html`<form method="post" action="${action}" style="margin-top:16px">
<label for="code">Promotion code</label>
${notice(refused?.problem)}
<div class="row"><input id="code" name="code" type="text" value="${refused?.code}" autocomplete="off" autocapitalize="characters" required><button class="button quiet" type="submit">Apply</button></div>
${usable.length > 0 && html`<p class="soft small" style="margin:8px 0 0">Works here: ${usable.slice(0, 3).map((each, index) => html`${index > 0 && ', '}<strong>${each.code}</strong>`)}</p>`}
</form>`
}

function after(world: World, session: CheckoutSession, locale: string): string {
  if (session.mode !== 'subscription') return ''
  const price = planOf(world, session).items.find(item => item.price.recurring)?.price
  if (!price) return ''
  return `Renews at ${money(price.unit_amount ?? 0, price.currency, locale)} ${rhythm(price)} until it is cancelled.`
}
