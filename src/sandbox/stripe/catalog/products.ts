import type { Api } from '../core/api.ts'
import { invalid } from '../core/errors.ts'
import { newId } from '../core/ids.ts'
import { page } from '../core/list.ts'
import { bury, need } from '../core/lookup.ts'
import type { Product } from '../core/objects.ts'
import { mergedMetadata, type Reader } from '../core/params.ts'
import type { World } from '../world.ts'
import { createPrice } from './prices.ts'

const FIELDS =
  'active description images marketing_features metadata name package_dimensions shippable statement_descriptor tax_code unit_label url default_price'

/** `/v1/products`. */
export function serveProducts(api: Api, world: World) {
  api.on('POST', '/v1/products', `${FIELDS} id type default_price_data`, ({ params }) => {
    const priceOf = params.inside('default_price_data')
    const product = createProduct(world, params)
    if (priceOf) product.default_price = createPrice(world, priceOf, product).id
    return product
  })
  api.on(
    'GET',
    '/v1/products',
    'active created ids limit shippable starting_after ending_before url type',
    ({ params }) => {
      const active = params.flag('active')
      const ids = params.texts('ids')
      const keep = (product: Product) =>
        (active === undefined || product.active === active) && (!ids || ids.includes(product.id))
      return page(world.products, params, { url: '/v1/products', noun: 'product', keep })
    },
  )
  api.on(
    'GET',
    '/v1/products/:id',
    '',
    ({ id }) => world.stubs.get(id) ?? need(world.products, 'product', id),
  )
  api.on('POST', '/v1/products/:id', FIELDS, ({ id, params }) => {
    const product = need(world.products, 'product', id)
    world.update('product.updated', product, () => change(world, product, params))
    return product
  })
  api.on('DELETE', '/v1/products/:id', '', ({ id }) => {
    const product = need(world.products, 'product', id)
    for (const price of world.prices.newest()) {
      if (price.product === id)
        throw invalid('This product cannot be deleted because it has one or more user-created prices.')
    }
    const stub = bury(world, world.products, product)
    world.emit('product.deleted', product)
    return stub
  })
}

/** Makes a product of the parameters of `products.create` or of `price_data.product_data`. */
export function createProduct(world: World, params: Reader): Product {
  const name = params.required('name')
  const id = params.text('id') ?? newId('prod')
  if (world.products.get(id))
    throw invalid(`Product already exists.`, { param: 'id', code: 'resource_already_exists' })
  const now = world.now()
  const product: Product = {
    id,
    object: 'product',
    active: true,
    created: now,
    default_price: null,
    description: null,
    images: [],
    livemode: false,
    marketing_features: [],
    metadata: {},
    name,
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: null,
    tax_details: null,
    type: 'service',
    unit_label: null,
    updated: now,
    url: null,
  }
  change(world, product, params)
  world.products.add(product)
  world.emit('product.created', product)
  return product
}

function change(world: World, product: Product, params: Reader) {
  const images = params.texts('images')
  if (images && images.length > 8) throw invalid('Products can have up to 8 images.', { param: 'images' })
  const features = params.each('marketing_features')?.map(feature => ({ name: feature.required('name') }))
  if (features && features.length > 15)
    throw invalid('Products can have up to 15 marketing features.', { param: 'marketing_features' })
  const defaultPrice = params.clearable('default_price')
  if (defaultPrice && need(world.prices, 'price', defaultPrice, 'default_price').product !== product.id)
    throw invalid(`The price specified does not belong to this product.`, { param: 'default_price' })
  product.active = params.flag('active') ?? product.active
  product.name = params.has('name') ? params.required('name') : product.name
  product.description = or(params.clearable('description'), product.description)
  product.images = images ?? product.images
  product.marketing_features = features ?? product.marketing_features
  product.metadata = mergedMetadata(product.metadata, params)
  product.statement_descriptor = or(
    params.clearable('statement_descriptor'),
    product.statement_descriptor ?? null,
  )
  product.tax_code = or(params.clearable('tax_code'), product.tax_code ?? null)
  product.unit_label = or(params.clearable('unit_label'), product.unit_label ?? null)
  product.url = or(params.clearable('url'), product.url)
  product.shippable = params.flag('shippable') ?? product.shippable
  product.default_price = or(defaultPrice, product.default_price ?? null)
  product.updated = world.now()
}

/** The new value, or the old one when none was sent. */
export function or<T>(sent: T | undefined, old: T): T {
  return sent === undefined ? old : sent
}
