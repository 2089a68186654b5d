import type { Router } from 'express'
import type { Logger } from 'pino'
import type { LoadedCommand } from '../command.ts'
import type { Config } from '../config.ts'
import type { Collection } from '../store/store.ts'
import type { ChatPlatform } from './platform.ts'

/** The platforms that the settings turn on, not started, and what the web server serves for them. */
export async function createPlatforms(deps: {
  config: Pick<Config, 'discord' | 'slack'>
  publicUrl: string
  commands: readonly LoadedCommand[]
  /** What outlives a restart, by name. */
  memory: <Value>(name: string) => Collection<Value>
  log: Logger
}): Promise<{ platforms: ChatPlatform[]; routes: Router[] }> {
  const { config, ...rest } = deps
  const platforms: ChatPlatform[] = []
  const routes: Router[] = []
  // A chat's SDK takes a third of a second to load: only whoever uses it waits for it.
  if (config.discord) {
    const { createDiscord } = await import('./discord/discord.ts')
    platforms.push(createDiscord({ ...config.discord, ...rest }))
  }
  if (config.slack) {
    const { createSlack } = await import('./slack/slack.ts')
    const slack = createSlack({ ...config.slack, ...rest })
    platforms.push(slack.platform)
    routes.push(slack.routes)
  }
  return { platforms, routes }
}
