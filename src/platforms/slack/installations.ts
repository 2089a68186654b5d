import type { Installation, InstallationStore } from '@slack/bolt'
import type { CommunityId } from '../../member.ts'
import type { Memory } from './memory.ts'
import type { Tokens } from './workspaces.ts'

/** The workspaces that installed the app, each with its token. */
export interface Installations {
  /** Where Bolt's installer puts them. */
  store: InstallationStore
  tokens: Tokens
  /** Who installed the app there. */
  installer(community: CommunityId): Promise<string | undefined>
  forget(community: CommunityId): Promise<void>
}

export function createInstallations(deps: {
  memory: Memory<Installation>
  installUrl: string
  /** Told once an installation is written down. */
  installed: (community: CommunityId) => void
}): Installations {
  const { memory, installUrl, installed } = deps
  const of = (team: string) => memory.get(`slack:${team}`)
  return {
    store: {
      async storeInstallation(installation) {
        // Roles and members are a workspace's; an organisation as a whole has neither.
        if (installation.isEnterpriseInstall || !installation.team)
          throw new Error('install the app into a workspace, not into a whole organisation')
        const community: CommunityId = `slack:${installation.team.id}`
        await memory.set(community, installation)
        installed(community)
      },
      async fetchInstallation({ teamId = '' }) {
        const installation = await of(teamId)
        if (!installation) throw new Error('the app is not installed there')
        return installation
      },
      deleteInstallation: async ({ teamId = '' }) => memory.delete(`slack:${teamId}`),
    },
    tokens: {
      of: async team => (await of(team))?.bot?.token,
      remedy: `Install the app again: ${installUrl}.`,
    },
    installer: async community => (await memory.get(community))?.user.id,
    forget: community => memory.delete(community),
  }
}
