/** The look of all hosted pages: light and dark by the reader's choice, one column on a phone. */
export const STYLE = `
:root {
  --ground: #f4f5f8; --card: #ffffff; --ink: #1b1f2a; --soft: #5d6473; --line: #dfe2ea; --field: #ffffff;
  --accent: #5046e5; --on-accent: #ffffff; --accent-soft: #eeedfd;
  --bad: #b3261e; --bad-soft: #fdecea; --good: #0f6b43; --good-soft: #e4f5ec; --mark: #fff3cd; --on-mark: #5c4600;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #101218; --card: #191c25; --ink: #eceef4; --soft: #a2a9b9; --line: #2d3240; --field: #12141b;
    --accent: #8b84ff; --on-accent: #0d0b26; --accent-soft: #23213f;
    --bad: #ffb4ab; --bad-soft: #3a1a18; --good: #7fdcae; --good-soft: #10301f; --mark: #3b3212; --on-mark: #ffe59a;
  }
}
* { box-sizing: border-box }
html { -webkit-text-size-adjust: 100% }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif }
.standin { margin: 0; padding: 8px 16px; background: var(--mark); color: var(--on-mark); text-align: center; font-size: 14px }
main { margin: 0 auto; padding: 32px 16px 64px }
main.narrow { max-width: 520px }
main.wide { max-width: 980px }
.columns { display: grid; gap: 24px; align-items: start }
@media (min-width: 800px) {
  .columns { grid-template-columns: minmax(0, 5fr) minmax(0, 6fr); gap: 48px }
  main { padding-top: 56px }
}
.card { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 24px }
.card + .card { margin-top: 20px }
h1 { font-size: 22px; line-height: 1.25; margin: 0 0 8px; letter-spacing: -.01em }
h2 { font-size: 17px; margin: 0 0 12px }
p { margin: 0 0 12px }
a { color: var(--accent) }
.soft { color: var(--soft) }
.small { font-size: 14px }
.amount { font-size: 34px; font-weight: 650; letter-spacing: -.02em; margin: 0 }
.lines { list-style: none; margin: 24px 0 0; padding: 0 }
.lines li { display: flex; justify-content: space-between; gap: 16px; padding: 10px 0; border-top: 1px solid var(--line) }
.lines .total { font-weight: 650 }
.lines span:last-child { text-align: right; white-space: nowrap }
.product { display: flex; gap: 16px; align-items: center; margin: 20px 0 0 }
.product img { width: 64px; height: 64px; object-fit: cover; border-radius: 10px; border: 1px solid var(--line) }
.features { margin: 16px 0 0; padding-left: 20px; color: var(--soft) }
label, legend { display: block; font-weight: 550; font-size: 14px; margin: 0 0 6px; padding: 0 }
input[type=text], input[type=email], select { width: 100%; font: inherit; color: inherit; background: var(--field); border: 1px solid var(--line); border-radius: 8px; padding: 10px 12px; min-height: 44px }
.field { margin: 0 0 18px }
fieldset { border: 0; margin: 0 0 18px; padding: 0 }
.choices { border: 1px solid var(--line); border-radius: 10px; overflow: hidden }
.choices label { display: flex; gap: 12px; align-items: center; margin: 0; padding: 11px 14px; font-weight: 400; cursor: pointer; background: var(--field) }
.choices label + label { border-top: 1px solid var(--line) }
.choices label:has(:checked) { background: var(--accent-soft) }
.choices input { accent-color: var(--accent); width: 18px; height: 18px; margin: 0; flex: none }
.choices .name { font-variant-numeric: tabular-nums; display: block }
.choices .says { display: block; color: var(--soft); font-size: 14px }
.row { display: flex; gap: 8px }
.row > input { flex: 1; min-width: 0 }
.row > .button { flex: none }
.button { display: inline-flex; align-items: center; justify-content: center; min-height: 44px; padding: 9px 18px; border-radius: 9px; border: 1px solid transparent; background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600; text-decoration: none; cursor: pointer }
.button.full { width: 100%; min-height: 50px; font-size: 17px }
.button.quiet { background: transparent; color: var(--ink); border-color: var(--line) }
.button.danger { background: transparent; color: var(--bad); border-color: var(--bad) }
.button:hover { filter: brightness(1.06) }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
.back { display: inline-block; margin: 0 0 20px; color: var(--soft); text-decoration: none }
.back:hover { color: var(--ink) }
.notice { border-radius: 9px; padding: 11px 14px; margin: 0 0 18px }
.notice.bad { background: var(--bad-soft); color: var(--bad) }
.notice.good { background: var(--good-soft); color: var(--good) }
.badge { display: inline-block; border-radius: 99px; padding: 1px 10px; font-size: 13px; font-weight: 600; background: var(--accent-soft); color: var(--accent); white-space: nowrap }
.badge.bad { background: var(--bad-soft); color: var(--bad) }
.badge.good { background: var(--good-soft); color: var(--good) }
.head { display: flex; justify-content: space-between; align-items: baseline; gap: 12px; flex-wrap: wrap }
.actions { display: flex; flex-wrap: wrap; gap: 10px; margin-top: 16px }
table { width: 100%; border-collapse: collapse }
th { text-align: left; font-size: 13px; color: var(--soft); font-weight: 550; padding: 0 8px 8px 0 }
td { border-top: 1px solid var(--line); padding: 10px 8px 10px 0; vertical-align: middle }
th:last-child, td:last-child { text-align: right; padding-right: 0 }
td form { display: inline }
`
