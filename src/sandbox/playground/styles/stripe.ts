/** The side panel: the clock and what Stripe sees. */
export const stripe = `
.stripe { background: var(--side); border-left: 1px solid var(--line); overflow-y: auto; padding: 12px 14px 28px }
.stripe section + section, .stripe .problem + section { margin-top: 18px }
.stripe h2 { font-size: 12px; letter-spacing: .04em; text-transform: uppercase; color: var(--soft); margin-bottom: 8px }
.stripe.busy { cursor: progress }
.clock { background: var(--raised); border: 1px solid var(--line); border-radius: 12px; padding: 12px 14px }
.clock-time { font-size: 17px; font-weight: 650; font-variant-numeric: tabular-nums }
.clock-ahead { color: var(--soft); font-size: 13px; margin-bottom: 10px }
.buttons { display: flex; flex-wrap: wrap; gap: 6px; align-items: center }
.small { border: 1px solid var(--line); border-radius: 8px; background: var(--ground); padding: 3px 10px; font-size: 13px; font-weight: 550; min-height: 30px; white-space: nowrap }
.small:hover { border-color: var(--accent) }
.clock .small { flex: 1; min-height: 36px; padding: 3px 6px }
.busy .small, .busy .link { opacity: .55 }
.link { border: 0; background: transparent; padding: 2px 4px; color: var(--link); font-size: 13px; border-radius: 4px }
.link:hover { text-decoration: underline }
.customer { background: var(--raised); border: 1px solid var(--line); border-radius: 12px; padding: 12px 14px; display: grid; gap: 8px }
.customer + .customer { margin-top: 10px }
.customer header { display: flex; justify-content: space-between; align-items: baseline; gap: 8px }
.customer h3 { font-size: 16px }
.of-chat { color: var(--soft); font-size: 12px; font-weight: 500 }
.customer code { color: var(--soft); font-size: 11.5px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.customer > .soft { font-size: 13px; margin-top: -8px }
.row { display: flex; align-items: center; gap: 8px }
.row > :first-child { margin-right: auto; overflow-wrap: anywhere }
.subscription { border-top: 1px solid var(--line); padding-top: 8px; display: grid; gap: 4px }
.subscription .soft { font-size: 13.5px }
.subscription.ended strong { color: var(--soft) }
.switch { display: flex; align-items: center; gap: 10px; min-height: 30px; font-size: 13.5px; font-weight: 550; cursor: pointer }
.switch input { appearance: none; width: 34px; height: 20px; margin: 0; border-radius: 99px; background: var(--chosen); position: relative; cursor: pointer; flex: none; transition: background .15s }
.switch input::after { content: ''; position: absolute; inset: 3px auto 3px 3px; width: 14px; border-radius: 50%; background: #fff; box-shadow: 0 1px 2px rgb(0 0 0 / .35); transition: translate .15s }
.switch input:checked { background: var(--bad) }
.switch input:checked::after { translate: 14px 0 }
.invoices { border-top: 1px solid var(--line) }
.invoices li { padding: 7px 0 5px; font-size: 13.5px }
.invoices li + li { border-top: 1px solid var(--line) }
.invoices a { color: var(--link) }
.amount { font-variant-numeric: tabular-nums }
.deliveries li { display: grid; grid-template-columns: minmax(0, 1fr) auto; justify-items: start; gap: 0 8px; padding: 6px 0; border-top: 1px solid var(--line); align-items: center }
.deliveries li:first-child { border-top: 0 }
.delivery-type { font-family: ui-monospace, 'SF Mono', Menlo, Consolas, monospace; font-size: 12.5px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.delivery-when { font-size: 12.5px }
.deliveries .pill { justify-self: end }
.delivery-type { max-width: 100% }
.deliveries .link { justify-self: end }
@media (max-width: 900px) { .stripe .link { min-height: 32px; padding: 2px 8px } .stripe .small { min-height: 36px } .invoices a { padding: 4px 0 } }
`
