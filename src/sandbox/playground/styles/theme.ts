/** Colours in light and dark, and what every part shares. */
export const theme = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --side: #f2f3f5; --raised: #ffffff; --field: #ebedef; --hover: #e6e7eb; --chosen: #dcdee3;
  --ink: #24262b; --soft: #5a5e68; --line: #dfe1e6; --link: #0b63c4;
  --wine: #8b1e3f; --wine-deep: #5a0f28; --on-wine: #fff4f0; --rope: #e8b64c; --focus: #5865f2;
  --good: #0f6b43; --good-soft: #dcf3e7; --bad: #a8221a; --bad-soft: #fce6e3; --pill: #e4e6eb;
  --accent: #5865f2; --on-accent: #ffffff; --shadow: 0 6px 24px rgb(20 10 20 / .16);
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #313338; --side: #2b2d31; --raised: #2b2d31; --field: #383a40; --hover: #35373c; --chosen: #404249;
    --ink: #e6e7ea; --soft: #a6abb5; --line: #202225; --link: #5db1ff;
    --wine: #a02a4f; --wine-deep: #3d0a1c; --focus: #a3abff;
    --good: #7fdcae; --good-soft: #14392a; --bad: #ffb1a8; --bad-soft: #4a1f1c; --pill: #404249;
    --shadow: 0 6px 28px rgb(0 0 0 / .5);
  }
}
* { box-sizing: border-box }
html { -webkit-text-size-adjust: 100% }
html, body { height: 100% }
body { margin: 0; background: var(--side); color: var(--ink); font: 15px/1.45 'gg sans', 'Noto Sans', Whitney, 'Helvetica Neue', Helvetica, Roboto, Arial, sans-serif }
h1, h2, h3, p, ul, ol { margin: 0; padding: 0 }
ul, ol { list-style: none }
img { display: block }
button, input { font: inherit; color: inherit }
button { cursor: pointer }
button:disabled { cursor: not-allowed; opacity: .45 }
[hidden] { display: none !important }
.icon { width: 20px; height: 20px; flex: none; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
.soft { color: var(--soft) }
.nothing { color: var(--soft); font-size: 14px }
.loading { display: grid; place-items: center; min-height: 100vh; color: var(--soft) }
.quiet { border: 0; background: transparent; color: var(--soft); border-radius: 6px; padding: 4px 8px; font-size: 13px }
.quiet:hover:not(:disabled) { background: var(--hover); color: var(--ink) }
.main { border: 0; border-radius: 8px; padding: 9px 16px; background: var(--accent); color: var(--on-accent); font-weight: 600 }
.danger { border: 1px solid var(--bad); border-radius: 8px; padding: 7px 14px; background: transparent; color: var(--bad); font-weight: 600 }
.problem { background: var(--bad-soft); color: var(--bad); border-radius: 8px; padding: 8px 12px; margin: 0 0 8px; overflow-wrap: anywhere }
.pill { display: inline-block; border-radius: 99px; padding: 0 8px; font-size: 12px; line-height: 20px; font-weight: 600; background: var(--pill); color: var(--soft); white-space: nowrap; max-width: 100%; overflow: hidden; text-overflow: ellipsis }
.pill.good { background: var(--good-soft); color: var(--good) }
.pill.bad { background: var(--bad-soft); color: var(--bad) }
.role { display: inline-flex; align-items: center; gap: 4px; border-radius: 4px; padding: 0 6px; font-size: 11.5px; line-height: 18px; background: var(--pill); color: var(--ink); max-width: 100%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.role::before { content: ''; width: 8px; height: 8px; border-radius: 50%; background: var(--own, var(--soft)); flex: none }
.role.fresh { animation: arrive 2.4s ease-out }
@keyframes arrive { 0% { background: var(--rope); transform: scale(1.25) } 30% { background: var(--rope); transform: scale(1) } 100% { background: var(--pill) } }
@media (prefers-reduced-motion: reduce) { *, ::before, ::after { animation: none !important; transition: none !important } }
`
