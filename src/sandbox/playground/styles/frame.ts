/** The head of the page, its three columns, a phone's tabs, and windows over the page. */
export const frame = `
#app > .skip { position: absolute; left: 8px; top: -60px; z-index: 20; padding: 8px 14px; border-radius: 8px; background: var(--raised); color: var(--ink) }
#app > .skip:focus { top: 8px }
#app { height: 100dvh; display: flex; flex-direction: column }
.top { position: relative; display: flex; align-items: center; gap: 12px 16px; padding: 8px 16px; background: linear-gradient(100deg, var(--wine-deep), var(--wine)); color: var(--on-wine); border-bottom: 3px solid var(--rope); flex-wrap: wrap }
.top :focus-visible { outline-color: #fff }
.brand { display: flex; align-items: center; gap: 10px; margin-right: auto; min-width: 0 }
.brand img { border-radius: 8px; box-shadow: 0 0 0 1px rgb(255 255 255 / .18) }
h1 { font-size: 18px; letter-spacing: .01em; white-space: nowrap }
.unreal { font-size: 12.5px; padding: 2px 10px; border-radius: 99px; background: rgb(255 255 255 / .14); white-space: nowrap }
.connection { position: absolute; left: 50%; top: calc(100% + 12px); translate: -50%; z-index: 12; background: #fff3cd; color: #5c4600; border-radius: 99px; padding: 4px 16px; font-size: 14px; font-weight: 600; white-space: nowrap; box-shadow: var(--shadow) }
.players { display: flex; gap: 4px; padding: 3px; border-radius: 99px; background: rgb(0 0 0 / .22) }
.player { display: flex; align-items: center; gap: 7px; border: 0; border-radius: 99px; padding: 3px 12px 3px 3px; background: transparent; color: inherit; opacity: .82 }
.player img { border-radius: 50% }
.player:hover { background: rgb(255 255 255 / .14); opacity: 1 }
.player[aria-checked=true] { background: #fff; color: #3d0a1c; opacity: 1 }
.player-name { font-weight: 650 }
.player-part { font-size: 12px; opacity: .8 }
.tabs, .chats { display: flex; gap: 4px }
.tabs { display: none }
.tab { border: 0; background: transparent; color: inherit; padding: 8px 14px; border-radius: 8px; font-weight: 600 }
.tab[aria-current] { background: rgb(255 255 255 / .2) }
.floor { flex: 1; min-height: 0; display: grid; grid-template-columns: 236px minmax(0, 1fr) 348px }
.floor > * { min-height: 0; min-width: 0 }
.dialog { border: 0; border-radius: 14px; padding: 0; width: min(420px, calc(100vw - 32px)); background: var(--raised); color: var(--ink); box-shadow: var(--shadow) }
.dialog::backdrop { background: rgb(10 5 10 / .55) }
.dialog-body { padding: 20px; display: grid; gap: 14px }
.dialog h2 { font-size: 19px }
.dialog fieldset { border: 0; margin: 0; padding: 0; display: grid; gap: 2px }
.dialog legend { padding: 0 0 6px; color: var(--soft); font-size: 13px; font-weight: 600 }
.check { display: flex; align-items: center; gap: 10px; min-height: 36px; padding: 0 8px; border-radius: 6px }
.check:hover { background: var(--hover) }
.check input { width: 18px; height: 18px; accent-color: var(--accent) }
.check .role, .role-order .role { font-size: 14px; line-height: 24px }
.profile { display: flex; align-items: center; gap: 14px }
.profile img { border-radius: 50% }
.dialog-foot { display: flex; justify-content: space-between; flex-direction: row-reverse; gap: 8px }
.role-order li { display: flex; align-items: center; gap: 6px; padding: 4px 0; border-top: 1px solid var(--line) }
.role-order .role { margin-right: auto; background: transparent }
.toasts { position: fixed; left: 50%; bottom: 96px; translate: -50%; display: grid; gap: 8px; z-index: 10; width: min(520px, calc(100vw - 32px)) }
.toast { background: var(--ink); color: var(--ground); border-radius: 10px; padding: 10px 16px; box-shadow: var(--shadow) }
@media (max-width: 1120px) { .floor { grid-template-columns: 212px minmax(0, 1fr) 312px } .unreal { display: none } }
@media (max-width: 900px) {
  .top { padding: 8px 10px 0; gap: 6px 8px }
  .players { order: 2 }
  .player-part { display: none }
  .tabs { display: flex; order: 3; width: 100% }
  .tabs .tab { flex: 1; border-radius: 8px 8px 0 0; padding: 9px 4px }
  .chats { order: 2; padding: 3px; border-radius: 99px; background: rgb(0 0 0 / .22) }
  .chats .tab { padding: 4px 11px; border-radius: 99px; min-height: 32px }
  .chats .tab[aria-current] { background: #fff; color: #3d0a1c }
  .tabs .tab[aria-current] { background: var(--ground); color: var(--ink) }
  .floor { grid-template-columns: minmax(0, 1fr) }
  .floor > .server, .floor > .chat, .floor > .stripe { display: none }
  .floor[data-panel=chat] > .chat { display: flex }
  .floor[data-panel=server] > .server, .floor[data-panel=stripe] > .stripe { display: block }
}
@media (max-width: 520px) {
  .brand img { width: 26px; height: 26px }
  h1 { font-size: 16px }
  .brand { width: 100% }
  .players { margin-left: auto }
  .player { padding: 3px }
  .player[aria-checked=true] { padding-right: 10px }
  .player:not([aria-checked=true]) .player-name { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
}
`
