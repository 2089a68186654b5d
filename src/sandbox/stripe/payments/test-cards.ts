/** How a test payment method behaves when it is charged (docs.stripe.com/testing). */
export type Behaviour =
  /** `refund`: the bank sends what is given back to it back again, or takes days to take it. */
  | { kind: 'pays'; refund?: 'fails' | 'pends' }
  | { kind: 'declines'; code: string; declineCode?: string; message: string }
  /** Takes the payment that is made while the member is there, and declines those made later. */
  | { kind: 'declines-later' }
  | { kind: 'authenticates-once' }
  | { kind: 'authenticates-always' }
  | { kind: 'disputes'; inquiry: boolean }
  | { kind: 'debits' }
  | { kind: 'debit-fails' }

/** One test payment method that the stand-in knows. */
export interface TestMethod {
  /** Stripe's name for it: `pm_card_visa`. */
  name: string
  /** The token of the same card: `tok_visa`. */
  token?: string
  number: string
  type: 'card' | 'sepa_debit' | 'us_bank_account'
  brand: string
  behaviour: Behaviour
}

const declines = (declineCode: string, message: string, code = 'card_declined'): Behaviour => ({
  kind: 'declines',
  code,
  declineCode,
  message,
})
const card = (name: string, number: string, behaviour: Behaviour, brand = 'visa'): TestMethod => ({
  name: `pm_card_${name}`,
  token: `tok_${name}`,
  number,
  type: 'card',
  brand,
  behaviour,
})

/** The declined answer of a plain card. */
export const DECLINED = {
  kind: 'declines',
  code: 'card_declined',
  declineCode: 'generic_decline',
  message: 'Your card was declined.',
} as const

/** Every test payment method, with Stripe's own names and numbers. */
const TEST_METHODS: readonly TestMethod[] = [
  card('visa', '4242424242424242', { kind: 'pays' }),
  card('visa_debit', '4000056655665556', { kind: 'pays' }),
  card('mastercard', '5555555555554444', { kind: 'pays' }, 'mastercard'),
  card('amex', '378282246310005', { kind: 'pays' }, 'amex'),
  card('bypassPending', '4000000000000077', { kind: 'pays' }),
  card('chargeDeclined', '4000000000000002', DECLINED),
  card('visa_chargeDeclined', '4000000000000002', DECLINED),
  card(
    'chargeDeclinedInsufficientFunds',
    '4000000000009995',
    declines('insufficient_funds', 'Your card has insufficient funds.'),
  ),
  card(
    'visa_chargeDeclinedInsufficientFunds',
    '4000000000009995',
    declines('insufficient_funds', 'Your card has insufficient funds.'),
  ),
  card(
    'chargeDeclinedExpiredCard',
    '4000000000000069',
    declines('expired_card', 'Your card has expired.', 'expired_card'),
  ),
  card(
    'chargeDeclinedProcessingError',
    '4000000000000119',
    declines(
      'processing_error',
      'An error occurred while processing your card. Try again in a little bit.',
      'processing_error',
    ),
  ),
  card('chargeCustomerFail', '4000000000000341', { kind: 'declines-later' }),
  card('authenticationRequiredOnSetup', '4000002500003155', { kind: 'authenticates-once' }),
  card('authenticationRequired', '4000002760003184', { kind: 'authenticates-always' }),
  card('threeDSecure2Required', '4000000000003220', { kind: 'authenticates-always' }),
  card('threeDSecureRequired', '4000000000003063', { kind: 'authenticates-always' }),
  card('pendingRefund', '4000000000007726', { kind: 'pays', refund: 'pends' }),
  card('refundFail', '4000000000005126', { kind: 'pays', refund: 'fails' }),
  card('createDispute', '4000000000000259', { kind: 'disputes', inquiry: false }),
  card('createDisputeInquiry', '4000000000001976', { kind: 'disputes', inquiry: true }),
  {
    name: 'pm_usBankAccount_success',
    number: '000123456789',
    type: 'us_bank_account',
    brand: '',
    behaviour: { kind: 'debits' },
  },
  {
    name: 'pm_usBankAccount_insufficientFunds',
    number: '000222222227',
    type: 'us_bank_account',
    brand: '',
    behaviour: { kind: 'debit-fails' },
  },
  {
    name: 'pm_sepaDebit',
    number: 'AT611904300234573201',
    type: 'sepa_debit',
    brand: '',
    behaviour: { kind: 'debits' },
  },
  {
    name: 'pm_sepaDebit_fails',
    number: 'AT861904300235473202',
    type: 'sepa_debit',
    brand: '',
    behaviour: { kind: 'debit-fails' },
  },
]

/** The test method with that name, token or number (blanks in numbers don't matter). */
export function findTestMethod(text: string): TestMethod | undefined {
  const compact = text.replaceAll(' ', '')
  return TEST_METHODS.find(
    method => method.name === text || method.token === text || method.number === compact,
  )
}
