import { createHash } from "node:crypto";

// The page is stored, sent by mail and opened years later. So it must not load or send anything.
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/**
 * A whole HTML page in one file, with dark and light colours, for a screen, a phone and paper. `style` is added to the
 * common style sheet. `script` is the only script that may run; the page must be complete without it.
 */
export function page({
  title,
  body,
  style = "",
  script,
}: {
  readonly title: string;
  readonly body: Markup;
  readonly style?: string;
  readonly script?: string;
}): string {
  const policy =
    script === undefined
      ? POLICY
      : `${POLICY}; script-src 'sha256-${createHash("sha256").update(script).digest("base64")}'`;
  return textOf(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${written(STYLE + style)}</style>
</head>
<body>
${body}
${script === undefined ? "" : html`<script>${written(script)}</script>`}
</body>
</html>
`);
}

// A symbol marks trusted HTML. Parsed JSON can never contain a symbol, so a text from outside cannot be taken for
// trusted HTML.
const WRITTEN = Symbol("markup");

/** HTML that this program wrote. Any other value is escaped. */
export interface Markup {
  readonly [WRITTEN]: string;
}

type Part = Markup | string | number | readonly Part[];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A template for HTML. Its own text is HTML. Values in `${}` are escaped, in text and in quoted attributes. */
export function html(template: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { [WRITTEN]: template.map((text, index) => text + shown(parts[index] ?? "")).join("") };
}

/** A constant of this program, such as a style sheet, as trusted HTML. */
function written(constant: string): Markup {
  return { [WRITTEN]: constant };
}

/** The finished text. */
export function textOf(markup: Markup): string {
  return markup[WRITTEN];
}

function shown(part: Part): string {
  if (typeof part === "number") return String(part);
  if (typeof part === "string") return part.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
  return isMarkup(part) ? part[WRITTEN] : part.map(shown).join("");
}

function isMarkup(part: Markup | readonly Part[]): part is Markup {
  return WRITTEN in part;
}

/** The common style sheet: fonts of the reader's machine, and a contrast of at least 4.5 to 1. */
const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fbfaf8; --raised: #ffffff; --ink: #1c2024; --muted: #59626c; --rule: #dfddd8;
  --pass: #14633a; --pass-bg: #e9f3ec; --incomplete: #9a3412; --incomplete-bg: #fbeee6;
  --pending: #6b5300; --pending-bg: #f8f1d9;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15181b; --raised: #1c2024; --ink: #e7e8e6; --muted: #a0a8b0; --rule: #32383e;
    --pass: #7fd3a2; --pass-bg: #17291f; --incomplete: #f5a884; --incomplete-bg: #331f16;
    --pending: #e3c768; --pending-bg: #2c2612;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  overflow-wrap: anywhere; -webkit-text-size-adjust: 100%;
}
main { max-width: 72rem; margin: 0 auto; padding: 3.5rem 2rem 2.5rem; }
article > .list:first-child { margin-top: 0; }
h1, h2 { font-family: "Iowan Old Style", "Palatino Linotype", Palatino, Georgia, serif; font-weight: 600; text-wrap: balance; }
h1 { font-size: clamp(1.6rem, 1.2rem + 1.8vw, 2.3rem); line-height: 1.2; margin: 0 0 1.5rem; }
h2 { font-size: 1.45rem; line-height: 1.3; margin: 0 0 .5rem; }
h3 { font-size: 1rem; margin: 0 0 .5rem; }
.kicker { margin: 0 0 .5rem; color: var(--muted); font-size: .8rem; letter-spacing: .12em; text-transform: uppercase; }
code, .time { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; font-size: .82em; }
.pass { color: var(--pass); } .incomplete { color: var(--incomplete); } .pending { color: var(--pending); }
.verdict { display: flex; gap: 1rem; align-items: center; padding: 1rem 1.25rem; border: 1px solid currentColor; border-left-width: 6px; border-radius: 4px; }
.verdict.pass { background: var(--pass-bg); } .verdict.incomplete { background: var(--incomplete-bg); } .verdict.pending { background: var(--pending-bg); }
.verdict p { margin: 0; color: var(--ink); }
.verdict strong { display: block; font-size: 1.15rem; letter-spacing: .04em; }
.verdict.pass strong { color: var(--pass); } .verdict.incomplete strong { color: var(--incomplete); } .verdict.pending strong { color: var(--pending); }
.sign { flex: none; width: 2.25rem; height: 2.25rem; border: 2px solid currentColor; border-radius: 50%; text-align: center; font-size: 1.25rem; font-weight: 700; line-height: 2rem; }
nav { margin-top: 1.75rem; }
nav ol { margin: 0; padding-left: 1.5rem; } nav li span { margin-left: .5rem; font-size: .8rem; font-weight: 600; letter-spacing: .04em; }
a { color: inherit; text-underline-offset: .15em; }
article { margin-top: 2.25rem; }
article + article { margin-top: 3rem; padding-top: 2.25rem; border-top: 1px solid var(--rule); }
.list + dl { margin-top: 2rem; }
dl { display: grid; grid-template-columns: 1fr 1fr; column-gap: 3rem; margin: 0; }
dl div { display: grid; grid-template-columns: 10rem 1fr; gap: 1rem; padding: .5rem 0; border-top: 1px solid var(--rule); }
dt { color: var(--muted); } dd { margin: 0; }
.list, .changes { margin-top: 2rem; }
ul { margin: 0; padding-left: 1.25rem; } li { margin: .2rem 0; } li::marker { color: var(--muted); }
.count { margin-left: .35rem; color: var(--muted); font-weight: 400; }
.scroll { overflow-x: auto; background: var(--raised); border: 1px solid var(--rule); border-radius: 4px; }
.scroll:focus-visible, a:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
table { width: 100%; min-width: 60rem; border-collapse: collapse; font-size: .875rem; line-height: 1.45; font-variant-numeric: tabular-nums; }
th, td { padding: .55rem .85rem; text-align: left; vertical-align: top; border-top: 1px solid var(--rule); }
thead th { border-top: 0; color: var(--muted); font-weight: 600; white-space: nowrap; }
.number { width: 2.5rem; padding-right: 0; color: var(--muted); text-align: right; }
td code, td small, .line { display: block; }
td code, td small { color: var(--muted); } td strong { font-weight: 600; }
.time { white-space: nowrap; }
td:nth-child(3), td:nth-child(5) { min-width: 12rem; } td:nth-child(4) { min-width: 6rem; }
footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--rule); color: var(--muted); font-size: .85rem; }
footer p { margin: 0; max-width: 60rem; }
@media (max-width: 48rem) {
  main { padding: 1.75rem 1.1rem 2rem; }
  dl { grid-template-columns: 1fr; } dl div { grid-template-columns: 7rem 1fr; gap: .75rem; }
  .verdict { align-items: flex-start; padding: .9rem 1rem; }
}
@media print {
  :root {
    color-scheme: light;
    --paper: #ffffff; --raised: #ffffff; --ink: #000000; --muted: #444444; --rule: #bbbbbb;
    --pass: #14633a; --pass-bg: #ffffff; --incomplete: #9a3412; --incomplete-bg: #ffffff;
    --pending: #6b5300; --pending-bg: #ffffff;
  }
  @page { margin: 16mm 13mm; }
  body { font-size: 10pt; }
  main { max-width: none; padding: 0; }
  .scroll { overflow: visible; border: 0; } table, td:nth-child(n) { min-width: 0; } table { font-size: 8pt; }
  th, td { padding: .3rem .4rem; } thead { display: table-header-group; } tr, .verdict, dl div { break-inside: avoid; }
  h2, h3 { break-after: avoid; } a { text-decoration: none; }
}
`;
