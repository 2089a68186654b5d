import { json, type Request, type Response, Router } from 'express'
import type { LoadedCommand } from '../../command.ts'
import type { DiscordStandIn } from '../discord/index.ts'
import type { Lounge } from '../lounge.ts'
import type { SlackStandIn } from '../slack/index.ts'
import type { StripeStandIn } from '../stripe/index.ts'
import type { VelvetWorkspace } from '../workspace.ts'
import { createBundle } from './bundle.ts'
import type { PlaygroundChat } from './chat.ts'
import { createDiscordChat } from './discord/chat.ts'
import { guard } from './guard.ts'
import { createLive } from './live.ts'
import { sendPage } from './page.ts'
import { createSlackChat } from './slack/chat.ts'
import { createAccount } from './stripe/account.ts'
import { style } from './styles/style.ts'
import type { ActResult, Parts } from './view.ts'

/** A clock is moved by at most this much ahead of the machine's before it counts as moved by hand. */
const idle = 60_000

/** The page at `/` on which a person plays with the sandbox, and what it needs under `/playground/`. */
export function createPlayground({
  discord,
  stripe,
  lounge,
  slack,
}: {
  discord: DiscordStandIn
  stripe: StripeStandIn
  lounge: Lounge
  /** The workspace beside the server, with the commands that its manifest declares. */
  slack?: { slack: SlackStandIn; workspace: VelvetWorkspace; commands: readonly LoadedCommand[] }
}): { router: Router; close(): void } {
  const chats: PlaygroundChat[] = [
    createDiscordChat(discord, lounge),
    ...(slack ? [createSlackChat(slack)] : []),
  ]
  const account = createAccount(stripe, member => chats.map(chat => chat.nameOf(member)).find(Boolean))
  const bundle = createBundle()
  const live = createLive()
  const watching = [account, ...chats].map(({ watch }) => watch(live.changed))

  const chatOf = (request: Request): PlaygroundChat => {
    const chat = chats.find(({ name }) => name === (request.params.chat ?? request.query.chat)) ?? chats[0]
    if (!chat) throw new Error('no chat is here')
    return chat
  }
  const look = (chat: PlaygroundChat, player: string): Parts => {
    const view = account.view()
    // In this order: the page draws itself with the room, and needs to know by then whether this is a first visit.
    return {
      progress: {
        isRoleSet: chat.isRoleSet(),
        isPaid: view.customers.some(
          ({ member, subscriptions }) =>
            member.startsWith(`${chat.name}:`) && subscriptions.some(({ status }) => status !== 'incomplete'),
        ),
        isClockMoved: view.ahead > idle,
      },
      stripe: view,
      room: chat.room(player),
    }
  }

  const router = Router()
  router.use('/playground', guard)
  router.get('/', guard, (_request, response) => {
    sendPage(response, { chats: chats.map(({ name, label }) => ({ name, label })) })
  })
  router.get('/playground/style.css', (_request, response) => {
    response.type('css').set('cache-control', 'no-cache').send(style)
  })
  router.get('/playground/client.js', async (_request, response) => {
    response
      .type('js')
      .set('cache-control', 'no-cache')
      .send(Buffer.from(await bundle.script()))
  })
  router.get('/playground/live', (request, response) => {
    const chat = chatOf(request)
    live.open(request, response, () => look(chat, String(request.query.as ?? '')))
  })
  router.get('/playground/:chat/files/:file', (request, response) => {
    const file = chatOf(request).file(request.params.file)
    if (file) response.attachment(file.name).send(file.bytes)
    else response.status(404).type('text').send('there is no such file\n')
  })
  router.post('/playground/stripe', json(), (request, response) =>
    answer(response, () => account.act(request.body)),
  )
  router.post('/playground/:chat/as/:player', json(), (request, response) =>
    answer(response, () => chatOf(request).act(request.params.player, request.body)),
  )

  return {
    router,
    close() {
      for (const stop of watching) stop()
      live.close()
    },
  }
}

// What a person's client would not let them do is their answer, not a failure of the page.
async function answer(response: Response, act: () => Promise<ActResult>): Promise<void> {
  try {
    response.json(await act())
  } catch (error) {
    response.json({ problem: error instanceof Error ? error.message : String(error) } satisfies ActResult)
  }
}
