import type { Endpoint, Endpoints } from '../../billing/endpoint.ts'
import { endpointUrl } from '../../billing/endpoint.ts'
import type { Address } from './address.ts'
import { type Guide, settle } from './answers.ts'
import { NotThis, prompts } from './prompts.ts'

const setting = 'STRIPE_WEBHOOK_SECRET'

/** Lets Stripe reach the bot: the endpoint with the bot's events and version, and its signing secret in `.env`. */
export async function setUpWebhook(guide: Guide, endpoints: Endpoints, address: Address): Promise<void> {
  const { publicUrl, isLocal } = address
  if (isLocal) return forward(guide, publicUrl)
  const { here, elsewhere } = await prompts.work('Looking for the webhook endpoint', () =>
    endpoints.find(publicUrl),
  )
  const isOurs = (each: Endpoint) => each.hasSecret(secretsOf(guide)) === true
  const endpoint = here.find(isOurs) ?? here[0]
  if (endpoint) await keep(guide, endpoints, endpoint, publicUrl)
  else {
    const moved = elsewhere.find(isOurs)
    if (moved && (await prompts.confirm(`Move the endpoint of ${moved.url} to this address?`))) {
      await prompts.work('Moving it', () => endpoints.mend(moved.id, publicUrl))
      prompts.done(`Stripe sends events to ${endpointUrl(publicUrl)} now; its signing secret stays`)
    } else await make(guide, endpoints, publicUrl)
  }
  for (const other of here.filter(each => each !== endpoint))
    if (await prompts.confirm(`A second endpoint (${other.id}) calls this address. Remove it?`))
      await prompts.work('Removing it', () => endpoints.remove(other.id))
}

// Stripe's own tool carries events to a machine that nobody reaches from outside.
async function forward(guide: Guide, publicUrl: string): Promise<void> {
  const port = new URL(publicUrl).port || '3000'
  await settle(guide, {
    name: setting,
    message: 'Paste the signing secret that it prints',
    guide: () =>
      prompts.note(
        'Stripe can’t reach this machine',
        'Let Stripe’s own tool bring the events, in another terminal:',
        `stripe listen --forward-to localhost:${port}/stripe/webhook`,
      ),
    look: async secret => checkSecret(secret),
    describe: () => 'Events are signed',
  })
}

async function keep(
  guide: Guide,
  endpoints: Endpoints,
  endpoint: Endpoint,
  publicUrl: string,
): Promise<void> {
  if (!endpoint.isPinned) {
    prompts.warn(
      `Stripe's endpoint for this address speaks API version ${endpoint.version ?? 'of the account'},\nand that can't be changed.`,
    )
    if (await prompts.confirm('Replace it by one with the version that this bot reads?'))
      return make(guide, endpoints, publicUrl, endpoint)
  }
  const isKnown = endpoint.hasSecret(secretsOf(guide))
  if (isKnown !== true) {
    const hasSome = secretsOf(guide).length > 0
    prompts.say(
      isKnown === false && hasSome
        ? "The secret in .env is not the one of Stripe's endpoint for this address."
        : 'Stripe has an endpoint for this address, and shows its signing secret only\nin the dashboard.',
    )
    const how = await prompts.choose<'keep' | 'make' | 'paste'>('Its signing secret', {
      ...(hasSome && isKnown === undefined && { keep: `is the one in .env (${setting})` }),
      make: 'make a new endpoint instead, and remove this one',
      paste: 'paste it (Stripe dashboard, Workbench, Webhooks, the endpoint, Signing secret)',
    })
    if (how === 'make') return make(guide, endpoints, publicUrl, endpoint)
    if (how === 'paste') await paste(guide)
    const [secret] = secretsOf(guide)
    if (secret) await prompts.work('Remembering it', () => endpoints.remember(endpoint.id, secret))
  }
  const lacks = endpoint.missing.length
  if (lacks || !endpoint.isEnabled) {
    await prompts.work('Mending the endpoint', () => endpoints.mend(endpoint.id, publicUrl))
    prompts.done(
      `The endpoint was ${[!endpoint.isEnabled && 'turned off', lacks && `without ${lacks} events`].filter(Boolean).join(' and ')}: mended`,
    )
  }
  prompts.done(`Stripe sends events to ${endpoint.url}`)
}

async function make(guide: Guide, endpoints: Endpoints, publicUrl: string, old?: Endpoint): Promise<void> {
  const before = old ? [] : secretsOf(guide)
  const isKept =
    before.length > 0 &&
    !(await prompts.confirm(`${setting} in .env has another secret. Replace it? (No keeps both.)`))
  const made = await prompts.work('Making the webhook endpoint', () => endpoints.create(publicUrl))
  // Stripe doesn't tell it again.
  await guide.env.save(setting, [made.secret, ...(isKept ? before : [])].join(','))
  await prompts.work('Remembering its secret', () => endpoints.remember(made.id, made.secret))
  if (old) await prompts.work('Removing the old one', () => endpoints.remove(old.id))
  prompts.done(`Stripe sends events to ${endpointUrl(publicUrl)}; the signing secret is saved`)
}

async function paste({ env }: Guide): Promise<void> {
  const secret = await prompts.secret({
    message: 'Paste the signing secret',
    check: async answer => void checkSecret(answer),
  })
  await env.save(setting, secret)
}

function checkSecret(secret: string): true {
  if (!/^whsec_\S+$/.test(secret)) throw new NotThis('A signing secret starts with whsec_.')
  return true
}

const secretsOf = ({ env }: Guide): string[] =>
  (env.get(setting) ?? '')
    .split(',')
    .map(secret => secret.trim())
    .filter(Boolean)
