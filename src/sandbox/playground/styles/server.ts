/** The server's side: channels and members. */
export const server = `
.server { background: var(--side); border-right: 1px solid var(--line); overflow-y: auto; padding-bottom: 24px }
.server-head { display: flex; align-items: center; justify-content: space-between; gap: 8px; padding: 0 10px 0 16px; min-height: 48px; border-bottom: 1px solid var(--line); position: sticky; top: 0; background: var(--side); z-index: 1 }
.server-head h2 { font-size: 15px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.server h3 { font-size: 12px; letter-spacing: .02em; color: var(--soft); font-weight: 650; padding: 16px 8px 4px; text-transform: uppercase }
.channels, .members { padding: 0 8px }
.channel, .member { display: flex; align-items: center; width: 100%; border: 0; border-radius: 6px; background: transparent; text-align: left }
.channel { gap: 6px; padding: 5px 8px; min-height: 34px; color: var(--soft); font-weight: 500 }
.channel:hover, .member:hover { background: var(--hover); color: var(--ink) }
.channel[aria-current] { background: var(--chosen); color: var(--ink) }
.channel.unread { color: var(--ink); font-weight: 700 }
.channel .icon { width: 18px; height: 18px; opacity: .75 }
.channel-name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; flex: 1 }
.badge { background: #d83c3e; color: #fff; border-radius: 99px; min-width: 18px; padding: 0 5px; font-size: 12px; line-height: 18px; font-weight: 700; text-align: center }
.group + .group { margin-top: 4px }
.member { gap: 10px; padding: 5px 8px; min-height: 44px }
.member > img { border-radius: 50%; flex: none }
.member-text { min-width: 0; flex: 1 }
.member-name { font-weight: 550; color: var(--own-ink, var(--own, var(--ink))); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; display: block }
.member-roles { display: flex; flex-wrap: wrap; gap: 3px }
.member.gone { opacity: .75 }
.member.gone .member-name { flex: 1 }
.app-tag { margin-left: 6px; background: var(--accent); color: #fff; border-radius: 4px; padding: 0 5px; font-size: 10.5px; line-height: 15px; font-weight: 600; display: inline-block; vertical-align: 1px }
@media (prefers-color-scheme: dark) { .member-name { color: color-mix(in oklab, var(--own, var(--ink)) 68%, #ffffff) } }
@media (prefers-color-scheme: light) { .member-name { color: color-mix(in oklab, var(--own, var(--ink)) 62%, #14080c) } }
`
