import { chat } from './chat.ts'
import { frame } from './frame.ts'
import { server } from './server.ts'
import { slack } from './slack.ts'
import { stripe } from './stripe.ts'
import { theme } from './theme.ts'

/** The page's style sheet. */
export const style = [theme, frame, server, chat, slack, stripe].join('\n')
