import { describe } from 'vitest'

// What holds the rules of access in milliseconds. One file, because loading everything anew for each takes longer than the tests.
const names = [
  'entitlement delivery-hints reconcile news notices greeting inherited personal-data gates chat-gates queue-looks',
  'queue-answers queue checks checks-stripe checks-work harm changes sweeper sweep access hearing',
].flatMap(line => line.split(' '))

for (const name of names)
  describe(name, async () => {
    await import(`./${name}.test.ts`)
  })
