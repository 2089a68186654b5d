import {
  App,
  ExpressReceiver,
  type ExpressReceiverOptions,
  LogLevel,
  SocketModeReceiver,
  webApi,
} from '@slack/bolt'
import { afterEach } from 'vitest'
import {
  createSlackStandIn,
  type SlackStandIn,
  type SlackStandInOptions,
} from '../src/sandbox/slack/index.ts'

const stops: (() => Promise<unknown> | unknown)[] = []

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

/** A stand-in that ends with the test. */
export async function standIn(options?: SlackStandInOptions): Promise<SlackStandIn> {
  const slack = await createSlackStandIn(options)
  stops.push(() => slack.close())
  return slack
}

/** A real WebClient that does not try again by itself. */
export function client(slack: SlackStandIn, token = slack.botToken): webApi.WebClient {
  return new webApi.WebClient(token, {
    slackApiUrl: slack.apiBase,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: silent,
  })
}

/** A real Bolt app over HTTP, connected. */
export async function httpApp(
  slack: SlackStandIn,
  wire: (app: App) => void = () => {},
  given: Partial<ExpressReceiverOptions> = {},
): Promise<{ app: App; requestUrl: string; base: string }> {
  const quiet = { logLevel: LogLevel.ERROR, logger: silent }
  const receiver = new ExpressReceiver({ signingSecret: slack.signingSecret, ...quiet, ...given })
  const app = new App({
    // With an installation store the tokens come from there.
    ...(given.installationStore ? {} : { token: slack.botToken }),
    clientOptions: { slackApiUrl: slack.apiBase },
    ...quiet,
    receiver,
  })
  wire(app)
  const server = await app.start(0)
  stops.push(() => app.stop())
  const address = 'address' in server ? server.address() : null
  if (typeof address !== 'object' || !address) throw new Error('the app has no address')
  const base = `http://127.0.0.1:${address.port}`
  const requestUrl = `${base}/slack/events`
  await slack.connect({ requestUrl })
  return { app, requestUrl, base }
}

/** A real Bolt app over Socket Mode, connected. */
export async function socketApp(
  slack: SlackStandIn,
  wire: (app: App) => void = () => {},
): Promise<{ app: App }> {
  const clientOptions = { slackApiUrl: slack.apiBase }
  const quiet = { logLevel: LogLevel.ERROR, logger: silent }
  const receiver = new SocketModeReceiver({
    appToken: slack.appToken,
    installerOptions: { clientOptions: { ...clientOptions } },
    // Bolt waits this long before it connects again.
    clientPingTimeout: 500,
    ...quiet,
  })
  const app = new App({ token: slack.botToken, clientOptions, ...quiet, receiver })
  wire(app)
  await app.start()
  stops.push(() => app.stop())
  return { app }
}

/** Bolt tells of every refused request, and the tests send many. */
const silent = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => LogLevel.ERROR,
  setName() {},
}
