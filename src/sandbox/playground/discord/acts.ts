import { z } from 'zod'
import type { DiscordStandIn } from '../../discord/index.ts'
import type { ActResult } from '../view.ts'

const text = z.string().max(4000)
const id = z.string().regex(/^\d{1,20}$/)

/** What a person can do at Discord's client, and what an admin does by hand. */
const actSchema = z.discriminatedUnion('act', [
  z.object({ act: z.literal('command'), line: text, channel: id }),
  z.object({ act: z.literal('complete'), line: text, channel: id }),
  z.object({ act: z.literal('say'), text: z.string().trim().min(1).max(2000), channel: id }),
  z.object({ act: z.literal('press'), message: id, button: text }),
  z.object({ act: z.literal('choose'), message: id, menu: text, values: z.array(text).max(25) }),
  z.object({ act: z.literal('set roles'), member: id, roles: z.array(id).max(250) }),
  z.object({ act: z.literal('kick'), member: id }),
  z.object({ act: z.literal('join'), member: id }),
  z.object({ act: z.literal('move role'), role: id, by: z.union([z.literal(1), z.literal(-1)]) }),
])

/** Does what somebody asks for. Throws an Error in words for what their client would not let them do. */
export async function actInDiscord(
  { discord, guild, user }: { discord: DiscordStandIn; guild: string; user: string },
  wanted: unknown,
): Promise<ActResult> {
  const parsed = actSchema.safeParse(wanted)
  if (!parsed.success) throw new Error("The page asked for something that can't be done. Reload it.")
  const act = parsed.data
  const at = (channel: string) => discord.as(user, guild, channel)
  switch (act.act) {
    case 'command':
      return outcome(await at(act.channel).command(act.line))
    case 'complete': {
      const { choices } = await at(act.channel).autocomplete(act.line)
      return { choices: choices.map(({ name, value }) => ({ name, value: String(value) })) }
    }
    case 'say':
      at(act.channel).sendMessage(act.text)
      return {}
    case 'press':
      return outcome(await discord.as(user, guild).press({ id: act.message }, act.button))
    case 'choose':
      return outcome(await discord.as(user, guild).select({ id: act.message }, act.menu, act.values))
    case 'set roles':
      discord.setRoles(guild, act.member, act.roles)
      return {}
    case 'kick':
      discord.removeMember(guild, act.member)
      return {}
    case 'join':
      discord.addMember(guild, { id: act.member })
      return {}
    case 'move role': {
      const role = discord.guild(guild).roles.get(act.role)
      if (!role) throw new Error('That role is gone.')
      // Position 0 is @everyone's.
      discord.moveRole(guild, act.role, Math.max(1, role.position + act.by))
      return {}
    }
  }
}

const outcome = ({ failure }: { failure: string | undefined }): ActResult =>
  failure === undefined ? {} : { problem: failure }
