import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { include: ['test/mutation.suite.ts'], testTimeout: 20_000, hookTimeout: 20_000 },
})
