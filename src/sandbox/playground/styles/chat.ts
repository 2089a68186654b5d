/** The open channel: its messages, the first visit's hint, and the command box. */
export const chat = `
.chat { background: var(--ground); display: flex; flex-direction: column }
.chat-head { display: flex; align-items: center; gap: 8px; padding: 0 16px; min-height: 48px; border-bottom: 1px solid var(--line); flex: none }
.chat-head h2 { font-size: 16px; white-space: nowrap }
.chat-head .icon { color: var(--soft) }
discord-button[aria-busy=true] { opacity: .6 }
.topic { color: var(--soft); font-size: 13.5px; border-left: 1px solid var(--line); padding-left: 10px; margin-left: 4px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.offline { margin-left: auto; color: var(--bad); font-size: 13px; white-space: nowrap }
.scroll { flex: 1; overflow-y: auto; display: flex; flex-direction: column; outline-offset: -3px }
.messages { border: 0; margin-top: auto; padding-bottom: 6px; line-height: 1.4 }
discord-message { overflow-wrap: anywhere }
discord-messages[light-theme] discord-time { background-color: #0000000f }
discord-messages > discord-message { padding-right: 24px }
.md-heading { font-weight: 700; font-size: 1.1em; margin: 6px 0 2px }
.md-small { font-size: .8em; opacity: .75 }
.md-item { padding-left: .4em }
.md-link { color: var(--link) }
.thinking { color: var(--soft) }
.dots i { display: inline-block; width: 7px; height: 7px; margin-right: 4px; border-radius: 50%; background: currentColor; animation: dot 1.2s infinite }
.dots i:nth-child(2) { animation-delay: .2s }
.dots i:nth-child(3) { animation-delay: .4s }
@keyframes dot { 0%, 60%, 100% { opacity: .3 } 30% { opacity: 1 } }
discord-attachments { grid-template-columns: minmax(0, 1fr) }
discord-action-row { max-width: 100% }
discord-string-select-menu { display: block; position: relative; width: 400px; max-width: 100% }
discord-string-select-menu:focus-visible { border-radius: 4px }
discord-string-select-menu-option { display: block }
discord-string-select-menu-option:focus { outline: 2px solid var(--focus); outline-offset: -2px }
.empty { padding: 24px 20px 8px; color: var(--soft); display: grid; gap: 6px; justify-items: start }
.empty h3 { color: var(--ink); font-size: 18px }
.hint { margin: 16px 16px 4px; padding: 14px 16px 16px; border: 1px solid var(--line); border-left: 4px solid var(--rope); border-radius: 12px; background: var(--side); max-width: 620px }
.hint-head { display: flex; justify-content: space-between; align-items: center; gap: 8px }
.hint h2 { font-size: 17px }
.hint > p { color: var(--soft); margin-bottom: 10px }
.step { display: flex; gap: 12px; padding: 7px 0; align-items: flex-start; counter-increment: step }
.hint ol { counter-reset: step }
.step-mark { flex: none; width: 24px; height: 24px; border-radius: 50%; display: grid; place-items: center; background: var(--wine); color: #fff; font-size: 13px; font-weight: 700; margin-top: 1px }
.step:not(.done) .step-mark::before { content: counter(step) }
.step.done .step-mark { background: var(--good); color: var(--ground) }
.step.done strong { color: var(--soft); font-weight: 500 }
.step p { color: var(--soft); margin-top: 4px }
.chip { border: 1px solid var(--line); border-radius: 8px; background: var(--raised); padding: 3px 10px; font-family: ui-monospace, 'SF Mono', Menlo, Consolas, monospace; font-size: 13px; min-height: 30px; text-align: left }
.chip:hover { border-color: var(--accent) }
.box { position: relative; padding: 0 16px 10px; flex: none }
.box-line { display: flex; align-items: center; border-radius: 10px; background: var(--field) }
.box-line:focus-within { box-shadow: 0 0 0 2px var(--focus) }
.line { flex: 1; min-width: 0; border: 0; background: transparent; padding: 12px 14px; min-height: 46px; outline: 0; text-overflow: ellipsis }
.line::placeholder { color: var(--soft) }
.send { border: 0; background: transparent; width: 46px; min-height: 46px; border-radius: 10px; color: var(--accent); display: grid; place-items: center }
.line-hint { color: var(--soft); font-size: 12.5px; min-height: 20px; padding: 3px 4px 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.suggestions { position: absolute; left: 16px; right: 16px; bottom: calc(100% + 2px); max-height: min(340px, 46vh); overflow-y: auto; background: var(--raised); border: 1px solid var(--line); border-radius: 10px; box-shadow: var(--shadow); padding: 6px; z-index: 5 }
.suggestions li { display: flex; gap: 12px; align-items: baseline; padding: 8px 10px; border-radius: 6px; cursor: pointer }
.suggestions li[aria-selected=true], .suggestions li:hover { background: var(--chosen) }
.suggestion-label { font-weight: 600; white-space: nowrap; color: var(--own, inherit) }
.suggestion-detail { color: var(--soft); font-size: 13.5px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
@media (prefers-color-scheme: dark) { .suggestion-label { color: color-mix(in oklab, var(--own, var(--ink)) 68%, #ffffff) } }
@media (prefers-color-scheme: light) { .suggestion-label { color: color-mix(in oklab, var(--own, var(--ink)) 62%, #14080c) } }
@media (max-width: 900px) {
  discord-messages > discord-message { padding-right: 12px }
  .topic { display: none }
  .box { padding: 0 10px max(8px, env(safe-area-inset-bottom)) }
  .line { font-size: 16px }
  .suggestions { left: 10px; right: 10px }
  .hint { margin: 12px 10px 4px }
  .suggestions li { flex-direction: column; gap: 0 }
  .suggestion-detail { max-width: 100% }
}
@media (max-width: 520px) { discord-embed-fields { display: flex; flex-direction: column } }
`
