import { type Request, type Response, Router } from 'express'
import type { Access } from '../access/access.ts'
import type { Billing } from '../billing/billing.ts'
import { OperatorError, RetryLater } from '../errors.ts'
import { type CommunityId, communityOf, type MemberId } from '../member.ts'
import { html, sendPage } from './pages.ts'

/** How far a payment has come: what the success page shows. */
type Progress = 'role held' | 'waiting for money' | 'working' | 'not in community' | 'needs an admin'

/** The pages that Stripe's Checkout sends people back to. */
export function checkoutPages(deps: {
  billing: Billing
  access: Access
  home: (community: CommunityId) => Promise<{ name: string; url: string }>
}): Router {
  const { billing, access, home } = deps
  const router = Router()

  const progressOf = async (member: MemberId, isPaid: boolean): Promise<Progress> => {
    const membership = await access.memberships.get(member)
    if (membership?.plans.length && membership.verifiedAt !== undefined)
      return membership.isGone ? 'not in community' : 'role held'
    if (!isPaid) return 'waiting for money'
    // What stops others here, such as a log channel that is closed to the bot, doesn't stop this member.
    const isStopped = access.queue.pending(`member:${member}`)?.failure instanceof OperatorError
    return isStopped ? 'needs an admin' : 'working'
  }

  const welcome = async (request: Request, response: Response) => {
    const sessionId = String(request.query.session_id ?? '')
    const state = await billing.checkout.state(sessionId)
    if (!state) {
      response.status(404)
      sendPage(response, {
        title: 'Unknown payment',
        body: html`<h1>We don't know this payment</h1><p>If you paid, your membership arrives by itself: go back to your community and type /billing.</p>`,
      })
      return
    }
    const progress = await progressOf(state.member, state.isPaid)
    if (request.accepts(['html', 'json']) === 'json') {
      response.json({ progress })
      return
    }
    // Stripe's events may be late; whoever stands before this page has just paid.
    if (state.isComplete && state.customer) {
      // Whose it is says the customer: an old session still names whom it was before it was changed by hand.
      await billing.customers.owner(state.customer, true)
      await access.queue.mark(`member:${state.member}`, { what: 'checkout', detail: 'success page' })
    }
    const { name, url } = await home(communityOf(state.member))
    sendPage(response, {
      title: `Welcome to ${name}`,
      body: html`<div id="state" class="${progress === 'role held' ? 'done' : 'waiting'}" role="status" aria-live="polite">
<div class="mark" aria-hidden="true">${progress === 'role held' ? '✓' : ''}</div>
<h1>Thank you for joining ${name}</h1>
<p id="words">${words[progress]}</p>
</div>
<p><a class="button" href="${url}">Back to ${name}</a></p>`,
      script: script(words),
    })
  }

  router.get('/checkout/success', async (request, response) => {
    try {
      await welcome(request, response)
    } catch (error) {
      // Whoever has just paid must not wonder where the money went because a far end is down.
      const isLate = error instanceof RetryLater || error instanceof OperatorError
      if (!isLate || request.accepts(['html', 'json']) === 'json') throw error
      response.status(503)
      sendPage(response, {
        title: 'One moment',
        body: html`<h1>We can't look up your payment right now</h1><p>If you paid, your membership arrives by itself. You can close this page, or load it again in a minute.</p>`,
      })
    }
  })

  router.get('/checkout/cancel', async (request, response) => {
    const [, platform, group] =
      /^([a-z]{2,16}):([A-Za-z0-9]{1,32})$/.exec(String(request.query.community ?? '')) ?? []
    const community =
      platform && group ? await home(`${platform}:${group}`).catch(() => undefined) : undefined
    sendPage(response, {
      title: 'Nothing was charged',
      body: html`<div class="mark" aria-hidden="true">–</div>
<h1>Nothing was charged</h1>
<p>You left before paying. The link still works for a while, or type /plans to choose again.</p>
${community ? html`<p><a class="button" href="${community.url}">Back to ${community.name}</a></p>` : undefined}`,
    })
  })
  return router
}

const words: Record<Progress, string> = {
  'role held': 'Your membership is active, and what it unlocks is yours.',
  'waiting for money':
    'Your bank takes a while to send the money. Your membership starts by itself when it arrives; you can close this page.',
  working: 'Your payment arrived. Your membership is being set up, which takes a few seconds.',
  'not in community':
    'Your membership is active. Join the community with the account you paid from, and what it unlocks is yours at once.',
  'needs an admin':
    'Your payment arrived and is safe. An admin has to mend something before you get what it unlocks, which then comes by itself. You can close this page.',
}

// Asks twice a second at first, then ever more slowly: the page may stay open for days.
const script = (texts: Record<Progress, string>) => `
const texts = ${JSON.stringify(texts).replaceAll('<', '\\u003c')}
let wait = 500
async function look() {
  try {
    const answer = await fetch(location.href, { headers: { accept: 'application/json' } })
    if (answer.ok) show((await answer.json()).progress)
  } catch {}
  if (!document.querySelector('.done')) setTimeout(look, wait = Math.min(wait * 1.3, 30000))
}
function show(progress) {
  document.getElementById('words').textContent = texts[progress]
  if (progress !== 'role held' && progress !== 'not in community') return
  document.getElementById('state').className = 'done'
  document.querySelector('.mark').textContent = '✓'
}
if (!document.querySelector('.done')) setTimeout(look, wait)
`
