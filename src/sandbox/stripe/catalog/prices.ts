import type { Api } from '../core/api.ts'
import { invalid, missing } from '../core/errors.ts'
import { newId } from '../core/ids.ts'
import { page } from '../core/list.ts'
import { currencyOf, need } from '../core/lookup.ts'
import type { Price, Product } from '../core/objects.ts'
import { mergedMetadata, type Reader } from '../core/params.ts'
import type { World } from '../world.ts'
import { createProduct, or } from './products.ts'

const CREATE =
  'active billing_scheme currency currency_options custom_unit_amount lookup_key metadata nickname product product_data recurring tax_behavior tiers tiers_mode transfer_lookup_key transform_quantity unit_amount unit_amount_decimal'
const INTERVALS = ['day', 'month', 'week', 'year'] as const

/** `/v1/prices`. */
export function servePrices(api: Api, world: World) {
  // Tiers only travel when they are asked for.
  const tiers = new Map<string, Price['tiers']>()
  world.included.set('price.tiers', id => tiers.get(id))

  api.on('POST', '/v1/prices', CREATE, ({ params }) => {
    const price = createPrice(world, params)
    if (price.tiers) tiers.set(price.id, price.tiers)
    delete price.tiers
    return price
  })
  const list = 'active created currency limit lookup_keys product recurring starting_after ending_before type'
  api.on('GET', '/v1/prices', list, ({ params }) => {
    const active = params.flag('active')
    const keys = params.texts('lookup_keys')
    if (keys && keys.length > 10)
      throw invalid('You may only specify up to 10 lookup keys.', { param: 'lookup_keys' })
    const currency = params.text('currency')
    const product = params.text('product')
    const type = params.oneOf('type', ['one_time', 'recurring'])
    const interval = params.inside('recurring')?.oneOf('interval', INTERVALS)
    const keep = (price: Price) =>
      (active === undefined || price.active === active) &&
      (!keys || (price.lookup_key !== null && keys.includes(price.lookup_key))) &&
      (currency === undefined || price.currency === currency) &&
      (product === undefined || price.product === product) &&
      (type === undefined || price.type === type) &&
      (interval === undefined || price.recurring?.interval === interval)
    return page(world.prices, params, { url: '/v1/prices', noun: 'price', keep })
  })
  api.on('GET', '/v1/prices/:id', '', ({ id }) => need(world.prices, 'price', id))
  const update = 'active currency_options lookup_key metadata nickname tax_behavior transfer_lookup_key'
  api.on('POST', '/v1/prices/:id', update, ({ id, params }) => {
    const price = need(world.prices, 'price', id)
    const product = world.products.get(price.product)
    if (params.flag('active') === false && product?.default_price === id)
      throw invalid('This price cannot be archived because it is the default price of its product.')
    const key = lookupKey(world, params, price)
    world.update('price.updated', price, () => {
      price.active = params.flag('active') ?? price.active
      price.lookup_key = or(key, price.lookup_key)
      price.metadata = mergedMetadata(price.metadata, params)
      price.nickname = or(params.clearable('nickname'), price.nickname)
      price.tax_behavior =
        params.oneOf('tax_behavior', ['exclusive', 'inclusive', 'unspecified']) ?? price.tax_behavior
    })
    return price
  })
}

/** Makes a price of the parameters of `prices.create`, or of a `price_data`; `product` is given when they don't name it. */
export function createPrice(world: World, params: Reader, product?: Product): Price {
  const currency = currencyOf(params.required('currency'), params.at('currency'))
  const scheme = params.oneOf('billing_scheme', ['per_unit', 'tiered']) ?? 'per_unit'
  const amount = params.integer('unit_amount')
  const decimal = params.text('unit_amount_decimal')
  const tiers = params.each('tiers')?.map(tierOf)
  if (scheme === 'tiered' && !tiers) throw missing(params.at('tiers'))
  if (
    scheme === 'per_unit' &&
    amount === undefined &&
    decimal === undefined &&
    !params.has('custom_unit_amount')
  )
    throw missing(params.at('unit_amount'))
  if (amount !== undefined && amount < 0)
    throw invalid('This value must be greater than or equal to 0.', {
      param: params.at('unit_amount'),
      code: 'parameter_invalid_integer',
    })
  const recurring = params.inside('recurring')
  const owner = product ?? ownerOf(world, params)
  const price: Price = {
    id: newId('price'),
    object: 'price',
    active: params.flag('active') ?? true,
    billing_scheme: scheme,
    created: world.now(),
    currency,
    custom_unit_amount: params.has('custom_unit_amount')
      ? { maximum: null, minimum: null, preset: null }
      : null,
    livemode: false,
    lookup_key: lookupKey(world, params) ?? null,
    metadata: mergedMetadata({}, params),
    nickname: params.clearable('nickname') ?? null,
    product: owner.id,
    recurring: recurring ? recurringOf(recurring) : null,
    tax_behavior: params.oneOf('tax_behavior', ['exclusive', 'inclusive', 'unspecified']) ?? 'unspecified',
    ...(tiers ? { tiers } : {}),
    tiers_mode: params.oneOf('tiers_mode', ['graduated', 'volume']) ?? null,
    transform_quantity: null,
    type: recurring ? 'recurring' : 'one_time',
    unit_amount: scheme === 'tiered' ? null : (amount ?? whole(decimal)),
    unit_amount_decimal:
      scheme === 'tiered' ? null : (decimal ?? (amount === undefined ? null : String(amount))),
  }
  world.prices.add(price)
  world.emit('price.created', price)
  return price
}

function ownerOf(world: World, params: Reader): Product {
  const named = params.text('product')
  if (named !== undefined) return need(world.products, 'product', named, params.at('product'))
  const fresh = params.inside('product_data')
  if (!fresh)
    throw invalid('You must specify either `product` or `product_data` when creating a price.', {
      code: 'parameter_missing',
      param: params.at('product'),
    })
  return createProduct(world, fresh)
}

// A fraction of the smallest unit can't be given as a whole number, so Stripe answers null there.
function whole(decimal: string | undefined): number | null {
  const value = Number(decimal)
  return decimal !== undefined && Number.isInteger(value) ? value : null
}

function recurringOf(params: Reader): NonNullable<Price['recurring']> {
  const interval = params.oneOf('interval', INTERVALS)
  if (!interval) throw missing(params.at('interval'))
  const count = params.integer('interval_count') ?? 1
  const years = { day: 1 / 365, week: 7 / 365, month: 1 / 12, year: 1 }[interval] * count
  if (count < 1 || years > 3)
    throw invalid('You can set an interval of up to 3 years.', { param: params.at('interval_count') })
  return {
    interval,
    interval_count: count,
    meter: params.text('meter') ?? null,
    trial_period_days: params.integer('trial_period_days') ?? null,
    usage_type: params.oneOf('usage_type', ['licensed', 'metered']) ?? 'licensed',
  }
}

function tierOf(params: Reader): NonNullable<Price['tiers']>[number] {
  const upTo = params.text('up_to')
  const unit = params.integer('unit_amount') ?? null
  const flat = params.integer('flat_amount') ?? null
  return {
    flat_amount: flat,
    flat_amount_decimal: flat === null ? null : String(flat),
    unit_amount: unit,
    unit_amount_decimal: unit === null ? null : String(unit),
    up_to: upTo === 'inf' || upTo === undefined ? null : Number(upTo),
  }
}

// A lookup key names one price of the account; with `transfer_lookup_key` it leaves the one that had it.
function lookupKey(world: World, params: Reader, price?: Price): string | null | undefined {
  const key = params.clearable('lookup_key')
  if (!key) return key
  for (const other of world.prices.newest()) {
    if (other.lookup_key !== key || other === price) continue
    if (params.flag('transfer_lookup_key') !== true)
      throw invalid(`A price (\`${other.id}\`) already uses that lookup key.`, {
        param: params.at('lookup_key'),
        code: 'resource_already_exists',
      })
    world.update('price.updated', other, () => {
      other.lookup_key = null
    })
  }
  return key
}
