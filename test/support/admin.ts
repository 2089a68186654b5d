import type { APIMessage } from 'discord.js'
import { read, type World } from './world.ts'

const isDone = (message: APIMessage) =>
  ((message.flags ?? 0) & 128) === 0 && !/^(Comparing|Mending)/.test(read(message))
const patienceMs = 20_000

/** Runs a command as somebody and waits until its progress has become an answer. */
export async function sayToEnd(world: World, user: string, line: string): Promise<APIMessage> {
  return (await world.discord.as(user, world.guild).command(line)).waitFor(isDone, patienceMs)
}

/** Presses a button and waits until progress has become an answer. */
export async function pressToEnd(
  world: World,
  user: string,
  message: APIMessage,
  label: string,
): Promise<APIMessage> {
  return (await world.discord.as(user, world.guild).press(message, label)).waitFor(isDone, patienceMs)
}

/** Chooses in a menu, by its placeholder and the option's label, and waits for the whole answer. */
export async function choose(
  world: World,
  user: string,
  message: APIMessage,
  placeholder: string,
  label: string,
): Promise<APIMessage> {
  const option = optionsOf(message, placeholder).find(each => each.label === label)
  if (!option) throw new Error(`no option ${label} in ${placeholder}: ${read(message)}`)
  const menu = menusOf(message).find(each => each.placeholder === placeholder)
  const invocation = await world.discord.as(user, world.guild).select(message, menu?.id ?? '', [option.value])
  return invocation.waitFor(isDone, patienceMs)
}

/** What a menu offers. */
export const optionsOf = (message: APIMessage, placeholder: string): { label: string; value: string }[] =>
  menusOf(message).find(each => each.placeholder === placeholder)?.options ?? []

/** The menus of a message, in order. */
export const menusOf = (message: APIMessage) =>
  (message.components ?? []).flatMap(row =>
    'components' in row
      ? row.components.flatMap(component =>
          'options' in component
            ? [
                {
                  id: component.custom_id,
                  placeholder: component.placeholder ?? '',
                  options: component.options,
                },
              ]
            : [],
        )
      : [],
  )
