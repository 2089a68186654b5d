import type { CommunityId, RoleId } from '../member.ts'
import type { Collection, Store } from '../store/store.ts'

/** What a community's admins have set. */
export interface CommunitySettings {
  /** The paid roles of every plan that has none of its own, later plans too. */
  everyPlan: RoleId[]
  /** The paid roles of single plans, by lookup key; they replace `everyPlan` for that plan. */
  byPlan: Record<string, RoleId[]>
  /** Where notices for admins go, by the platform's channel id. */
  logChannel?: string
}

const nothingSet: CommunitySettings = { everyPlan: [], byPlan: {} }

export interface SettingsBook {
  of(community: CommunityId): Promise<CommunitySettings>
  change(
    community: CommunityId,
    change: (settings: CommunitySettings) => CommunitySettings,
  ): Promise<CommunitySettings>
  /** Every community that has set anything. */
  communities(): AsyncIterable<CommunityId>
}

export function createSettings(store: Store): SettingsBook {
  const settings: Collection<CommunitySettings> = store.collection('settings')
  return {
    of: async community => (await settings.get(community)) ?? nothingSet,
    change: (community, change) => settings.update(community, old => change(old ?? nothingSet)),
    async *communities() {
      for await (const [key] of settings.entries()) {
        const [platform, group] = key.split(':')
        if (platform && group) yield `${platform}:${group}`
      }
    },
  }
}

/** The roles that a plan unlocks in a community. */
export const rolesOf = (settings: CommunitySettings, lookupKey: string): RoleId[] =>
  Object.hasOwn(settings.byPlan, lookupKey) ? (settings.byPlan[lookupKey] ?? []) : settings.everyPlan

/** Every role that some plan unlocks, each once. */
export const allRoles = ({ everyPlan, byPlan }: CommunitySettings): RoleId[] => [
  ...new Set([...everyPlan, ...Object.values(byPlan).flat()]),
]
