/** Slack's own look: the aubergine side, messages, and Block Kit. */
export const slack = `
.slack, .floor[data-chat=slack] > .dialog {
  --ground: #ffffff; --field: #ffffff; --hover: #f4f4f4; --chosen: #e8f0fb; --ink: #1d1c1d; --soft: #616061; --line: #dddddd;
  --link: #1264a3; --accent: #007a5a; --focus: #1d6fd1; --raised: #ffffff; --side: #faf6f8; --pill: #ececec;
  --sl-mention: #e3effa; --sl-me: #fdf1c7; --sl-code: #c01343; --sl-code-ground: #f6f6f6; --sl-private: #f8f8f8;
}
@media (prefers-color-scheme: dark) {
  .slack, .floor[data-chat=slack] > .dialog {
    --ground: #1a1d21; --field: #222529; --hover: #27292d; --chosen: #24405c; --ink: #e3e4e6; --soft: #ababad; --line: #3c3f44;
    --link: #4db3f0; --accent: #12946f; --focus: #79b8f3; --raised: #222529; --side: #222529; --pill: #35383c;
    --sl-mention: #1d3b54; --sl-me: #4a3f16; --sl-code: #f08aa6; --sl-code-ground: #2a2d31; --sl-private: #202327;
  }
}
.server.slack {
  --side: #3f0e40; --ink: #ffffff; --soft: #cfc0d0; --line: #5a2a5b; --hover: #58285a; --chosen: #1164a3; --pill: #6b3d6d; --focus: #ffffff;
  background: var(--side); color: var(--ink)
}
.server.slack h3 { text-transform: none; letter-spacing: 0; font-size: 13.5px; font-weight: 500 }
.server.slack .channel { min-height: 30px; padding: 3px 8px; gap: 8px }
.server.slack .channel img { border-radius: 4px }
.server.slack .channel[aria-current] { color: #fff }
.server.slack .channel.unread { color: #fff }
.server.slack .channel.fresh { animation: sl-open 2.6s ease-out }
@keyframes sl-open { 0%, 30% { background: var(--rope); color: #2b0a12 } 100% { background: transparent } }
.server.slack .badge { background: #e01e5a }
.server.slack .member > img { border-radius: 6px }
.server.slack .member-name { color: var(--ink) }
.server.slack .member.gone { opacity: .65 }
.sl-part { color: var(--soft); font-weight: 400; font-size: 12.5px }
.sl-door { border-radius: 4px; padding: 0 6px; font-size: 11.5px; line-height: 18px; background: var(--pill); color: var(--ink) }
.sl-door.fresh { animation: arrive 2.4s ease-out }
.check .sl-door { font-size: 14px; line-height: 24px }
.sl-app { margin-left: 6px; border-radius: 3px; padding: 0 4px; font-size: 10px; line-height: 14px; font-weight: 600; background: var(--pill); color: var(--soft); display: inline-block; vertical-align: 1px }
.chat.slack { color: var(--ink); font-family: Lato, 'Slack-Lato', 'Noto Sans', 'Helvetica Neue', Helvetica, Arial, sans-serif }
.chat.slack .chat-head h2 { font-size: 17px; font-weight: 800 }
.chat.slack .chat-head .icon { width: 17px; height: 17px; color: var(--ink) }
.chat.slack .box-line { border: 1px solid var(--soft); border-radius: 8px }
.chat.slack .suggestions { border-radius: 8px }
.sl-tabs { display: flex; align-self: stretch; gap: 2px; margin-left: 10px }
.sl-tab { border: 0; background: transparent; color: var(--soft); padding: 0 12px; font-weight: 600; font-size: 14px; border-bottom: 2px solid transparent; min-height: 44px }
.sl-tab:hover { color: var(--ink) }
.sl-tab[aria-current] { color: var(--ink); border-bottom-color: var(--accent) }
.sl-messages { padding: 8px 0 12px; line-height: 1.46 }
.sl-message { display: grid; grid-template-columns: 36px minmax(0, 1fr); gap: 0 10px; padding: 8px 20px; overflow-wrap: anywhere }
.sl-message:hover { background: var(--hover) }
.sl-message.private, .sl-message.private:hover { background: var(--sl-private) }
.sl-only-you { grid-column: 1 / -1; display: flex; align-items: center; gap: 6px; color: var(--soft); font-size: 12.5px; padding: 0 0 3px 18px }
.sl-only-you .icon { width: 16px; height: 16px; margin-right: 6px }
.sl-dismiss { border: 0; background: transparent; color: var(--link); font-size: 12.5px; padding: 2px 6px; margin-left: auto; border-radius: 4px }
.sl-dismiss:hover { text-decoration: underline }
.sl-avatar { border-radius: 6px; margin-top: 3px }
.sl-by { display: flex; align-items: baseline; gap: 8px; flex-wrap: wrap }
.sl-by strong { font-weight: 800 }
.sl-by .sl-app { margin: 0 0 0 -3px; align-self: center }
.sl-by time, .sl-edited { color: var(--soft); font-size: 12px }
.sl-words { white-space: pre-wrap }
.sl-header { font-size: 18px; font-weight: 800; line-height: 1.35; padding: 6px 0 4px }
.sl-section { display: flex; gap: 16px; padding: 4px 0; align-items: flex-start }
.sl-section-words { flex: 1; min-width: 0; display: grid; gap: 8px }
.sl-fields { display: grid; grid-template-columns: 1fr 1fr; gap: 8px 16px; max-width: 600px }
.sl-accessory { flex: none; max-width: 45% }
.sl-thumb { width: 88px; height: 88px; border-radius: 8px; object-fit: cover; flex: none }
.sl-large { max-width: 360px; max-height: 260px; border-radius: 8px }
.sl-tiny { width: 20px; height: 20px; border-radius: 4px; object-fit: cover }
.sl-unseen { display: grid; place-items: center; text-align: center; background: var(--pill); color: var(--soft); font-size: 12px; padding: 6px; overflow: hidden; min-height: 20px }
.sl-image { margin: 4px 0; display: grid; gap: 4px; justify-items: start }
.sl-image figcaption { color: var(--soft); font-size: 13px }
.sl-actions { display: flex; flex-wrap: wrap; gap: 8px; padding: 6px 0; align-items: center }
.sl-context { display: flex; flex-wrap: wrap; gap: 4px 8px; align-items: center; color: var(--soft); font-size: 13px; padding: 4px 0 }
.sl-divider { border: 0; border-top: 1px solid var(--line); margin: 12px 0; width: 100% }
.sl-button { display: inline-flex; align-items: center; min-height: 36px; border: 1px solid var(--soft); border-radius: 6px; background: var(--ground); color: var(--ink); padding: 4px 12px; font-size: 14px; font-weight: 700; line-height: 1.25; text-decoration: none; text-align: left; max-width: 100%; cursor: pointer }
.sl-button:hover { background: var(--hover) }
.sl-button.primary { background: #007a5a; border-color: #007a5a; color: #fff }
.sl-button.primary:hover { background: #006349 }
.sl-button.danger { background: #c5173f; border-color: #c5173f; color: #fff }
.sl-button.danger:hover { background: #a61236 }
.sl-button[aria-busy=true] { opacity: .6; cursor: progress }
.sl-select { font: inherit; font-size: 14px; color: var(--ink); background: var(--ground); border: 1px solid var(--soft); border-radius: 6px; min-height: 36px; padding: 4px 10px; max-width: 100% }
.sl-mention { border: 0; border-radius: 3px; padding: 0 2px; background: var(--sl-mention); color: var(--link); font: inherit; line-height: inherit }
button.sl-mention:hover { text-decoration: underline }
.sl-mention.me { background: var(--sl-me) }
.sl-link { color: var(--link) }
.sl-code, .sl-pre { font: 12.5px/1.5 ui-monospace, Monaco, Menlo, Consolas, monospace; background: var(--sl-code-ground); border: 1px solid var(--line); border-radius: 3px }
.sl-code { color: var(--sl-code); padding: 1px 4px }
.sl-pre { margin: 4px 0; padding: 8px; border-radius: 4px; white-space: pre-wrap }
.sl-quote { margin: 0; padding-left: 12px; border-left: 4px solid var(--line) }
.sl-file { display: inline-flex; gap: 10px; align-items: center; border: 1px solid var(--line); border-radius: 10px; padding: 10px 14px; margin-top: 4px; color: inherit; text-decoration: none; max-width: 100% }
.sl-file:hover { background: var(--hover) }
.sl-home { padding: 16px 24px 32px; max-width: 720px; line-height: 1.46; overflow-wrap: anywhere }
@media (max-width: 900px) {
  .sl-message { padding: 8px 12px }
  .sl-home { padding: 12px 14px 28px }
  .sl-button, .sl-select { min-height: 40px }
}
@media (max-width: 520px) {
  .sl-fields { grid-template-columns: 1fr }
  .sl-section:has(> .sl-accessory) { flex-wrap: wrap }
  .sl-accessory { max-width: 100% }
  .sl-thumb { width: 64px; height: 64px }
  .sl-large { max-width: 100% }
}
`
