import type { Express, Request, Response } from 'express'
import { StripeRefusal } from '../core/errors.ts'
import { parseForm, type Reader, read } from '../core/params.ts'
import { sendMessage } from './layout.ts'

/** One request to a hosted page. */
export interface Visit {
  /** What the form sent, or the address's query. */
  form: Reader
  id: string
  response: Response
  /** The visitor's first language. */
  locale: string
}

/** Registers pages: what the API would refuse is shown as a sentence. */
export function createPages(app: Express) {
  const handle = (serve: (visit: Visit) => void) => (request: Request, response: Response) => {
    const query = request.originalUrl.split('?')[1] ?? ''
    const body: unknown = request.body
    const form = read(parseForm(typeof body === 'string' && body !== '' ? body : query))
    const locale = (request.get('Accept-Language') ?? 'en').split(/[,;]/)[0] ?? 'en'
    try {
      serve({ form, id: String(request.params.id ?? ''), response, locale })
    } catch (error) {
      if (!(error instanceof StripeRefusal)) throw error
      sendMessage(response, { title: 'That did not work', text: error.body.message, status: error.status })
    }
  }
  return {
    get: (path: string, serve: (visit: Visit) => void) => void app.get(path, handle(serve)),
    post: (path: string, serve: (visit: Visit) => void) => void app.post(path, handle(serve)),
  }
}

/** Where the families of pages register theirs. */
export type Pages = ReturnType<typeof createPages>
