import type { Response } from 'express'
import { html } from './html.ts'
import { sendPage } from './layout.ts'

/** The bank's question: its form sends `answer`, yes or no, to `action`. */
export function confirmation(response: Response, { action, amount }: { action: string; amount: string }) {
  sendPage(response, {
    title: 'Confirm with your bank',
    body: html`<section class="card">
<p class="soft small">Test bank · 3-D Secure</p>
<h1>Is this you?</h1>
<p>Confirm the payment of <strong>${amount}</strong>.</p>
<form method="post" action="${action}" class="actions">
<button class="button" type="submit" name="answer" value="yes">Complete authentication</button>
<button class="button danger" type="submit" name="answer" value="no">Fail authentication</button>
</form>
</section>`,
  })
}
