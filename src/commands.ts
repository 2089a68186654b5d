import { readdir } from 'node:fs/promises'
import { extname } from 'node:path'
import type { Command, CommandGroup, LoadedCommand } from './command.ts'

const folder = new URL('../commands/', import.meta.url)

/** Every command in `commands/`: a file is a command, a folder beside a file of its name holds its subcommands. */
export async function loadCommands(): Promise<LoadedCommand[]> {
  return Promise.all((await names('')).map(load))
}

async function load(name: string): Promise<LoadedCommand> {
  const command = await read(name)
  if ('run' in command) return { ...command, name }
  const subcommands = await Promise.all(
    (await names(`${name}/`)).map(async subname => {
      const subcommand = await read(`${name}/${subname}`)
      if (!('run' in subcommand)) throw new Error(`commands/${name}/${subname} is a group inside a group`)
      return { ...subcommand, name: subname }
    }),
  )
  return { ...command, name, subcommands }
}

// Compiled or not: the same folder, with another ending.
const ending = extname(import.meta.url)

async function names(path: string): Promise<string[]> {
  const entries = await readdir(new URL(path, folder), { withFileTypes: true })
  return entries
    .filter(entry => entry.isFile() && entry.name.endsWith(ending))
    .map(({ name }) => name.slice(0, -ending.length))
    .sort()
}

async function read(path: string): Promise<Command | CommandGroup> {
  const file: { default?: unknown } = await import(new URL(path + ending, folder).href)
  if (!isCommand(file.default)) throw new Error(`commands/${path} has no command as its default export`)
  return file.default
}

const isCommand = (thing: unknown): thing is Command | CommandGroup =>
  typeof thing === 'object' && thing !== null && 'description' in thing && 'access' in thing
