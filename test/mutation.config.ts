import { defineConfig } from 'vitest/config'

// What proves the rules of access, without the browser, the CLI and the processes that a mutant doesn't reach.
export default defineConfig({
  test: {
    include: [
      'test/{entitlement,queue,webhook,member-way,subscribe,paid-role,properties}.test.ts',
      'test/failures-{delivery,chat,billing,refunds,people,time}.test.ts',
    ],
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})
