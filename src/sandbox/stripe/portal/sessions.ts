import type { Api, Call } from '../core/api.ts'
import { invalid, missing, noSuch } from '../core/errors.ts'
import { newId, randomText } from '../core/ids.ts'
import { need } from '../core/lookup.ts'
import type { PortalConfiguration, PortalSession, Subscription } from '../core/objects.ts'
import type { Reader } from '../core/params.ts'
import { hasEnded } from '../subscriptions/lifecycle.ts'
import type { World } from '../world.ts'

const MINUTE = 60_000
const FLOWS = [
  'customer_update',
  'payment_method_update',
  'subscription_cancel',
  'subscription_pause',
  'subscription_update',
  'subscription_update_confirm',
] as const

type Flow = NonNullable<PortalSession['flow']>

/** `/v1/billing_portal/sessions`: each is a link of minutes. */
export function servePortalSessions(api: Api, world: World) {
  const create =
    'after_expiration configuration customer customer_account flow_data locale on_behalf_of return_url'
  api.on('POST', '/v1/billing_portal/sessions', create, call => createPortalSession(world, call))
}

function createPortalSession(world: World, { params }: Call): PortalSession {
  const customer = need(world.customers, 'customer', params.required('customer'), 'customer')
  const configuration = configurationOf(world, params)
  const back = params.text('return_url')
  if (back !== undefined && (!/^https?:\/\//.test(back) || !URL.canParse(back)))
    throw invalid('Not a valid URL', { param: 'return_url', code: 'url_invalid' })
  const flow = params.inside('flow_data')
  const session: PortalSession = {
    id: newId('bps'),
    object: 'billing_portal.session',
    configuration: configuration.id,
    created: world.now(),
    customer: customer.id,
    customer_account: null,
    flow: flow ? readFlow(world, flow, customer.id, configuration) : null,
    livemode: false,
    locale: params.text('locale') ?? null,
    on_behalf_of: null,
    return_url: back ?? configuration.default_return_url,
    url: '',
  }
  const secret = `test_${randomText(60)}`
  session.url = `${world.origin}/p/session/${secret}`
  world.portalSessions.add(session)
  world.portalLinks.set(secret, { session, expiresAt: world.clock.now() + 5 * MINUTE })
  world.emit('billing_portal.session.created', session)
  return session
}

function configurationOf(world: World, params: Reader): PortalConfiguration {
  const id = params.text('configuration')
  if (id !== undefined) {
    const configuration = need(world.portalConfigurations, 'configuration', id, 'configuration')
    if (!configuration.active)
      throw invalid(`The configuration \`${id}\` is not active.`, { param: 'configuration' })
    return configuration
  }
  for (const each of world.portalConfigurations.newest()) if (each.is_default) return each
  throw invalid(
    'No configuration provided and your test mode default configuration has not been created. Provide a configuration or create your default by saving your customer portal settings in test mode at https://dashboard.stripe.com/test/settings/billing/portal.',
  )
}

function readFlow(world: World, params: Reader, customer: string, configuration: PortalConfiguration): Flow {
  const type = params.oneOf('type', FLOWS)
  if (!type) throw missing(params.at('type'))
  const flow: Flow = {
    after_completion: afterCompletion(params.inside('after_completion')),
    customer_update: null,
    subscription_cancel: null,
    subscription_pause: null,
    subscription_update: null,
    subscription_update_confirm: null,
    type,
  }
  if (type === 'payment_method_update' && !configuration.features.payment_method_update.enabled)
    throw invalid('The payment method update feature in the portal configuration is disabled.', {
      param: params.at('type'),
    })
  if (type === 'payment_method_update' || type === 'customer_update') return flow
  const inside = params.inside(type)
  if (!inside) throw missing(params.at(type))
  const subscription = ownSubscription(world, inside, customer)
  if (type === 'subscription_cancel') {
    if (!configuration.features.subscription_cancel.enabled)
      throw invalid(
        'This subscription cannot be canceled because the subscription cancel feature in the portal configuration is disabled.',
      )
    if (subscription.cancel_at !== null)
      throw invalid('This subscription is already set to be canceled.', { param: inside.at('subscription') })
    flow.subscription_cancel = { retention: null, subscription: subscription.id }
    return flow
  }
  if (type === 'subscription_pause')
    throw invalid(
      'This subscription cannot be paused because the subscription pause feature in the portal configuration is disabled.',
    )
  if (!configuration.features.subscription_update.enabled)
    throw invalid(
      'This subscription cannot be updated because the subscription update feature in the portal configuration is disabled.',
    )
  // docs.stripe.com/api/customer_portal/sessions/create: "subscriptions with multiple items are not updatable".
  if (subscription.items.data.length > 1)
    throw invalid('This subscription cannot be updated because it has multiple items.', {
      param: inside.at('subscription'),
    })
  if (type === 'subscription_update') flow.subscription_update = { subscription: subscription.id }
  else
    flow.subscription_update_confirm = {
      discounts: null,
      items: confirmedItems(world, inside, subscription, configuration),
      subscription: subscription.id,
    }
  return flow
}

function ownSubscription(world: World, params: Reader, customer: string): Subscription {
  const id = params.required('subscription')
  const subscription = world.subscriptions.get(id)
  // Somebody else's is as unknown as none at all.
  if (!subscription || subscription.customer !== customer)
    throw noSuch('subscription', id, params.at('subscription'))
  if (hasEnded(subscription))
    throw invalid('This subscription cannot be updated because it has been canceled.', {
      param: params.at('subscription'),
    })
  return subscription
}

function confirmedItems(
  world: World,
  params: Reader,
  subscription: Subscription,
  configuration: PortalConfiguration,
) {
  const items = params.each('items') ?? []
  if (items.length === 0) throw missing(params.at('items'))
  if (items.length > 1) throw invalid('You can only update one item.', { param: params.at('items') })
  const offered = (world.offers.get(configuration.id) ?? []).flatMap(offer => offer.prices)
  return items.map(item => {
    const id = item.required('id')
    const current = subscription.items.data.find(each => each.id === id)
    if (!current) throw noSuch('subscription_item', id, item.at('id'))
    const price = item.text('price') ?? current.price.id
    const quantity = item.integer('quantity') ?? current.quantity ?? 1
    const { currency } = need(world.prices, 'price', price, item.at('price'))
    if (currency !== subscription.currency)
      throw invalid(
        `The price specified only supports \`${currency}\`. This doesn't match the expected currency: \`${subscription.currency}\`.`,
        { param: item.at('price') },
      )
    if (price === current.price.id && quantity === (current.quantity ?? 1))
      throw invalid(
        'The subscription update has no changes: each item already has the given price and quantity.',
        { param: params.at('items') },
      )
    if (!offered.includes(price))
      throw invalid(
        `The item \`${id}\` cannot be updated to price \`${price}\` because the configuration \`${configuration.id}\` does not include the price in its \`features[subscription_update][products]\`.`,
        { param: params.at('items') },
      )
    return { id, price, quantity }
  })
}

function afterCompletion(params: Reader | undefined): Flow['after_completion'] {
  const type =
    params?.oneOf('type', ['hosted_confirmation', 'portal_homepage', 'redirect']) ?? 'portal_homepage'
  const redirect = params?.inside('redirect')
  if (type === 'redirect' && !redirect) throw missing(params?.at('redirect') ?? 'redirect')
  return {
    hosted_confirmation:
      type === 'hosted_confirmation'
        ? { custom_message: params?.inside('hosted_confirmation')?.text('custom_message') ?? null }
        : null,
    redirect: redirect ? { return_url: redirect.required('return_url') } : null,
    type,
  }
}
