/** The style sheet of all pages. Dark only on a screen: paper is white. */

import { darkColors, lightColors } from './colors.ts';

const variables = (colors: Readonly<Record<string, string>>): string =>
  Object.entries(colors)
    .map(([name, color]) => `--${name}: ${color};`)
    .join(' ');

export const style = `
:root {
  color-scheme: light dark;
  ${variables(lightColors)}
}
@media screen and (prefers-color-scheme: dark) {
  :root { ${variables(darkColors)} }
}
*, ::before, ::after { box-sizing: border-box }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100% }
body {
  margin: 0; background: var(--page); color: var(--ink); overflow-wrap: break-word; font-variant-numeric: tabular-nums;
  font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
}
.page { max-width: 1120px; margin: 0 auto; padding: 24px 16px 48px }
h1, h2, h3, h4, p, dl, dd, ul, figure { margin: 0 }
h1 { font-size: 26px; line-height: 1.25 }
h2 { margin: 36px 0 12px; font-size: 19px; line-height: 1.3 }
h3 { display: inline; font-size: 17px; line-height: 1.35 }
h4 { font-size: 14px; line-height: 1.5 }
a { color: var(--link); text-underline-offset: 2px }
:focus-visible { outline: 2px solid var(--current); outline-offset: 2px; border-radius: 2px }
bdi, .reason, .verdict p, .beside, .next, .verdicts td, .verdicts th, .why { overflow-wrap: anywhere }
.muted, .kicker { color: var(--muted) }
.kicker { font-size: 13px }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
.tag { padding: 0 6px; border: 1px solid var(--line); border-radius: 9px; color: var(--muted); font-size: 12px; font-weight: 400; white-space: nowrap }

.level { font-weight: 600; white-space: nowrap }
.ok { color: var(--ok) } .warning { color: var(--warning) } .critical { color: var(--critical) } .insufficient-data { color: var(--unknown) }
.verdict { margin: 16px 0; padding: 12px 16px; border: 1px solid var(--line); border-left: 6px solid currentColor; border-radius: 6px; background: var(--raised) }
.verdict p { color: var(--ink); font-size: 17px }
.verdict .headline .level { font-size: 20px; white-space: normal }
.beside { margin-top: 8px; padding: 0; list-style: none; color: var(--ink); font-size: 14px }
.next { margin: 0; padding-left: 20px }
.next li { margin-bottom: 4px }
.order { margin: 8px 0; font-size: 13px }
.since { font-size: 13px }
.whole { white-space: nowrap }
h1 + .reports, .lists { margin-top: 16px }
.lists { margin-bottom: 16px; padding: 0; list-style: none }
.lists a { white-space: nowrap }
.reports th, .reports td { white-space: nowrap }
.reports td.wide { white-space: normal }
.verdict details { margin-top: 4px; color: var(--ink) }
.verdict details p { font-size: 14px }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 190px), 1fr)); gap: 12px 24px }
dt { color: var(--muted); font-size: 13px }

.strip { display: flex; flex-wrap: wrap; gap: 3px; margin: 12px 0 20px; padding: 0; list-style: none }
.strip a { display: block; width: 22px; height: 22px; border-radius: 3px; background: var(--cell); font-size: 12px; line-height: 22px; text-align: center; text-decoration: none }
.strip .warning { background: var(--warning); color: var(--page) }
.strip .critical { background: var(--critical); color: var(--page) }
.strip .insufficient-data { background: none; box-shadow: inset 0 0 0 1px var(--unknown); color: var(--unknown) }
.strip .aside { background: none; box-shadow: inset 0 0 0 1px var(--line); color: var(--muted) }
.strip .ok.heat-1 { background: color-mix(in srgb, var(--warning) 15%, var(--cell)) }
.strip .ok.heat-2 { background: color-mix(in srgb, var(--warning) 32%, var(--cell)) }
.strip .ok.heat-3, .strip .ok.heat-4 { background: color-mix(in srgb, var(--warning) 50%, var(--cell)) }

table { width: 100%; border-collapse: collapse; font-size: 14px }
caption { padding-bottom: 2px; text-align: left; font-weight: 600 }
th, td { padding: 5px 12px 5px 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top }
th:last-child, td:last-child { padding-right: 0 }
thead th, thead td { border-top: 0; color: var(--muted); font-weight: 400; font-size: 13px }
tbody th { font-weight: 400 }
.number, .facts td, .facts thead th, .statistics td, .statistics th + th { text-align: right }
.number, .statistics td, .statistics th + th { white-space: nowrap }
.statistics .why { text-align: left; white-space: normal; color: var(--muted) }
.facts thead td { border: 0 }
.facts th, .facts td, .statistics th, .statistics td { padding-top: 3px; padding-bottom: 3px }
.overview { table-layout: fixed }
.overview tbody th { font-weight: 600 }
.overview th:nth-child(2) { width: 144px }
.overview th:nth-child(3) { width: 34% }
.overview .number { width: 96px }
.verdicts { table-layout: fixed }
.verdicts th:nth-child(2) { width: 110px }
.verdicts th:nth-child(3) { width: 60% }
.verdicts + details, .importances + details { margin-top: 8px }
.importances tbody th { overflow-wrap: anywhere }
.aside .level, .aside .bar { color: var(--muted) }

.bar { position: relative; display: block; height: 8px; margin: 7px 0 3px; border-radius: 2px; background: var(--cell) }
.bar i { display: block; width: min(100%, 100% * var(--length) / var(--longest)); height: 100%; min-width: 2px; border-radius: 2px; background: currentColor }
.bar::after { content: ''; position: absolute; top: -3px; bottom: -3px; left: calc(100% / var(--longest)); width: 2px; margin-left: -1px; background: var(--ink) }
.bar.ok { color: var(--axis) }
.effect { font-size: 13px }
.effect b { white-space: nowrap }

.column { margin-top: 20px; padding-top: 16px; border-top: 2px solid var(--line); scroll-margin-top: 8px }
.column > .head { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: baseline }
.reason { margin-top: 2px }
.panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); gap: 16px 40px; align-items: start; margin-top: 12px }
.panels > div { display: grid; gap: 16px; min-width: 0 }
figcaption { display: flex; flex-wrap: wrap; gap: 0 14px; margin-bottom: 4px; font-size: 13px }
figure svg { display: block; width: 100%; max-width: 460px; height: auto; font: 12px system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif }
.key::before { content: ''; display: inline-block; width: 14px; height: 10px; margin-right: 5px }
.key.reference::before { border: 1px solid var(--reference-edge); background: var(--reference) }
.key.current::before { border: 2px solid var(--current); background: var(--current-light) }
.key.limit::before { height: 0; margin-bottom: 4px; border-top: 2px dashed var(--limit) }
.key.usual::before { background: var(--usual) }
.key { color: var(--muted) }
.empty { padding: 24px 0; color: var(--muted) }
.numbers { display: flex; flex-wrap: wrap; gap: 4px 24px; margin: 4px 0 10px; font-size: 14px }

.wide-figure svg { max-width: none }
.on-phone { display: none }
.key.interval::before { background: var(--current); opacity: .25 }
.key.provisional::before { background: var(--axis); opacity: .25 }
.key.day::before { width: 5px; height: 5px; margin: 0 8px 2px 4px; border-radius: 50%; background: var(--axis) }
.key.estimated::before, .key.realized::before, .key.bias::before, .key.precision::before, .key.recall::before, .key.f1::before { height: 0; margin-bottom: 4px; border-top: 2px solid var(--ink) }
.key.estimated::before { border-top: 2px dashed var(--current) }
.key.precision::before { border-color: var(--current) }
.key.recall::before { border-top: 2px dashed var(--critical) }
.key.f1::before { border-top-style: dotted }
.performance > .panels { gap: 0 40px }
.performance > .panels:empty { display: none }
.metrics tbody th { min-width: 96px }
.metrics tbody th, .metrics td .muted { overflow-wrap: anywhere }
.metrics + details { margin-top: 8px }
.scroll { overflow-x: auto }
.confusion { width: auto }
.confusion th, .confusion td { min-width: 72px; padding: 6px 10px; border: 1px solid var(--line); text-align: right }
.confusion tbody th { min-width: 110px; text-align: left }
.confusion thead th { border: 0; color: var(--ink) }
.confusion td span { font-size: 12px }
.confusion .right { background: color-mix(in srgb, var(--current) calc(35% * var(--share)), var(--page)) }
.confusion .wrong { background: color-mix(in srgb, var(--warning) calc(35% * var(--share)), var(--page)) }

.prose { max-width: 760px }
.prose p, .prose ul, .prose ol, .prose pre, .prose table { margin: 12px 0; padding: 0 }
.prose ul, .prose ol { padding-left: 24px }
.prose li { margin-bottom: 6px }
.prose code { padding: 1px 4px; border-radius: 4px; background: var(--cell); font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere }
.prose pre { padding: 10px 14px; border: 1px solid var(--line); border-radius: 6px; background: var(--raised); overflow-x: auto }
.prose pre code { padding: 0; background: none; overflow-wrap: normal }

summary { cursor: pointer }
details.others > summary { padding: 8px 0; color: var(--link); font-size: 16px }
details.others > details { border-top: 1px solid var(--line); padding: 6px 0 }
details.others > details > summary h3 { font-size: 15px }
details.others summary > h3, details.others summary > span { display: inline-block; width: calc(40% - 24px); padding-right: 24px; vertical-align: top }
details.others summary > span { width: 12% }
details.others summary > span + span { width: 46% }
details.others .body { padding: 4px 0 20px; scroll-margin-top: 48px }
.how { margin-top: 40px; padding-top: 12px; border-top: 1px solid var(--line); color: var(--muted); font-size: 14px }
.how dt { margin-top: 8px; color: var(--ink); font-weight: 600 }

@media (max-width: 700px) {
  .wide, .on-desk { display: none }
  .on-phone { display: block }
  td .level { font-size: 13px }
  .overview th:nth-child(2) { width: 116px }
  .overview th:nth-child(3) { width: 36% }
  .verdicts thead, .reports thead { display: none }
  .reports tr { display: flex; flex-wrap: wrap; gap: 0 12px; padding: 6px 0; border-top: 1px solid var(--line) }
  .reports tbody th, .reports td { padding: 0; border: 0 }
  .reports tbody th { flex-basis: 100% }
  .reports td.wide { display: none }
  .verdicts tr { display: block; padding: 8px 0; border-top: 1px solid var(--line) }
  .verdicts tbody th, .verdicts td { display: block; padding: 0; border: 0 }
  .effect .muted { display: none }
  th, td { padding-right: 8px }
  .metrics { font-size: 13px }
  .metrics tbody th { min-width: 60px }
  details.others summary > h3 { width: calc(100% - 24px) }
  details.others summary > span, details.others summary > span + span { width: 100% }
}
@media (forced-colors: active) {
  .bar, .strip a, .key::before, .confusion td { forced-color-adjust: none }
}
@page { margin: 14mm }
@media print {
  :root { color-scheme: light }
  body { font-size: 10pt }
  table, .effect { font-size: 8.5pt }
  th, td { padding-right: 6px }
  .page { max-width: none; padding: 0 }
  .strip a, .bar, .bar i, .verdict, .key::before, .confusion td { print-color-adjust: exact; -webkit-print-color-adjust: exact }
  figure, table, .answer, .verdict, .column, tr { break-inside: avoid }
  h2, .head, .reason { break-after: avoid }
  .panels { grid-template-columns: 1fr 1fr }
  a { color: inherit; text-decoration: none }
  details.others::details-content { display: block; height: auto; content-visibility: visible }
}
`;
