import { h } from '../dom.ts'

const tones: Record<string, string> = {
  active: 'good',
  trialing: 'good',
  paid: 'good',
  past_due: 'bad',
  unpaid: 'bad',
  open: 'bad',
  uncollectible: 'bad',
}

/** One of Stripe's words for how something stands, coloured by whether it is good. */
export const pill = (status: string) =>
  h('span', { class: `pill ${tones[status] ?? ''}` }, status.replaceAll('_', ' '))
