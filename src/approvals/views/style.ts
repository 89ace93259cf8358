/**
 * The style sheet of every page. It uses fonts of the reader's machine. The contrast is at least 5.6 to 1 for text and
 * 3 to 1 for edges of controls.
 */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #f7f6f3; --raised: #ffffff; --sunken: #eeede8; --ink: #1b1f24; --muted: #555d67; --rule: #dad8d1; --edge: #7d838b;
  --accent: #1c4e8a; --accent-hover: #153c6b; --on-accent: #ffffff; --accent-bg: #e7eef8;
  --good: #0b6150; --good-bg: #e2f1ed; --warn: #774b00; --warn-bg: #fbf0d8; --stop: #9d2411; --stop-bg: #fbe8e4;
  --small: .8125rem;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171a; --raised: #1c2024; --sunken: #0f1214; --ink: #e7e8e6; --muted: #a5adb6; --rule: #343b42; --edge: #79828c;
    --accent: #93bdf2; --accent-hover: #b4d2f7; --on-accent: #0c1a2a; --accent-bg: #1a293b;
    --good: #7bd2ba; --good-bg: #132a24; --warn: #e8bf66; --warn-bg: #2d2510; --stop: #ffa18c; --stop-bg: #391a13;
  }
}
*, ::before, ::after { box-sizing: border-box; }
html { scroll-padding: 1.5rem 0 5rem; }
body { margin: 0; background: var(--paper); color: var(--ink); font: .9375rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; overflow-wrap: anywhere; -webkit-text-size-adjust: 100%; }
h1, h2, h3, p, ul, ol, dl, dd { margin: 0; }
h1, h2, h3 { line-height: 1.25; font-weight: 650; text-wrap: balance; }
h1 { font-size: clamp(1.5rem, 1.2rem + 1.3vw, 1.875rem); letter-spacing: -.01em; }
h2 { font-size: 1.1875rem; } h3 { font-size: .9375rem; }
ul, ol { padding-left: 1.15rem; }
a { color: var(--accent); text-underline-offset: .15em; } a:hover { color: var(--accent-hover); }
small, .small, .hint, .sub { font-size: var(--small); } .hint, .sub, .muted, .count, .local { color: var(--muted); font-weight: 400; }
code, .id { font: .75rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; } .id { color: var(--muted); }
time, .number { font-variant-numeric: tabular-nums; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 2px; } main:focus { outline: none; }
[hidden] { display: none !important; }
.skip { position: absolute; left: 1rem; top: -6rem; z-index: 9; padding: .5rem 1rem; background: var(--accent); color: var(--on-accent); border-radius: 0 0 5px 5px; }
.skip:focus { top: 0; color: var(--on-accent); }
.i { width: 1.05em; height: 1.05em; flex: none; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; vertical-align: -.17em; }
.bar { background: var(--raised); border-bottom: 1px solid var(--rule); }
.bar > div, main, .foot { max-width: 80rem; margin: 0 auto; padding-left: 1.5rem; padding-right: 1.5rem; }
.bar > div { display: flex; flex-wrap: wrap; align-items: center; gap: 0 1.5rem; min-height: 3.75rem; }
.brand { font-weight: 650; }
.bar ul { display: flex; gap: 0 1rem; list-style: none; padding: 0; }
.bar nav a { display: inline-block; padding: .5rem 0; color: var(--ink); text-decoration: none; border: solid transparent; border-width: 3px 0; }
.bar nav a:hover { border-bottom-color: var(--edge); } .bar nav a[aria-current] { border-bottom-color: var(--accent); font-weight: 650; }
.reader { margin-left: auto; display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: center; font-size: var(--small); color: var(--muted); }
.reader button { min-height: 2rem; padding: .15rem .6rem; font-size: var(--small); }
.env { padding: 0 .5rem; border: 1px solid var(--edge); border-radius: 99px; color: var(--ink); }
main { padding-top: 1.5rem; padding-bottom: 2.25rem; }
.foot { padding-top: 1rem; padding-bottom: 2.25rem; color: var(--muted); font-size: var(--small); border-top: 1px solid var(--rule); }
.split { display: grid; grid-template-columns: minmax(0, 1fr) 19.5rem; gap: 1.5rem; align-items: start; }
section { margin-top: 2.25rem; } section > h2 { margin-bottom: .75rem; }
.eyebrow { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: center; margin-bottom: .5rem; font-size: var(--small); color: var(--muted); }
.lead { margin-top: .5rem; font-size: 1.0625rem; color: var(--muted); display: flex; flex-wrap: wrap; gap: .25rem .9rem; align-items: center; }
.act { margin-top: 1.5rem; }
.ids { margin-top: .25rem; }
.tag { display: inline-flex; align-items: center; gap: .35em; padding: .05em .5em; border-radius: 3px; font-size: var(--small); font-weight: 600; line-height: 1.5; border: 1px solid color-mix(in srgb, currentColor 28%, transparent); justify-self: start; align-self: start; }
.tag.plain { border-color: var(--rule); color: var(--muted); font-weight: 500; background: var(--raised); }
.good { color: var(--good); } .warn { color: var(--warn); } .stop { color: var(--stop); } .acc { color: var(--accent); }
.tag.good, .figures .good, .verdict.good { background: var(--good-bg); } .tag.warn, .figures .warn, .verdict.warn { background: var(--warn-bg); }
.tag.stop, .figures .stop, .verdict.stop { background: var(--stop-bg); } .tag.acc, .verdict.acc { background: var(--accent-bg); }
.figures { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 1px; margin-top: 1.5rem; background: var(--rule); border: 1px solid var(--rule); border-radius: 5px; overflow: clip; }
.figures > div { background: var(--raised); padding: .75rem 1rem 1rem; border-top: 4px solid var(--edge); }
.figures .good, .figures .warn, .figures .stop { border-top-color: currentColor; }
.figures h2 { font-size: var(--small); font-weight: 600; display: flex; gap: .4em; align-items: center; }
.figures .big { font-size: 2.125rem; font-weight: 650; line-height: 1.2; letter-spacing: -.02em; } .figures .big span { font-size: .9375rem; font-weight: 500; letter-spacing: 0; }
.figures p:not(.big) { color: var(--ink); font-size: var(--small); }
.card, .decide { background: var(--raised); border: 1px solid var(--rule); border-radius: 5px; padding: 1rem; }
.card { margin-top: 1.5rem; } .card + .card { margin-top: 1rem; }
.facts { display: grid; gap: .3rem; } .facts > div { display: grid; grid-template-columns: 6.5rem minmax(0, 1fr); gap: 0 1rem; } .facts dt { color: var(--muted); }
.facts.tall > div { grid-template-columns: 1fr; margin-bottom: .3rem; } aside .card { margin-top: 0; } aside .card + .card { margin-top: 1rem; }
.notes { list-style: none; padding: 0; display: grid; gap: 1px; background: var(--rule); border: 1px solid var(--rule); border-radius: 5px; overflow: clip; }
.notes > li { display: grid; grid-template-columns: 8.25rem minmax(0, 1fr); gap: .25rem 1rem; padding: .75rem 1rem; background: var(--raised); }
.left > li { border-left: 4px solid currentColor; display: block; } .left > li > * { color: var(--ink); }
details > summary { cursor: pointer; }
.group { background: var(--raised); border: 1px solid var(--rule); border-radius: 5px; } .group + .group { margin-top: .5rem; }
.group > summary { display: grid; grid-template-columns: 1rem minmax(0, 1fr) auto; gap: 0 .75rem; padding: .75rem 1rem; list-style: none; align-items: baseline; }
.group > summary::-webkit-details-marker { display: none; }
.group > summary::before { content: ""; width: .45rem; height: .45rem; border: solid var(--muted); border-width: 0 2px 2px 0; transform: rotate(-45deg); }
.group[open] > summary::before { transform: rotate(45deg); }
.group > summary:hover { background: var(--sunken); } .group .title { font-weight: 650; } .group .sub { grid-column: 2 / -1; }
.group > .in { border-top: 1px solid var(--rule); padding: .5rem 1rem .75rem; }
.flags { display: flex; flex-wrap: wrap; gap: .25rem; justify-content: end; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .875rem; line-height: 1.4; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: .5rem 0; color: var(--muted); font-size: var(--small); }
th, td { text-align: left; vertical-align: top; padding: .45rem .75rem .45rem 0; border-top: 1px solid var(--rule); }
thead th { border-top: 0; color: var(--muted); font-weight: 600; font-size: var(--small); white-space: nowrap; } tbody th { font-weight: 500; } td { min-width: 6.5rem; } td .hint { white-space: nowrap; }
.card > h2 { margin-bottom: .5rem; } .card > form { margin-top: .75rem; } .card form > button { width: 100%; }
.box { background: var(--raised); border: 1px solid var(--rule); border-radius: 5px; padding: 0 1rem .5rem; }
button, .button { font: inherit; font-weight: 650; min-height: 2.75rem; padding: .5rem 1rem; border: 1px solid var(--edge); border-radius: 5px; background: var(--raised); color: var(--ink); cursor: pointer; text-decoration: none; display: inline-flex; align-items: center; justify-content: center; }
button:hover, .button:hover { background: var(--sunken); color: var(--ink); }
button.primary, .button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); } button.primary:hover, .button.primary:hover { color: var(--on-accent); background: var(--accent-hover); border-color: var(--accent-hover); }
label { font-weight: 600; }
input[type="text"], input[type="search"], select, textarea { font: inherit; width: 100%; min-height: 2.5rem; padding: .4rem .6rem; background: var(--raised); color: var(--ink); border: 1px solid var(--edge); border-radius: 5px; }
textarea { min-height: 4.2rem; resize: vertical; }
.filters { display: grid; grid-template-columns: minmax(0, 1fr) 11rem auto; gap: .75rem; align-items: end; padding: .75rem 1rem; margin-bottom: .75rem; background: var(--sunken); border: 1px solid var(--rule); border-radius: 5px; } .filters label { font-size: var(--small); }
.decide { position: sticky; top: 1.5rem; border-color: var(--edge); display: grid; gap: .75rem; max-height: calc(100vh - 3rem); overflow-y: auto; }
.decide form { display: grid; gap: .5rem; } .decide form + form { border-top: 1px solid var(--rule); padding-top: .75rem; }
.clock { padding: .5rem .75rem; background: var(--accent-bg); border-radius: 5px; } .clock strong { font-size: 1.375rem; font-variant-numeric: tabular-nums; margin-left: .25rem; } .clock .hint { display: block; }
.error { padding: .5rem .75rem; border: 1px solid currentColor; border-radius: 5px; background: var(--stop-bg); color: var(--stop); font-weight: 600; }
.verdict { margin-top: 1.5rem; display: grid; grid-template-columns: 2.25rem minmax(0, 1fr); gap: .25rem 1rem; align-items: center; padding: 1rem; border: 1px solid currentColor; border-left-width: 6px; border-radius: 5px; }
.verdict > .i { width: 2.25rem; height: 2.25rem; } .verdict h2 { font-size: 1.375rem; letter-spacing: .02em; } .verdict p { color: var(--ink); } .verdict.acc h2 { color: var(--ink); }
progress { grid-column: 1 / -1; width: 100%; height: .75rem; accent-color: var(--accent); } td progress { width: 8rem; vertical-align: middle; }
.vh { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.part { margin: 1.25rem 0 .5rem; } td p + p { margin-top: .35rem; } .proposal { margin-top: .35rem; }
.seg { display: inline-flex; margin: 0; padding: 0; border: 1px solid var(--edge); border-radius: 5px; } .seg label { display: inline-flex; align-items: center; gap: .35rem; min-height: 2.4rem; padding: 0 .6rem; font-weight: 500; white-space: nowrap; cursor: pointer; } .seg label + label { border-left: 1px solid var(--edge); } .seg label:has(:checked) { background: var(--accent-bg); font-weight: 650; }
input[type="date"] { font: inherit; width: 100%; min-height: 2.25rem; padding: .2rem .6rem; background: var(--raised); color: var(--ink); border: 1px solid var(--edge); border-radius: 5px; } tr { scroll-margin-top: 1rem; }
.savebar { position: sticky; bottom: 0; z-index: 4; display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: .5rem 1rem; margin-top: 1rem; padding: .6rem 1rem; background: var(--raised); border: 1px solid var(--edge); border-radius: 5px; } .act-row { display: flex; gap: .5rem; }
.jump { display: none; }
@media (max-width: 60rem) {
  .split { grid-template-columns: minmax(0, 1fr); }
  .decide { position: static; max-height: none; }
  .jump { display: flex; position: sticky; bottom: 0; z-index: 5; justify-content: space-between; align-items: center; gap: 1rem; margin: 1.5rem -1rem 0; padding: .5rem 1rem; background: var(--raised); border-top: 1px solid var(--edge); font-size: var(--small); }
}
@media (max-width: 40rem) {
  .bar > div, main, .foot { padding-left: 1rem; padding-right: 1rem; } .bar > div { padding-top: .5rem; } .reader { margin: 0 0 .5rem; }
  .figures { grid-template-columns: minmax(0, 1fr); } .notes > li, .filters { grid-template-columns: minmax(0, 1fr); }
  .group > summary { grid-template-columns: 1rem minmax(0, 1fr); } .group > summary > .flags { grid-column: 2; justify-content: start; }
  .seg { font-size: var(--small); } .seg label { padding: 0 .4rem; }
  .stack thead { display: none; } .stack tr { display: block; padding: .5rem 0; border-top: 1px solid var(--rule); } .stack th, .stack td { display: block; border: 0; padding: .1rem 0; } .stack td[data-label]::before { content: attr(data-label) " "; color: var(--muted); }
}
.printed { display: none; }
@media print {
  :root { color-scheme: light; --paper: #fff; --raised: #fff; --sunken: #fff; --ink: #000; --muted: #444; --rule: #bbb; --accent: #1c4e8a; --accent-bg: #fff; --good: #0b6150; --good-bg: #fff; --warn: #774b00; --warn-bg: #fff; --stop: #9d2411; --stop-bg: #fff; }
  .bar nav, .decide, .filters, .jump, .skip, .savebar, .keys, form.act, nav[aria-label="Pages of people"], .seg input, .seg label:not(:has(:checked)), td > input, td > label { display: none; }
  .printed { display: block; overflow-wrap: anywhere; } .seg, .seg label { border: 0; min-height: 0; padding: 0; background: none; } .seg:not(:has(:checked))::after { content: "Undecided"; color: var(--muted); }
  details:not([open])::details-content { content-visibility: visible; height: auto; } thead { display: table-header-group; } .split { grid-template-columns: minmax(0, 1fr); } tr, .notes > li { break-inside: avoid; }
}
`;
