import { html, type Markup } from './html.ts'

const CHOICES = [
  { value: '4242424242424242', name: '4242 4242 4242 4242', says: 'Pays, now and later' },
  { value: '4000000000000002', name: '4000 0000 0000 0002', says: 'Is declined' },
  { value: '4000002500003155', name: '4000 0025 0000 3155', says: 'Asks for confirmation once (3-D Secure)' },
  { value: '4000002760003184', name: '4000 0027 6000 3184', says: 'Asks for confirmation every time' },
  { value: '4000000000000341', name: '4000 0000 0000 0341', says: 'Pays now, fails at renewal' },
  { value: 'AT611904300234573201', name: 'Bank debit AT61 … 3201', says: 'Takes some days to arrive' },
  { value: 'AT861904300235473202', name: 'Bank debit AT86 … 3202', says: 'Bounces after some days' },
]

// Away from Checkout the card that fails later has nothing to pay first.
const LATER = '4000000000000341'

/** The choice of test cards; each says what it does. `isCheckout` says that a first payment is made with it. */
export function testCardChoice(
  legend: string,
  {
    debits = true,
    isCheckout = false,
    chosen = '4242424242424242',
  }: { debits?: boolean; isCheckout?: boolean; chosen?: string | undefined } = {},
): Markup {
  const offered = CHOICES.filter(choice => debits || /^\d/.test(choice.value))
  return html`<fieldset>
<legend>${legend}</legend>
<div class="choices">
${offered.map(
  ({
    value,
    name,
    says,
  }) => html`<label><input type="radio" name="card" value="${value}"${value === chosen && { markup: ' checked' }} required>
<span><span class="name">${name}</span><span class="says">${value === LATER && !isCheckout ? 'Is accepted, but fails when charged' : says}</span></span></label>
`,
)}</div>
</fieldset>`
}
