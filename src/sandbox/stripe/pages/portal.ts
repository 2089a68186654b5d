import { need } from '../core/lookup.ts'
import type { PortalSession, Subscription } from '../core/objects.ts'
import { intentOf } from '../invoices/collect.ts'
import { findTestMethod } from '../payments/test-cards.ts'
import {
  cancelInPortal,
  changeMethod,
  changePlanInPortal,
  type PortalView,
  payOpenInvoice,
  portalView,
  renewInPortal,
} from '../portal/actions.ts'
import type { World } from '../world.ts'
import type { Pages, Visit } from './forms.ts'
import { sendMessage } from './layout.ts'
import { showCancel, showCard, showChange, showHome, showPlans } from './portal-views.ts'

const HOUR = 3_600_000

/** The customer portal at `/p/session/:id`, where `id` is the secret of the link. */
export function servePortalPage(pages: Pages, world: World) {
  const enter = (visit: Visit, then: (session: PortalSession, view: PortalView) => void) => {
    const link = world.portalLinks.get(visit.id)
    const view = link && portalView(world, link.session)
    if (!link || !view || link.expiresAt < world.clock.now())
      return sendMessage(visit.response, {
        title: 'This link has expired',
        text: 'Links to the billing portal work for a few minutes. Ask for a new one where you got this one.',
        status: 404,
      })
    link.expiresAt = world.clock.now() + HOUR
    then(link.session, view)
  }
  const home = (visit: Visit, done?: string) =>
    visit.response.redirect(303, `/p/session/${visit.id}${done ? `?done=${done}` : ''}`)

  // A flow ends where its maker said; anything else goes back to the portal's front page.
  const finish = (visit: Visit, session: PortalSession, done: string) => {
    const completion = session.flow?.after_completion
    if (completion?.type === 'redirect' && completion.redirect)
      return visit.response.redirect(303, completion.redirect.return_url)
    if (completion?.type === 'hosted_confirmation') {
      const back = session.return_url ? { url: session.return_url, label: 'Return' } : undefined
      return sendMessage(visit.response, {
        title: 'All set',
        text: completion.hosted_confirmation?.custom_message ?? 'Your change was saved.',
        back,
      })
    }
    home(visit, done)
  }

  const own = (view: PortalView, id: string): Subscription => {
    const subscription = view.subscriptions.find(each => each.id === id)
    return subscription ?? need(world.subscriptions, 'subscription', '')
  }

  pages.get('/p/session/:id', visit =>
    enter(visit, (session, view) => {
      const flow = session.flow
      const at = { world, session, view, visit }
      if (!flow || visit.form.has('done')) return showHome(at)
      if (flow.subscription_cancel) return showCancel(at, own(view, flow.subscription_cancel.subscription))
      if (flow.subscription_update) return showPlans(at, own(view, flow.subscription_update.subscription))
      if (flow.subscription_update_confirm) {
        const [item] = flow.subscription_update_confirm.items
        return showChange(
          at,
          own(view, flow.subscription_update_confirm.subscription),
          item?.price ?? '',
          item?.quantity,
        )
      }
      if (flow.type === 'payment_method_update') return showCard(at)
      showHome(at)
    }),
  )
  pages.get('/p/session/:id/cancel', visit =>
    enter(visit, (session, view) =>
      showCancel({ world, session, view, visit }, own(view, visit.form.required('subscription'))),
    ),
  )
  pages.get('/p/session/:id/plans', visit =>
    enter(visit, (session, view) =>
      showPlans({ world, session, view, visit }, own(view, visit.form.required('subscription'))),
    ),
  )
  pages.get('/p/session/:id/change', visit =>
    enter(visit, (session, view) =>
      showChange(
        { world, session, view, visit },
        own(view, visit.form.required('subscription')),
        visit.form.required('price'),
      ),
    ),
  )
  pages.get('/p/session/:id/card', visit =>
    enter(visit, (session, view) => showCard({ world, session, view, visit })),
  )

  pages.post('/p/session/:id/cancel', visit =>
    enter(visit, (session, view) => {
      cancelInPortal(
        world,
        own(view, visit.form.required('subscription')),
        visit.form.text('when') === 'now' ? 'now' : 'at_period_end',
      )
      finish(visit, session, 'cancelled')
    }),
  )
  pages.post('/p/session/:id/renew', visit =>
    enter(visit, (_session, view) => {
      renewInPortal(world, own(view, visit.form.required('subscription')))
      home(visit, 'renewed')
    }),
  )
  pages.post('/p/session/:id/change', visit =>
    enter(visit, (session, view) => {
      const price = visit.form.required('price')
      if (!view.prices.some(each => each.id === price)) return home(visit)
      changePlanInPortal(
        world,
        session,
        own(view, visit.form.required('subscription')),
        price,
        visit.form.integer('quantity'),
      )
      finish(visit, session, 'changed')
    }),
  )
  pages.post('/p/session/:id/card', visit =>
    enter(visit, (session, view) => {
      const method = findTestMethod(visit.form.required('card'))
      if (!method) return showCard({ world, session, view, visit }, 'Choose one of the test cards.')
      if (method.behaviour.kind === 'declines')
        return showCard({ world, session, view, visit }, method.behaviour.message)
      changeMethod(world, view.customer, method)
      finish(visit, session, 'card')
    }),
  )
  pages.post('/p/session/:id/pay', visit =>
    enter(visit, (_session, view) => {
      const invoice = view.invoices.find(each => each.id === visit.form.text('invoice'))
      if (invoice?.status !== 'open') return home(visit)
      const outcome = payOpenInvoice(world, invoice)
      const intent = intentOf(world, invoice)
      if (outcome === 'requires_action' && intent)
        return visit.response.redirect(303, `/authenticate/${intent.id}`)
      home(visit, outcome === 'failed' ? 'failed' : 'paid')
    }),
  )
}
