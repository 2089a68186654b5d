import { type Logger, pino } from 'pino'

/**
 * The process's log: JSON lines on stdout. Secrets and links to Checkout and the portal never reach it; `redact` guards
 * the places where a library's error could carry one.
 */
export function createLog(level: string): Logger {
  return pino({
    level,
    redact: {
      paths: [
        'url',
        '*.url',
        'token',
        '*.token',
        'err.url',
        'err.requestBody',
        'err.headers',
        'err.raw',
        'err.cause',
      ],
      censor: '[redacted]',
    },
    serializers: { err: describeError },
  })
}

// Errors of the SDKs carry whole requests: tokens in paths, links in bodies. Their words and codes are enough.
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) }
  const { code, status, statusCode } = Object.assign(
    { code: undefined, status: undefined, statusCode: undefined },
    error,
  )
  return {
    type: error.name,
    message: withoutLinks(error.message),
    ...(code !== undefined && { code }),
    ...((status ?? statusCode) !== undefined && { status: status ?? statusCode }),
    stack: error.stack && withoutLinks(error.stack),
    ...(error.cause !== undefined && { cause: describeError(error.cause) }),
  }
}

const withoutLinks = (text: string) => text.replaceAll(/https?:\/\/\S+/g, '[link]')
