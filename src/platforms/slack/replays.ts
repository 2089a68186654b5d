import type { RequestHandler } from 'express'

// Bolt refuses what was signed longer ago (docs.slack.dev/authentication/verifying-requests-from-slack).
const signatureLifeSeconds = 300

/**
 * Answers 401 to a request that came before: a signature is good for five minutes, and whoever overheard one must not
 * press a button again. Stands before Bolt, which checks the signature itself.
 */
export function refuseReplays(now: () => number = Date.now): RequestHandler {
  const seen = new Map<string, number>()
  return (request, response, next) => {
    const signedAt = Number(request.headers['x-slack-request-timestamp'])
    // Bolt reads what stands between the first two equals signs, whatever comes after.
    const hash = String(request.headers['x-slack-signature'] ?? '').split('=')[1] ?? ''
    for (const [old, at] of seen) {
      if (at + signatureLifeSeconds >= now() / 1000) break
      seen.delete(old)
    }
    if (seen.has(hash)) {
      response.status(401).send()
      return
    }
    if (hash && Number.isFinite(signedAt)) {
      seen.set(hash, signedAt)
      // Only what was well signed and taken is worth remembering.
      response.on('close', () => {
        if (!response.writableFinished || response.statusCode !== 200) seen.delete(hash)
      })
    }
    next()
  }
}
