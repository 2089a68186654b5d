import type { Api } from './core/api.ts'
import { listOf } from './core/objects.ts'
import type { World } from './world.ts'

const NOTHING_REQUIRED = {
  alternatives: [],
  current_deadline: null,
  currently_due: [],
  disabled_reason: null,
  errors: [],
  eventually_due: [],
  past_due: [],
  pending_verification: [],
}

/** `/v1/account` and `/v1/balance`. */
export function serveAccount(api: Api, world: World) {
  const created = world.now()
  const id = 'acct_1StandIn00000000'
  const account = {
    id,
    object: 'account',
    business_profile: {
      annual_revenue: null,
      estimated_worker_count: null,
      mcc: null,
      minority_owned_business_designation: null,
      name: 'Stand-in for Stripe',
      product_description: null,
      support_address: null,
      support_email: null,
      support_phone: null,
      support_url: null,
      url: null,
    },
    business_type: null,
    capabilities: { card_payments: 'active', transfers: 'active' },
    charges_enabled: true,
    controller: { type: 'account' },
    country: 'US',
    created,
    default_currency: 'usd',
    details_submitted: true,
    email: 'owner@example.com',
    external_accounts: listOf(`/v1/accounts/${id}/external_accounts`, []),
    future_requirements: NOTHING_REQUIRED,
    metadata: {},
    payouts_enabled: true,
    requirements: NOTHING_REQUIRED,
    settings: {
      bacs_debit_payments: { display_name: null, service_user_number: null },
      branding: { icon: null, logo: null, primary_color: null, secondary_color: null },
      card_issuing: { tos_acceptance: { date: null, ip: null } },
      card_payments: {
        decline_on: { avs_failure: false, cvc_failure: false },
        statement_descriptor_prefix: null,
        statement_descriptor_prefix_kana: null,
        statement_descriptor_prefix_kanji: null,
      },
      dashboard: { display_name: 'Stand-in for Stripe', timezone: 'Etc/UTC' },
      payments: {
        statement_descriptor: 'STAND-IN',
        statement_descriptor_kana: null,
        statement_descriptor_kanji: null,
      },
    },
    tos_acceptance: { date: null, ip: null, user_agent: null },
    type: 'standard',
  }
  api.on('GET', '/v1/account', '', () => account)
  api.on('GET', '/v1/accounts/:id', '', () => account)
  api.on('GET', '/v1/balance', '', () => ({
    object: 'balance',
    available: balances(world),
    connect_reserved: [],
    livemode: false,
    pending: [{ amount: 0, currency: 'usd', source_types: { card: 0 } }],
  }))
}

function balances(world: World) {
  const sums = new Map([['usd', 0]])
  for (const charge of world.charges.newest()) {
    if (charge.status === 'succeeded')
      sums.set(charge.currency, (sums.get(charge.currency) ?? 0) + charge.amount - charge.amount_refunded)
  }
  return [...sums].map(([currency, amount]) => ({ amount, currency, source_types: { card: amount } }))
}
