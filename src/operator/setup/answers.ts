import type { EnvFile } from './env-file.ts'
import { explain, prompts } from './prompts.ts'

/** What every step of the guide has at hand. */
export interface Guide {
  env: EnvFile
  /** Asks again for what `.env` has already. */
  asksAll: boolean
  apiBases: { discord: string | undefined; slack: string | undefined; stripe: string | undefined }
}

/**
 * One secret of `.env`: kept where it is there and good, else asked for until it is. `look` finds out what it is and throws
 * what is wrong with it; what is accepted is saved before anything else is asked.
 */
export async function settle<Found>(
  { env, asksAll }: Guide,
  {
    name,
    message,
    guide,
    look,
    describe,
    accepts = async () => true,
  }: {
    name: string
    message: string
    /** Shown before it is asked for: where to click. */
    guide: () => void
    look: (secret: string) => Promise<Found>
    describe: (found: Found) => string
    /** The last word of the operator, before it is saved. */
    accepts?: (found: Found) => Promise<boolean>
  },
): Promise<Found> {
  const known = env.get(name)
  if (known) {
    const found = await lookAt(name, () => look(known))
    if (found) {
      prompts.done(`${describe(found.it)} (${name} in .env)`)
      if (!asksAll || (await prompts.confirm(`Keep ${name} as it is?`))) return found.it
    }
  }
  guide()
  for (;;) {
    const found: { it?: Found } = {}
    const secret = await prompts.secret({
      message,
      check: async answer => {
        found.it = await look(answer)
      },
    })
    if (found.it === undefined || !(await accepts(found.it))) continue
    await env.save(name, secret)
    prompts.done(`${describe(found.it)}: saved`)
    return found.it
  }
}

// A far end that is away says nothing about the secret: only a refusal is a reason to ask for another one.
async function lookAt<Found>(name: string, look: () => Promise<Found>): Promise<{ it: Found } | undefined> {
  let refusal: unknown
  const found = await prompts.work(`Checking ${name}`, async () => {
    try {
      return { it: await look() }
    } catch (error) {
      if (error instanceof Error && error.name === 'RetryLater') throw error
      refusal = error
      return undefined
    }
  })
  if (!found) prompts.warn(`${name} in .env won't do: ${explain(refusal)} A new one replaces it.`)
  return found
}
