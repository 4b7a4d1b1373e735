/** The style sheet of the console: that of the reports, whose charts and tables it shows, with a frame around. */

import { style } from '../style.ts';
import { themeStyle } from './theme.ts';

export const consoleStyle = `${style}${themeStyle}
body { min-height: 100vh }
main { max-width: 1360px; margin: 0 auto; padding: 20px 16px 64px }
main:focus { outline: none }
main > h1 { margin-bottom: 12px }
code { padding: 1px 5px; border-radius: 4px; background: var(--raised); font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere }
.skip { position: absolute; left: 8px; top: -48px; z-index: 2; padding: 8px 12px; background: var(--page) }
.skip:focus { top: 8px }

.top { display: flex; flex-wrap: wrap; align-items: center; gap: 0 20px; padding: 0 16px; border-bottom: 1px solid var(--line); background: var(--raised) }
.top .brand { color: var(--ink); font-weight: 700; text-decoration: none; line-height: 48px }
.top nav { flex: 1 }
.top nav ul, .chips { display: flex; flex-wrap: wrap; gap: 0 4px; margin: 0; padding: 0; list-style: none }
.top nav a { display: block; padding: 0 10px; color: var(--ink); line-height: 46px; text-decoration: none; border-bottom: 2px solid transparent }
.top nav a:hover { border-color: var(--axis) }
.top nav a[aria-current] { border-color: var(--current); font-weight: 600 }
.top .me { display: flex; align-items: center; gap: 12px; margin-left: auto; min-height: 46px; color: var(--muted); font-size: 13px }
.top .viewer { max-width: 200px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }

button, input, select { font: inherit; color: inherit }
button { padding: 5px 14px; border: 1px solid var(--axis); border-radius: 6px; background: var(--page); cursor: pointer }
button:hover { background: var(--raised) }
button.primary { border-color: var(--current); color: var(--link); font-weight: 600 }
button.plain { padding: 6px 8px; border: 0; background: none; color: var(--link) }
button.plain:hover { text-decoration: underline }
.theme .plain { min-width: 32px; color: var(--ink); font-size: 17px; line-height: 1 }
input, select { padding: 5px 10px; border: 1px solid var(--axis); border-radius: 6px; background: var(--page) }
input::placeholder { color: var(--muted); opacity: 1 }
a.button { display: inline-block; max-width: 100%; padding: 7px 16px; border: 1px solid var(--current); border-radius: 6px; color: var(--link); font-weight: 600; text-decoration: none; overflow-wrap: anywhere }
a.button:hover { background: var(--raised) }
p:has(> a.button) { margin: 0 0 16px }
.login { display: grid; gap: 14px; max-width: 400px }
.login label { display: grid; gap: 4px }
.login button { justify-self: start }

.notice { margin: 0 0 16px; padding: 10px 14px; border: 1px solid var(--line); border-left: 6px solid var(--ok); border-radius: 6px; background: var(--raised); overflow-wrap: anywhere }
.notice.refused { border-left-color: var(--critical) }
.nothing { margin: 12px 0; padding: 24px; border: 1px dashed var(--axis); border-radius: 8px; overflow-wrap: anywhere }
.nothing .what { font-size: 17px }
.nothing ol { margin: 12px 0 0; padding-left: 22px }

.filters { display: flex; flex-wrap: wrap; gap: 10px 24px; align-items: center; margin: 0 0 12px }
.filters form { display: flex; flex-wrap: wrap; gap: 8px }
.chips { gap: 6px }
.chips a { display: inline-block; padding: 4px 12px; border: 1px solid var(--line); border-radius: 16px; color: var(--ink); font-size: 14px; text-decoration: none }
.chips a:hover { border-color: var(--axis) }
.chips a[aria-current] { border-color: var(--current); box-shadow: inset 0 0 0 1px var(--current); font-weight: 600 }
.chips .count { color: var(--muted); font-weight: 400 }
.dot { display: inline-block; width: 9px; height: 9px; margin-right: 6px; border-radius: 50%; background: currentColor }
.sort { color: inherit }
thead th[aria-sort] { color: var(--ink) }
.pager { display: flex; flex-wrap: wrap; gap: 4px 20px; margin-top: 14px; font-size: 14px }

td.number, .models .number { text-align: left }
.models th, .models td { padding-top: 7px; padding-bottom: 7px; vertical-align: middle }
.models tbody th { font-weight: 600; overflow-wrap: anywhere }
.models tbody tr:hover { background: var(--raised) }
.models .said { min-width: 190px; max-width: 340px }
.models .said .when { font-size: 13px; white-space: nowrap }
.models .said .reason { display: block; color: var(--muted); font-size: 13px; line-height: 1.35 }
.measured { display: flex; flex-wrap: wrap; gap: 2px 16px; align-items: center; justify-content: space-between; max-width: 270px }
.sparkline, .drift-strip { display: block; overflow: visible }
.sparkline path { fill: none }
.sparkline .line { stroke: var(--current); stroke-width: 1.5 }
.sparkline .limit { stroke: var(--limit); stroke-width: 1; stroke-dasharray: 4 3 }
.sparkline circle { fill: var(--current) }
.drift-strip rect { fill: var(--axis) }
.drift-strip .ok { fill: var(--ok) } .drift-strip .warning { fill: var(--warning) } .drift-strip .critical { fill: var(--critical) }
progress { width: 160px; max-width: 40%; vertical-align: middle; accent-color: var(--current) }
.info { color: var(--link) }
pre { max-height: 560px; margin: 0; padding: 12px 16px; overflow: auto; border: 1px solid var(--line); border-radius: 6px; background: var(--raised); font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; white-space: pre-wrap; overflow-wrap: anywhere }
main .crumbs { font-size: 13px }
main .wide-figure svg { max-width: 1328px }
.downloads { margin: 4px 0 12px; font-size: 13px }
.plain-list, .runs { margin: 8px 0; padding: 0; list-style: none }
.plain-list li { margin: 4px 0 }
.runs { columns: 4 190px }
.heat { width: 100% }
.heat th, .heat td { padding-top: 2px; padding-bottom: 2px; vertical-align: middle }
.heat tbody th { max-width: 220px; overflow-wrap: anywhere }
.heat .ends { display: flex; justify-content: space-between; gap: 12px }
.heat td:nth-child(2) { width: 40%; min-width: 200px }
.heat-row { display: block; width: 100%; height: auto; max-height: 26px }
.heat-row rect { fill: var(--cell) }
.heat-row a:hover rect, .heat-row a:focus rect { stroke: var(--ink); stroke-width: 1.5 }
.heat-row .ok { fill: var(--usual) } .heat-row .warning { fill: var(--warning) } .heat-row .critical { fill: var(--critical) }
.heat-row .insufficient-data { fill: none; stroke: var(--line) }
.heat-row .mark { fill: var(--page); stroke: var(--page) }
main > .sides, section > .sides { margin: 16px 0 }
section > ul + .cards { margin-top: 12px }
.audit td .muted, .audit td .model { display: block; font-size: 13px }
.audit thead th:first-child, .audit thead th:nth-child(3) { width: 150px }
.audit thead th:nth-child(2), .audit thead th:nth-child(4) { width: 20% }
.audit td, .audit th { overflow-wrap: anywhere }
.alerts .model, .alerts .held, .reason { display: block; font-weight: 400; font-size: 13px }
.alerts thead th:first-child { width: 26% }
.history thead th:first-child { width: 130px }
.history td, .history th, .cards td { overflow-wrap: anywhere }
.links { display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 12px 0; padding: 0; list-style: none }
.act { display: grid; gap: 12px; max-width: 720px }
.act label { display: inline-flex; flex-wrap: wrap; gap: 6px; align-items: center }
.act .wide { display: grid; gap: 4px }
.act .row { display: flex; flex-wrap: wrap; gap: 8px 12px; align-items: center }
textarea { width: 100%; padding: 6px 10px; border: 1px solid var(--axis); border-radius: 6px; background: var(--page); color: inherit; font: inherit; resize: vertical }
.unwatched ul { columns: 3 220px; padding-left: 18px }

@media (max-width: 900px) {
  .heat td:nth-child(2) { width: auto; min-width: 150px }
  .heat td:nth-child(3) .level { font-size: 12px }
  .top { gap: 0 12px }
  .top nav { order: 1; flex-basis: 100% }
  .top nav a { padding: 0 8px; line-height: 38px; white-space: nowrap }
  .models, .models tbody, .cards, .cards tbody { display: block }
  .models thead, .cards thead { display: none }
  .models tr, .cards tr { display: grid; grid-template-columns: 1fr 1fr; gap: 6px 16px; padding: 12px 0; border-top: 1px solid var(--line) }
  .models tbody th, .models td, .cards tbody th, .cards td { padding: 0; border: 0; min-width: 0; overflow-wrap: anywhere }
  .models tbody th, .models .said, .cards tbody th, .audit td:last-child { grid-column: 1 / -1; max-width: none }
  .models td[data-name]::before, .cards td[data-name]::before { content: attr(data-name); display: block; color: var(--muted); font-size: 13px; font-weight: 400 }
}
@media print { .top, .filters, .pager, .skip { display: none } }
`;
