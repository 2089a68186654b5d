import type { ActResult, Parts } from '../view.ts'

/** How the page is connected. */
export type Connection = 'connecting' | 'live' | 'lost'

/** Hears the parts of the page as they change; answers the function that ends it. */
export function listen(
  who: { chat: string; player: string },
  hear: {
    part<Name extends keyof Parts>(name: Name, value: Parts[Name]): void
    connection(now: Connection): void
  },
): () => void {
  const source = new EventSource(
    `/playground/live?${new URLSearchParams({ chat: who.chat, as: who.player })}`,
  )
  hear.connection('connecting')
  const part = <Name extends keyof Parts>(name: Name) =>
    source.addEventListener(name, event => hear.part(name, JSON.parse(event.data) as Parts[Name]))
  part('room')
  part('stripe')
  part('progress')
  source.addEventListener('open', () => hear.connection('live'))
  source.addEventListener('error', () => {
    hear.connection('lost')
    // A browser gives up for good on an answer that is no event stream, such as a server that is just starting.
    if (source.readyState === EventSource.CLOSED) window.setTimeout(retry, 1500)
  })
  let stop = () => source.close()
  const retry = () => {
    stop = listen(who, hear)
  }
  return () => stop()
}

/** Acts as a player in a chat. */
export const actAs = (who: { chat: string; player: string }, wanted: object): Promise<ActResult> =>
  post(`/playground/${who.chat}/as/${encodeURIComponent(who.player)}`, wanted)

/** Presses a button of the Stripe panel. */
export const actInStripe = (wanted: object): Promise<ActResult> => post('/playground/stripe', wanted)

async function post(path: string, wanted: object): Promise<ActResult> {
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(wanted),
    })
    if (response.ok) return (await response.json()) as ActResult
    return { problem: `The sandbox answered ${response.status}.` }
  } catch {
    return { problem: 'The sandbox does not answer. Is it still running?' }
  }
}
