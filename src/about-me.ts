import type { CommandContext } from './command.ts'
import type { Button, Reply } from './reply.ts'
import { code, date, joinText, lines, moment, roleMention, type Text, text } from './text.ts'

const back: Button = { label: 'Billing', run: 'billing' }

/** What the bot has stored about the caller, in plain words and as a file with all of it. */
export async function storedAboutMe({ access, member }: CommandContext): Promise<Reply> {
  const stored = await access.personalData.of(member)
  const { customers, membership, journal } = stored
  if (customers.length === 0 && !membership && journal.length === 0)
    return { title: text`What is stored about you`, text: text`Nothing.`, buttons: [back] }
  const { given = [], plans = [], verifiedAt, complimentary } = membership ?? {}
  return {
    title: text`What is stored about you`,
    text: lines(
      text`• Who you are here: ${code(member)}.`,
      customers.length
        ? text`• Who you are at Stripe: ${list(customers.map(id => [code(id)]))}. Your name, cards and payments are there alone.`
        : text`• No Stripe customer.`,
      text`• What you pay for: ${plans.length ? list(plans.map(plan => [code(plan)])) : 'nothing'}.`,
      given.length
        ? text`• What the bot gave you: ${list(given.map(role => [roleMention(role)]))}.`
        : text`• Nothing that the bot gave you.`,
      complimentary &&
        text`• Complimentary access${complimentary.until ? text` until ${date(complimentary.until)}` : undefined}${complimentary.reason ? `: ${complimentary.reason}` : ''}.`,
      verifiedAt ? text`• When it was last checked: ${moment(verifiedAt)}.` : undefined,
      text`• A timeline of ${journal.length} ${journal.length === 1 ? 'entry' : 'entries'}, the last fifty at most; admins can read it.`,
      text`The file holds all of it, word for word.`,
    ),
    buttons: [{ label: 'Forget me', run: 'billing about:forget', style: 'danger' }, back],
    file: { name: 'stored-about-me.json', content: `${JSON.stringify(stored, undefined, 2)}\n` },
  }
}

/** Says what forgetting means and asks once more, or what is in the way. */
export async function askToForget({ access, member }: CommandContext): Promise<Reply> {
  const kept = await access.personalData.kept(member)
  if (kept) return cannot(kept)
  return {
    title: text`Forget you?`,
    text: lines(
      text`The bot erases your membership, your timeline and the link to Stripe. This can't be undone.`,
      text`What Stripe keeps about you (your customer, its payments and invoices) stays there; the law asks sellers to keep it. If you subscribe again, it is found again.`,
    ),
    buttons: [{ label: 'Yes, forget me', run: 'billing about:forget-sure', style: 'danger' }, back],
  }
}

/** Erases what is stored about the caller, unless something was paid for meanwhile. */
export async function forgetMe({ access, member }: CommandContext): Promise<Reply> {
  const kept = await access.personalData.forget(member)
  if (kept) return cannot(kept)
  return {
    title: text`You are forgotten`,
    text: text`Nothing is stored about you here any more. Your customer at Stripe stays there: ask an admin if that should be erased too.`,
  }
}

type Kept = NonNullable<Awaited<ReturnType<CommandContext['access']['personalData']['kept']>>>

const reasons: Record<Kept, Text> = {
  subscription: text`You have a subscription. End it under ${code('/billing')} first; once it has ended you can be forgotten.`,
  complimentary: text`You have complimentary access. Ask an admin to revoke it, or wait for its end.`,
  roles: text`You still hold what the bot gave you, and it is being taken back. Try again in a minute.`,
  looks: text`Something about your membership is being looked at right now. Try again in a minute.`,
}

const cannot = (kept: Kept): Reply => ({
  title: text`You can't be forgotten yet`,
  text: reasons[kept],
  buttons: [back],
})

const list = (texts: Text[]): Text => joinText(texts, ', ')
