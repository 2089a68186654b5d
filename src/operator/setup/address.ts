import type { Guide } from './answers.ts'
import { NotThis, prompts } from './prompts.ts'

/** Where Stripe and browsers reach the bot. */
export interface Address {
  publicUrl: string
  /** Only this machine or its network reaches it: Stripe can't. */
  isLocal: boolean
}

/** Asks for `PUBLIC_URL`, or keeps the one of `.env`. */
export async function setUpAddress({ env, asksAll }: Guide): Promise<Address> {
  const known = env.get('PUBLIC_URL')
  const problem = known === undefined ? undefined : problemOf(known)
  if (known !== undefined && problem === undefined && !asksAll) {
    prompts.done(`The bot is reached at ${known} (PUBLIC_URL in .env)`)
    return addressOf(known)
  }
  if (problem) prompts.warn(`PUBLIC_URL in .env won't do: ${problem}`)
  prompts.say(
    'Stripe and browsers need an address for the bot, with https: the name that\n' +
      'your proxy or host gives it. To try it on this machine first, take\n' +
      'http://localhost:3000.',
  )
  const answer = await prompts.text({
    message: 'What is its address?',
    placeholder: 'https://bot.example.com',
    initial: known ?? '',
    check: async typed => {
      const wrong = problemOf(typed)
      if (wrong) throw new NotThis(wrong)
    },
  })
  const address = addressOf(answer)
  if (address.publicUrl !== known) await env.save('PUBLIC_URL', address.publicUrl)
  return address
}

const addressOf = (url: string): Address => ({ publicUrl: new URL(url).origin, isLocal: isLocal(url) })

function problemOf(typed: string): string | undefined {
  if (!/^https?:\/\//.test(typed) || !URL.canParse(typed)) return 'It starts with https://'
  const { pathname, search, hash, protocol, username } = new URL(typed)
  if (pathname !== '/' || search || hash || username) return 'The address alone, with nothing after the name.'
  if (protocol === 'http:' && !isLocal(typed)) return 'Outside of this machine it has to be https.'
  return undefined
}

function isLocal(url: string): boolean {
  const { hostname } = new URL(url)
  return /^(localhost|.*\.localhost|.*\.local|\[::1\]|0\.0\.0\.0|127\..*|10\..*|192\.168\..*|172\.(1[6-9]|2\d|3[01])\..*)$/.test(
    hostname,
  )
}
