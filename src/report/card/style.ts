/**
 * The style sheet of the card in an MCP client, added to the style sheet of every page. The client says whether the
 * card is dark or light, so colours follow `color-scheme`. The contrast is at least 4.5 to 1 for text and 3 to 1 for
 * edges of controls.
 */
export const STYLE = `
:root:root {
  color-scheme: light dark;
  --paper: light-dark(#fbfaf8, #15181b); --raised: light-dark(#ffffff, #1c2024); --ink: light-dark(#1c2024, #e7e8e6);
  --muted: light-dark(#59626c, #a0a8b0); --rule: light-dark(#dfddd8, #32383e); --edge: light-dark(#7d838b, #79828c);
  --accent: light-dark(#1c4e8a, #93bdf2); --on-accent: light-dark(#ffffff, #0c1a2a); --accent-bg: light-dark(#e7eef8, #1a293b);
  --good: light-dark(#0b6150, #7bd2ba); --good-bg: light-dark(#e2f1ed, #132a24);
  --warn: light-dark(#774b00, #e8bf66); --warn-bg: light-dark(#fbf0d8, #2d2510);
  --stop: light-dark(#9d2411, #ffa18c); --stop-bg: light-dark(#fbe8e4, #391a13);
}
:root[data-theme="light"] { color-scheme: light; } :root[data-theme="dark"] { color-scheme: dark; }
body { font-size: .9375rem; line-height: 1.5; }
main { max-width: 44rem; margin: 0; padding: 1rem 1.1rem 1.1rem; }
[hidden] { display: none !important; }
h1 { font: 650 1.2rem/1.3 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; margin: .6rem 0 0; }
h2 { font: 650 .9375rem/1.4 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; margin: 1rem 0 .25rem; }
p { margin: .35rem 0 0; }
.state { display: inline-block; margin: 0; padding: .1rem .6rem; border: 1px solid currentColor; border-radius: 99px; font-size: .8125rem; font-weight: 600; color: var(--muted); }
.state.acc { color: var(--accent); background: var(--accent-bg); } .state.good { color: var(--good); background: var(--good-bg); }
.state.warn { color: var(--warn); background: var(--warn-bg); } .state.stop { color: var(--stop); background: var(--stop-bg); }
.lead, .note, .more { color: var(--muted); } .note, .more { font-size: .8125rem; }
progress { display: block; width: 100%; height: .6rem; margin-top: .75rem; accent-color: var(--accent); }
dl { display: block; margin-top: .75rem; }
dl div { grid-template-columns: 7rem 1fr; gap: .75rem; padding: .35rem 0; }
ul { padding-left: 1.1rem; } li { margin: .1rem 0; }
.warn h2 { color: var(--warn); } .stop h2 { color: var(--stop); }
details { margin-top: .75rem; border-top: 1px solid var(--rule); padding-top: .5rem; }
summary { cursor: pointer; font-weight: 600; }
.act { margin-top: 1rem; padding-top: .75rem; border-top: 1px solid var(--rule); }
button { font: inherit; font-weight: 600; min-height: 2.75rem; padding: .4rem 1.1rem; border: 1px solid var(--accent); border-radius: 5px; color: var(--on-accent); background: var(--accent); cursor: pointer; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
@media (max-width: 48rem) { main { padding: .9rem 1rem 1rem; } dl div { grid-template-columns: 6rem 1fr; } }
`;
