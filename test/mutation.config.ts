import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

// What proves the rules of access, without the browser and the CLI: the cheapest first, as the first that fails ends a mutant.
const names = [
  'entitlement paid-role member-way failures-time admin-why admin-log admin-setup admin-data admin-changes checkout-pages',
  'admin-members admin-grant queue subscribe webhook properties failures-billing failures-statuses failures-foreign failures-customers failures-refunds failures-people',
  'admin-sync failures-subscribe admin-status-rare operator-rebuild admin-status failures-delivery failures-chat admin-harm',
].flatMap(line => line.split(' '))

class CheapestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) =>
      names.findIndex(name => moduleId.endsWith(`/${name}.test.ts`))
    return files.sort((a, b) => rank(a) - rank(b))
  }
}

export default defineConfig({
  test: {
    include: names.map(name => `test/${name}.test.ts`),
    sequence: { sequencer: CheapestFirst },
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
})
