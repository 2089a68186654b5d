import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { PermissionFlagsBits } from 'discord.js'
import { describe, expect, it } from 'vitest'
import { keyPermissions } from '../src/billing/permissions.ts'
import { identifyDiscord } from '../src/platforms/discord/identity.ts'
import { customerOf, invoiceOf, joinMembers, logLines } from './support/failures.ts'
import { operator } from './support/operator.ts'
import { ownFolder } from './support/store.ts'
import { until } from './support/until.ts'
import { holds, linkOf, read, say, startWorld } from './support/world.ts'

const root = new URL('../', import.meta.url)
const text = await readFile(new URL('.github/SECURITY.md', root), 'utf8')
const between = (name: string) => text.split(`<!-- ${name} -->`)[1]?.split(`<!-- /${name} -->`)[0] ?? ''
const namesIn = (name: string) =>
  between(name)
    .split('·')
    .map(each => each.replaceAll(/\s+/g, ' ').trim())

/** What the listed names add up to, in Discord's bits. */
const discordPermissions = () => {
  const bits = new Map(Object.entries(PermissionFlagsBits))
  return namesIn('discord').reduce((all, name) => all | (bits.get(name.replaceAll(' ', '')) ?? 0n), 0n)
}

describe('SECURITY.md', () => {
  it('lists exactly the permissions that the key is checked for', () => {
    expect(namesIn('stripe').sort()).toEqual(keyPermissions.map(({ name }) => name).sort())
  })

  it('lists exactly the scopes of the manifest', async () => {
    const manifest = JSON.parse(
      await readFile(new URL('src/platforms/slack/slack-manifest.json', root), 'utf8'),
    )
    const listed = [...between('slack scopes').matchAll(/`([a-z:]+)`/g)].map(([, scope]) => scope)
    expect(listed.sort()).toEqual(manifest.oauth_config.scopes.bot.sort())
  })

  it('lists exactly the permissions that the invite link asks for', async () => {
    const readme = await readFile(new URL('README.md', root), 'utf8')
    expect(BigInt(/[&]permissions=(\d+)/.exec(readme)?.[1] ?? 0)).toBe(discordPermissions())
    const world = await startWorld({ start: false })
    const { invite } = await identifyDiscord(world.discord.token, world.discord.apiBase)
    expect(BigInt(new URL(invite).searchParams.get('permissions') ?? 0)).toBe(discordPermissions())
    await world.close()
  })

  it('names tests that are there', () => {
    const rows = text.split('\n').filter(line => line.startsWith('| ') && line.includes('`'))
    const tests = rows.flatMap(row =>
      [...(row.split('|').at(-2) ?? '').matchAll(/`([a-z-]+)`/g)].map(([, name]) => name),
    )
    expect(tests.length).toBeGreaterThan(20)
    for (const name of tests) expect(existsSync(new URL(`test/${name}.test.ts`, root)), name).toBe(true)
  })
})

/** Where in Stripe's API what the dashboard calls by that name is. */
const places: Record<string, RegExp> = {
  Customers: /^customers\b/,
  Subscriptions: /^subscriptions\b/,
  'Checkout Sessions': /^checkout\/sessions\b/,
  'Customer portal': /^billing_portal\b/,
  'Webhook Endpoints': /^webhook_endpoints\b/,
  Products: /^products\b/,
  Prices: /^prices\b/,
  Invoices: /^(invoices|invoice_payments)\b/,
  PaymentIntents: /^payment_intents\b/,
  'Charges and Refunds': /^(charges|refunds)\b/,
  Disputes: /^disputes\b/,
}

/** Whether a key with the listed permissions may do this. */
const isAllowed = ({ method, path }: { method: string; path: string }) =>
  namesIn('stripe').some(permission => {
    const [name = '', right] = permission.split(': ')
    return places[name]?.test(path.replace('/v1/', '')) && (method === 'GET' || right === 'Write')
  })

describe('a bot that may do nothing but what SECURITY.md lists', { timeout: 120_000 }, () => {
  it('does everything, in a server that allows everybody nothing', async () => {
    const refused = new Set<string>()
    const world = await startWorld({
      secretKey: 'rk_test_least',
      before: ({ discord, guild, stripe, ada, ben }) => {
        const everyone = discord.guild(guild).roles.get(guild)
        if (everyone) everyone.permissions = '0'
        const permissions = PermissionFlagsBits.ViewChannel | PermissionFlagsBits.UseApplicationCommands
        const { id: guests } = discord.addRole(guild, { name: 'Guests', permissions })
        for (const user of [ada, ben]) discord.setRoles(guild, user, [guests])
        discord.updateRole(guild, discord.botRole(guild).id, { permissions: discordPermissions() })
        stripe.faults.current = request => {
          if (isAllowed(request)) return undefined
          refused.add(`${request.method} ${request.path}`)
          return { status: 403 }
        }
      },
    })
    const { admin, ada, ben, channel, guild } = world
    const asAdmin = async (line: string) => read(await say(world, admin, line))
    await asAdmin('/premium role role:@Premium')
    await asAdmin(`/premium log channel:<#${channel}>`)
    for (const user of [ada, ben]) await joinMembers(world, user)
    await say(world, ada, '/plans')
    linkOf(await say(world, ada, '/billing'))
    linkOf(await say(world, ada, '/subscribe plan:pro_monthly'))
    await asAdmin(`/premium grant member:<@${admin}> days:3`)
    await asAdmin(`/premium revoke member:<@${admin}>`)
    world.stripe.settings.afterLastRetry = 'past_due'
    world.stripe.changeCard(customerOf(world, ben), 'pm_card_chargeCustomerFail')
    await world.stripe.advance(31 * 86_400_000 + 7_200_000)
    await until('the trouble to be told', () => world.discord.dms(ben).length === 2)
    const dispute = world.stripe.dispute(invoiceOf(world, ada).id)
    world.stripe.closeDispute(dispute.id, 'lost')
    await until('the role to go', () => !holds(world, ada))
    expect(await asAdmin('/premium sync')).toContain('compared')
    for (const line of ['status', 'members', `why member:<@${ada}>`, 'setup'])
      await asAdmin(`/premium ${line}`)
    expect(await asAdmin('/premium status')).not.toMatch(/lacks a permission|may not/)
    expect(logLines(world).length).toBeGreaterThan(2)
    await world.stopBot()
    for (const command of ['doctor', 'rebuild']) {
      const folder = await ownFolder()
      const { output, errors } = await operator(command, { folder, environment: world.environment })
      expect(output + errors).not.toMatch(/lacks a permission/)
    }
    expect(world.discord.member(guild, ben)?.roles).toContain(world.premium)
    // The account's name is only shown, and left out where a key may not read it.
    expect([...refused]).toEqual(['GET /v1/account'])
    expect(world.discord.refusals()[403]).toBe(0)
    await world.close()
  })
})
