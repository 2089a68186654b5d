import { describe } from 'vitest'

// What proves the rules of access, without the browser and the CLI. One file, because loading the SDKs anew for each would
// take longer than the tests; the cheapest first, because the first that fails ends a mutant.
const names = [
  'entitlement delivery-hints reconcile paid-role member-way failures-time admin-why admin-log admin-setup admin-data admin-changes checkout-pages',
  'admin-members admin-grant queue subscribe webhook properties failures-billing failures-statuses failures-foreign',
  'failures-customers failures-refunds failures-mending failures-gateway failures-people admin-sync failures-subscribe admin-status-rare operator-rebuild',
  'admin-status failures-slack failures-delivery failures-chat admin-harm',
].flatMap(line => line.split(' '))

for (const name of names)
  describe(name, async () => {
    await import(`./${name}.test.ts`)
  })
