import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'

/** What the process counts, in Prometheus' format; one registry a bot, so that several live in one process. */
export interface Metrics {
  /** A webhook delivery, by what became of it. */
  delivered(kind: string): void
  /** Reads a number whenever somebody asks for the metrics. */
  watch(name: string, help: string, read: () => number): void
  text(): Promise<string>
  contentType: string
}

export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const deliveries = new Counter({
    name: 'velvet_webhook_deliveries_total',
    help: 'Deliveries to the webhook endpoint, by what became of them',
    labelNames: ['kind'],
    registers: [registry],
  })
  return {
    delivered: kind => deliveries.inc({ kind }),
    watch(name, help, read) {
      new Gauge({
        name,
        help,
        registers: [registry],
        collect() {
          this.set(read())
        },
      })
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}
