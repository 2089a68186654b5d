import { createAccess } from '../../access/access.ts'
import { type CheckGroup, runChecks, runFirstChecks } from '../../access/checks.ts'
import type { Mark } from '../../access/mark.ts'
import { createBilling } from '../../billing/billing.ts'
import { loadCommands } from '../../commands.ts'
import type { Config } from '../../config.ts'
import { createLog } from '../../log.ts'
import type { CommunityId } from '../../member.ts'
import { createPlatforms } from '../../platforms/platforms.ts'
import { openStore, type Store } from '../../store/store.ts'

/** Checks every community that the store knows, handing each to `show`; answers how many lines are wrong. */
export async function checkUp(
  config: Config,
  show: (place: string, groups: CheckGroup[]) => void,
): Promise<number> {
  const log = createLog('silent')
  const now = Date.now
  const publicUrl = config.publicUrl ?? `http://localhost:${config.port}`
  const store = await openStore(config.storeUrl)
  try {
    const billing = createBilling({
      secretKey: config.stripe.secretKey,
      apiBase: config.stripe.apiBase,
      webhookSecrets: config.stripe.webhookSecrets,
      publicUrl,
      store,
      now,
      home: async () => publicUrl,
    })
    const { platforms } = await createPlatforms({
      config,
      publicUrl,
      commands: await loadCommands(),
      memory: name => store.collection(name),
      log,
    })
    // Never started: it looks, and what is due is left to the bot.
    const access = createAccess({ store, billing, platforms, log, now, ...config })
    const deps = {
      billing,
      access,
      waiting: () => waitingIn(store, now()),
      lastDelivery: () => store.collection<number>('deliveries').get('last'),
      sweepMinutes: config.sweepMinutes,
      now,
    }
    let wrong = 0
    const shown = (place: string, groups: CheckGroup[]) => {
      wrong += groups.flatMap(({ checks }) => checks).filter(({ state }) => state === 'bad').length
      show(place, groups)
    }
    const communities: CommunityId[] = []
    for await (const community of access.settings.communities()) communities.push(community)
    for (const community of communities) {
      const groups = await runChecks({ ...deps, community })
      shown(await nameOf(community), groups)
    }
    if (communities.length === 0) {
      for (const platform of platforms) shown(platform.name, await runFirstChecks(deps, platform))
    }
    await access.stop()
    return wrong

    async function nameOf(community: CommunityId): Promise<string> {
      const described = await access.chat
        .platform(community)
        ?.describe(community)
        .catch(() => undefined)
      return described ? `${described.name} (${community})` : community
    }
  } finally {
    await store.close()
  }
}

async function waitingIn(store: Store, now: number) {
  let count = 0
  let oldest: number | undefined
  for await (const [, { at, since }] of store.collection<Mark>('marks').entries()) {
    if (at !== undefined && at > now) continue
    count += 1
    oldest = Math.min(oldest ?? since, since)
  }
  return { count, oldest }
}
