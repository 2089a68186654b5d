import { defineConfig } from 'vitest/config'

// What proves the rules of access, without the browser, the CLI and the compiled processes that a mutant doesn't reach.
export default defineConfig({
  test: {
    include: [
      'test/{entitlement,queue,webhook,member-way,subscribe,paid-role,checkout-pages,properties}.test.ts',
      'test/failures-{delivery,chat,billing,refunds,people,time,subscribe}.test.ts',
      'test/admin-*.test.ts',
    ],
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
})
