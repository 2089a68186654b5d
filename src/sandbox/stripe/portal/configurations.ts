import { or } from '../catalog/products.ts'
import type { Api } from '../core/api.ts'
import { invalid, missing } from '../core/errors.ts'
import { newId } from '../core/ids.ts'
import { page } from '../core/list.ts'
import { need } from '../core/lookup.ts'
import type { PortalConfiguration } from '../core/objects.ts'
import { mergedMetadata, type Reader, read } from '../core/params.ts'
import type { PortalOffer, World } from '../world.ts'

const FIELDS = 'business_profile default_return_url features login_page metadata name'
const UPDATES = ['price', 'promotion_code', 'quantity'] as const
const PRORATIONS = ['always_invoice', 'create_prorations', 'none'] as const

/** `/v1/billing_portal/configurations`. */
export function servePortalConfigurations(api: Api, world: World) {
  world.included.set(
    'billing_portal.configuration.features.subscription_update.products',
    id => world.offers.get(id) ?? null,
  )
  api.on('POST', '/v1/billing_portal/configurations', FIELDS, ({ params }) => {
    if (!params.inside('features')) throw missing('features')
    return createConfiguration(world, params)
  })
  api.on(
    'GET',
    '/v1/billing_portal/configurations',
    'active is_default limit starting_after ending_before',
    ({ params }) => {
      const active = params.flag('active')
      const isDefault = params.flag('is_default')
      return page(world.portalConfigurations, params, {
        url: '/v1/billing_portal/configurations',
        noun: 'configuration',
        keep: each =>
          (active === undefined || each.active === active) &&
          (isDefault === undefined || each.is_default === isDefault),
      })
    },
  )
  api.on('GET', '/v1/billing_portal/configurations/:id', '', ({ id }) =>
    need(world.portalConfigurations, 'configuration', id),
  )
  api.on('POST', '/v1/billing_portal/configurations/:id', `${FIELDS} active`, ({ id, params }) => {
    const configuration = need(world.portalConfigurations, 'configuration', id)
    if (params.flag('active') === false && configuration.is_default)
      throw invalid('You cannot deactivate the default configuration.', { param: 'active' })
    world.update('billing_portal.configuration.updated', configuration, () => {
      change(world, configuration, params)
      configuration.active = params.flag('active') ?? configuration.active
    })
    return configuration
  })
}

/** The configuration of an account whose owner saved the portal's settings in the Dashboard: cards, invoices, cancelling. */
export function saveDefaultConfiguration(world: World): PortalConfiguration {
  const on = { enabled: 'true' }
  const features = {
    customer_update: { ...on, allowed_updates: { 0: 'email', 1: 'address' } },
    invoice_history: on,
    payment_method_update: on,
    subscription_cancel: on,
  }
  return createConfiguration(world, read({ features }), true)
}

function createConfiguration(world: World, params: Reader, isDefault = false): PortalConfiguration {
  const now = world.now()
  const configuration: PortalConfiguration = {
    id: newId('bpc'),
    object: 'billing_portal.configuration',
    active: true,
    application: null,
    business_profile: { headline: null, privacy_policy_url: null, terms_of_service_url: null },
    created: now,
    default_return_url: null,
    features: {
      customer_update: { allowed_updates: [], enabled: false },
      invoice_history: { enabled: false },
      payment_method_update: { enabled: false, payment_method_configuration: null },
      subscription_cancel: {
        cancellation_reason: {
          enabled: false,
          feedback_options: null,
          options: ['too_expensive', 'missing_features', 'switched_service', 'unused', 'other'],
        },
        enabled: false,
        mode: 'at_period_end',
        proration_behavior: 'none',
      },
      subscription_pause: { duration: { interval_options: [], type: 'indefinite' }, enabled: false },
      subscription_update: {
        billing_cycle_anchor: 'unchanged',
        default_allowed_updates: [],
        enabled: false,
        proration_behavior: 'none',
        schedule_at_period_end: { conditions: [] },
        trial_update_behavior: 'end_trial',
      },
    },
    is_default: isDefault,
    livemode: false,
    login_page: { enabled: false, url: null },
    metadata: {},
    name: null,
    updated: now,
  }
  change(world, configuration, params)
  world.portalConfigurations.add(configuration)
  // The default was there before anyone listened.
  if (!isDefault) world.emit('billing_portal.configuration.created', configuration)
  return configuration
}

function change(world: World, configuration: PortalConfiguration, params: Reader) {
  const features = params.inside('features')
  const business = params.inside('business_profile')
  // Worked out first, so that a refusal changes nothing.
  const next = structuredClone(configuration.features)
  const offers = features ? setFeatures(world, next, features) : undefined
  if (next.subscription_update.enabled && !next.payment_method_update.enabled)
    throw invalid('Cannot enable subscription updates while payment method update is disabled.')
  configuration.features = next
  if (offers) world.offers.set(configuration.id, offers)
  configuration.metadata = mergedMetadata(configuration.metadata ?? {}, params)
  configuration.name = or(params.clearable('name'), configuration.name)
  configuration.default_return_url = or(
    params.clearable('default_return_url'),
    configuration.default_return_url,
  )
  configuration.updated = world.now()
  if (!business) return
  const profile = configuration.business_profile
  profile.headline = or(business.clearable('headline'), profile.headline)
  profile.privacy_policy_url = or(business.clearable('privacy_policy_url'), profile.privacy_policy_url)
  profile.terms_of_service_url = or(business.clearable('terms_of_service_url'), profile.terms_of_service_url)
}

function setFeatures(
  world: World,
  features: PortalConfiguration['features'],
  params: Reader,
): PortalOffer[] | undefined {
  const customer = params.inside('customer_update')
  const cancel = params.inside('subscription_cancel')
  const update = params.inside('subscription_update')
  if (customer) {
    features.customer_update.enabled = customer.flag('enabled') ?? features.customer_update.enabled
    features.customer_update.allowed_updates =
      customer.texts('allowed_updates') ?? features.customer_update.allowed_updates
    if (features.customer_update.enabled && features.customer_update.allowed_updates.length === 0)
      throw missing(customer.at('allowed_updates'))
  }
  features.invoice_history.enabled =
    params.inside('invoice_history')?.flag('enabled') ?? features.invoice_history.enabled
  features.payment_method_update.enabled =
    params.inside('payment_method_update')?.flag('enabled') ?? features.payment_method_update.enabled
  if (cancel) {
    features.subscription_cancel.enabled = cancel.flag('enabled') ?? features.subscription_cancel.enabled
    features.subscription_cancel.mode =
      cancel.oneOf('mode', ['at_period_end', 'immediately']) ?? features.subscription_cancel.mode
    features.subscription_cancel.proration_behavior =
      cancel.oneOf('proration_behavior', PRORATIONS) ?? features.subscription_cancel.proration_behavior
    const reason = cancel.inside('cancellation_reason')
    if (reason) {
      features.subscription_cancel.cancellation_reason.enabled = reason.flag('enabled') ?? false
      features.subscription_cancel.cancellation_reason.options =
        reason.texts('options') ?? features.subscription_cancel.cancellation_reason.options
    }
  }
  return update ? setUpdate(world, features.subscription_update, update) : undefined
}

function setUpdate(
  world: World,
  feature: PortalConfiguration['features']['subscription_update'],
  params: Reader,
): PortalOffer[] | undefined {
  const updates = params.texts('default_allowed_updates')
  for (const each of updates ?? [])
    if (!UPDATES.some(known => known === each))
      throw invalid(`Invalid ${params.at('default_allowed_updates')}: must be one of ${UPDATES.join(', ')}`, {
        param: params.at('default_allowed_updates'),
      })
  const offers = params.each('products')?.map(product => offerOf(world, product))
  if (offers && offers.length > 10)
    throw invalid('You can only specify up to 10 products.', { param: params.at('products') })
  feature.enabled = params.flag('enabled') ?? feature.enabled
  feature.default_allowed_updates = updates ?? feature.default_allowed_updates
  feature.proration_behavior = params.oneOf('proration_behavior', PRORATIONS) ?? feature.proration_behavior
  feature.billing_cycle_anchor =
    params.oneOf('billing_cycle_anchor', ['now', 'unchanged']) ?? feature.billing_cycle_anchor
  feature.trial_update_behavior =
    params.oneOf('trial_update_behavior', ['continue_trial', 'end_trial']) ?? feature.trial_update_behavior
  if (feature.enabled && feature.default_allowed_updates.length === 0)
    throw missing(params.at('default_allowed_updates'))
  if (params.flag('enabled') && !offers) throw missing(params.at('products'))
  return offers
}

function offerOf(world: World, params: Reader): PortalOffer {
  const product = need(world.products, 'product', params.required('product'), params.at('product'))
  const ids = params.texts('prices') ?? []
  if (ids.length === 0) throw missing(params.at('prices'))
  const rhythms = new Set<string>()
  for (const [index, id] of ids.entries()) {
    const price = need(world.prices, 'price', id, `${params.at('prices')}[${index}]`)
    if (price.product !== product.id)
      throw invalid(`The price \`${id}\` does not belong to the product \`${product.id}\`.`, {
        param: params.at('prices'),
      })
    if (!price.active || !price.recurring)
      throw invalid(`The price \`${id}\` must be active and recurring.`, { param: params.at('prices') })
    rhythms.add(`${price.recurring.interval}/${price.recurring.interval_count}/${price.currency}`)
  }
  if (rhythms.size < ids.length)
    throw invalid('For each product, its price must have unique billing intervals.', {
      param: params.at('prices'),
    })
  const adjustable = params.inside('adjustable_quantity')
  return {
    product: product.id,
    prices: ids,
    adjustable_quantity: {
      enabled: adjustable?.flag('enabled') ?? false,
      maximum: adjustable?.integer('maximum') ?? null,
      minimum: adjustable?.integer('minimum') ?? 1,
    },
  }
}
