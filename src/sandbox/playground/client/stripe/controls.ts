import { h } from '../dom.ts'

/** How the panel's parts act on the account. */
export interface Controls {
  /** Answers whether it was done: not while another act is under way, nor when Stripe refuses. */
  run(wanted: object): Promise<boolean>
  button(label: string, key: string, wanted: object, look?: { title?: string; kind?: string }): HTMLElement
}

/** Buttons that run an act; one at a time, for the account is one. */
export const createControls = (run: Controls['run']): Controls => ({
  run,
  button: (label, key, wanted, { title, kind = 'small' } = {}) =>
    h(
      'button',
      { type: 'button', class: kind, 'data-key': key, title, onClick: () => void run(wanted) },
      label,
    ),
})
