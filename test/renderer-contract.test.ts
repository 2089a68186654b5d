import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Button, Reply } from '../src/reply.ts'
import { bold, code, date, link, roleMention, type Text, text } from '../src/text.ts'
import { renderers } from './support/renderers.ts'

const words = fc.oneof(
  { weight: 4, arbitrary: fc.string({ maxLength: 60, unit: 'binary' }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '',
      ' ',
      '\n',
      '*',
      '@here',
      '<!channel>',
      '👩‍🚀'.repeat(700),
      '&'.repeat(4000),
    ),
  },
  { weight: 1, arbitrary: fc.string({ minLength: 2000, maxLength: 4500 }) },
)
const instant = fc.integer({ min: 0, max: 4_102_444_800_000 })
const part = fc.oneof(
  words,
  words.map(inner => bold(inner)),
  words.map(inner => code(inner)),
  words.map(label => link(label, 'https://pay.example/c/1?a=1&b=2')),
  fc.constantFrom(roleMention('C0123456789'), roleMention('S0123456789'), roleMention('100000000000000001')),
  fc.record({
    date: instant,
    style: fc.constantFrom('date' as const, 'moment' as const, 'relative' as const),
  }),
)
const someText: fc.Arbitrary<Text> = fc.array(part, { maxLength: 6 })
/** An address like those of Stripe's Checkout, of which five hundred characters are an ordinary length. */
const paymentPage = (length: number) =>
  `https://pay.example/c/pay/cs_test_1#${'fid%2F'.repeat(500)}`.slice(0, length)
const line = fc
  .string({ minLength: 1, maxLength: 60, unit: 'grapheme-ascii' })
  .filter(run => run.trim() !== '')
const button: fc.Arbitrary<Button> = fc.oneof(
  fc.record({ label: words, run: line }),
  fc.record({ label: words, url: fc.constantFrom('https://pay.example/c/1', paymentPage(525)) }),
)
const card = fc.record(
  {
    title: someText,
    text: someText,
    image: fc.constant('https://images.example/tier.png'),
    fields: fc.array(fc.record({ name: someText, value: someText }), { maxLength: 12 }),
    buttons: fc.array(button, { maxLength: 30 }),
  },
  { requiredKeys: ['title'] },
)
const select = fc.record({
  placeholder: words,
  options: fc.array(fc.record({ label: words, run: line }), { maxLength: 120 }),
})
const reply: fc.Arbitrary<Reply> = fc.record(
  {
    title: someText,
    text: someText,
    cards: fc.array(card, { maxLength: 25 }),
    buttons: fc.array(button, { maxLength: 60 }),
    selects: fc.array(select, { maxLength: 8 }),
  },
  { requiredKeys: [] },
)

/** The bot's own bold, which stands around the names, is not the names'. */
const withoutBold = (markup: string[]) => markup.join('\n').replaceAll('**', '')

describe.each(renderers)('a reply in %s', (_, { render, forbidden }) => {
  it('is never refused, whatever is in it and however much', () => {
    fc.assert(
      fc.property(reply, given => {
        const { problems, ids } = render(given)
        expect(problems).toEqual([])
        expect(new Set(ids).size).toBe(ids.length)
      }),
      { numRuns: 60 },
    )
  })

  it.each([
    ['with nothing in it', {}],
    ['with empty texts', { title: [], text: [] }],
    ['with a blank text', { text: text`${' '}` }],
    ['with an empty card', { cards: [{ title: [], text: [], fields: [], buttons: [] }] }],
    ['with an empty field', { cards: [{ title: text`Tier`, fields: [{ name: [], value: [] }] }] }],
    ['with a menu of nothing', { text: text`Choose`, selects: [{ placeholder: '', options: [] }] }],
    ['with a button of no name', { text: text`Press`, buttons: [{ label: '', run: 'plans' }] }],
  ] satisfies [string, Reply][])('%s is taken', (_case, given) => {
    expect(render(given).problems).toEqual([])
  })

  it.each([100, 512, 513, 525, 1500])(
    'keeps a link of %i characters whole, beside however much text',
    length => {
      const url = paymentPage(length)
      for (const given of [
        { title: text`Almost there`, text: text`Pay there.` },
        { text: [`${'long '.repeat(2000)}`] },
        {
          title: text`Long`,
          text: [`${'long '.repeat(2000)}`],
          cards: [{ title: ['x'], text: ['y'.repeat(5000)] }],
        },
        {},
      ] satisfies Reply[]) {
        const { problems, markup, buttons } = render({ ...given, buttons: [{ label: 'Pay', url }] })
        expect(problems).toEqual([])
        const isLinked = markup.some(shown => shown.includes(`[Pay](${url})`))
        expect(isLinked || buttons.some(each => each.label === 'Pay' && each.url === url)).toBe(true)
      }
    },
  )

  it('never cuts a letter in half', () => {
    const limits = [75, 80, 100, 150, 256, 1024, 2000, 3000, 4096]
    for (const length of limits.flatMap(limit => [0, 1, 2, 3, 4, 5, 6].map(off => limit - off))) {
      const long = `${'x'.repeat(length)}${'👩'.repeat(10)}`
      const given: Reply = {
        title: [long],
        text: [long],
        cards: [{ title: [long], text: [bold(long), long], fields: [{ name: [long], value: [long] }] }],
        buttons: [{ label: long, run: 'plans' }],
      }
      const { markup, seen, buttons } = render(given)
      for (const shown of [...markup, seen, ...buttons.map(({ label }) => label)])
        expect(shown).not.toMatch(/\p{Cs}/u)
    }
  })

  it.each([
    '*bold* _slanted_ ~struck~ `code` ```block```',
    '<@U0123456789> <@100000000000000001> <#C0123456789> <!channel> <@&100000000000000002>',
    '@here @everyone @channel',
    '[a link](https://evil.example) <https://evil.example|another>',
    '> quoted',
    '# heading',
    '- item',
    '1. item',
    '||spoiler||',
    ':tada: &lt;escaped&gt; &amp;',
    '<!date^1^{date}|now> <t:1:R>',
    'under_scored_name and 2*3*4',
    '\u202eright to left',
  ])('shows the name %s letter by letter, wherever it stands', name => {
    const given: Reply = {
      title: text`${name}`,
      text: text`${name}`,
      cards: [
        {
          title: text`${name}`,
          text: text`${bold(name)} is ${name}\n${name}`,
          fields: [{ name: text`${name}`, value: text`${bold('is')} ${name}` }],
        },
      ],
    }
    const { seen, markup, problems } = render(given)
    expect(problems).toEqual([])
    expect(seen.split(name).length - 1).toBeGreaterThanOrEqual(7)
    for (const pattern of forbidden) expect(withoutBold(markup)).not.toMatch(pattern)
  })

  it('keeps every command line and address as it is', () => {
    const lines = ['subscribe price_1', 'premium grant U1 30 reason:"for *her* help"', 'plans page:2']
    const given: Reply = {
      text: text`Choose`,
      buttons: [
        ...lines.map(run => ({ label: 'Go', run })),
        { label: 'Pay', url: 'https://pay.example/c/1?a=1&b=2' },
      ],
      selects: [{ placeholder: 'Pick', options: lines.map(run => ({ label: run, run })) }],
    }
    const { buttons, choices } = render(given)
    expect(buttons.map(({ run, url }) => run ?? url)).toEqual([...lines, 'https://pay.example/c/1?a=1&b=2'])
    expect(choices).toEqual(lines)
  })

  it('keeps an address that is longer than a button may be, as Stripe’s are', () => {
    const url = `https://checkout.stripe.com/c/pay/cs_live_1#${'fid%2F'.repeat(90)}`
    const given: Reply = {
      title: text`Almost there`,
      text: text`Pay`,
      buttons: [{ label: 'Pay on Stripe', url }],
    }
    for (const each of [given, { buttons: given.buttons ?? [] }]) {
      const { problems, buttons, markup } = render(each)
      expect(problems).toEqual([])
      expect([...buttons.map(button => button.url), ...markup].join('\n')).toContain(url)
    }
  })

  it('shows every card and its prices, however long the first descriptions are', () => {
    const cards = [1, 2, 3, 4].map(n => ({
      title: text`Tier ${n}`,
      text: [`${n}`.repeat(4000)],
      fields: [{ name: text`Plan ${n}`, value: text`$${n}.00` }],
    }))
    const { seen, problems } = render({ title: text`Memberships`, cards })
    expect(problems).toEqual([])
    for (const n of [1, 2, 3, 4])
      for (const words of [`Tier ${n}`, `Plan ${n}`, `$${n}.00`, `${n}`.repeat(900)])
        expect(seen).toContain(words)
  })

  it.each([
    'not an address',
    'ftp://images.example/tier.png',
    'https://images.example:no/tier.png',
    `https://images.example/${'x'.repeat(3000)}`,
  ])('leaves out the picture %#, which would cost the whole message', image => {
    expect(render({ cards: [{ title: text`Tier`, image }] }).problems).toEqual([])
  })

  it('shows a date in its reader’s own time', () => {
    const { markup } = render({ text: text`Ends on ${date(Date.UTC(2030, 0, 31))}.` })
    expect(markup.join()).toContain(String(Date.UTC(2030, 0, 31) / 1000))
  })
})
