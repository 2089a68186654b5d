import { existsSync } from 'node:fs'
import { realKeys, startAlone } from './alone.ts'

// Fixed, so that a `.env` made once keeps working.
const ports = { discord: 4010, stripe: 4020, slack: 4030 }

async function main(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env')
  const problems = realKeys(process.env)
  if (problems.length) throw new Error(problems.join('\n'))
  const { environment, close } = await startAlone(ports, (...words) =>
    process.stderr.write(`${JSON.stringify(words)}\n`),
  )
  const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}`)
  process.stdout.write(`SANDBOX: nothing here is real. Put this into .env and start the bot:

${lines.join('\n')}

then \`npm run seed\` for something to sell. Stripe's CLI works too: stripe get /v1/prices --api-base ${environment.STRIPE_API_BASE} --api-key ${environment.STRIPE_SECRET_KEY}
`)
  const stop = () => {
    void close().then(() => process.exit(0))
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
})
