import { timeText } from "../../report/words.ts";
import { html, type Markup, textOf } from "../../report/page.ts";

/**
 * What every page contains around its content: navigation, the reader's name, and a mark if the accounts are only
 * emulated.
 */
export interface Frame {
  readonly title: string;
  /** The path below which this reader's pages are; null for a page without a reader. */
  readonly base: string | null;
  /** The path below which the style sheet is. Only a page without a reader (`base` is null) needs it. */
  readonly assets?: string;
  /**
   * The secret text in the form to sign out. It proves that the form comes from this page. Missing if the reader did
   * not sign in.
   */
  readonly signOut?: string;
  readonly place: "waiting" | "runs" | "reviews" | null;
  /** How many plans wait for a decision. */
  readonly waiting: number;
  /** The reader's name, as it is recorded with decisions. */
  readonly reader: string | null;
  /** True if Trello and Atlassian are emulated by the sandbox. */
  readonly sandbox: boolean;
  /**
   * The state that the page shows. The page's script checks every second whether this state has changed. Missing if
   * this state can no longer change.
   */
  readonly state?: string;
  /** The URL from which the page is loaded again. After a form was sent, it differs from the present URL. */
  readonly path?: string;
}

/** A whole HTML page as text. Names in `body` are escaped by its templates. */
export function framed(frame: Frame, body: Markup): string {
  const { title, base, state, path, sandbox, reader } = frame;
  const assets = base ?? frame.assets ?? "";
  return textOf(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${assets}/page.css">
${base === null ? "" : html`<script src="${base}/page.js" defer></script>`}
</head>
<body data-state="${state ?? "still"}" data-page="${path ?? ""}">
<a class="skip" href="#main">Skip to the content</a>
<header class="bar"><div>
<span class="brand">trello-identity-mcp</span>
${base === null ? "" : navigation(base, frame)}
<div class="reader">${sandbox ? html`<span class="env">Sandbox: no real account is changed</span>` : ""}
${reader === null ? "" : html`<span>You are <bdi>${reader}</bdi></span>`}${
  frame.signOut === undefined
    ? ""
    : html`<form method="post" action="${base ?? ""}/sign-out"><input type="hidden" name="token" value="${frame.signOut}"><button type="submit">Sign out</button></form>`
}</div>
</div></header>
<main id="main" tabindex="-1">
${body}
</main>
<footer class="foot"><p>Times are UTC<span class="local"></span>. Names are shown as text. Every decision is written to the audit log.</p></footer>
</body>
</html>
`);
}

function navigation(base: string, { place, waiting }: Frame): Markup {
  const item = (name: Frame["place"], path: string, text: string) =>
    html`<li>${
      place === name
        ? html`<a href="${base}${path}" aria-current="page">${text}</a>`
        : html`<a href="${base}${path}">${text}</a>`
    }</li>`;
  return html`<nav aria-label="Pages"><ul>${item("waiting", "/", `Waiting (${waiting})`)}${item("runs", "/runs", "Runs")}${item("reviews", "/reviews", "Reviews")}</ul></nav>`;
}

export type Tone = "good" | "warn" | "stop" | "acc" | "plain";
export type Icon = "good" | "warn" | "stop" | "unverified" | "blind" | "wait" | "run" | "stays";

// Each symbol has its own shape, so that readers who do not see colours can tell the symbols apart.
const SHAPES: Readonly<Record<Icon, Markup>> = {
  good: html`<circle cx="12" cy="12" r="9"/><path d="m8 12 3 3 5-6"/>`,
  warn: html`<path d="M12 3 22 20H2z"/><path d="M12 10v4m0 3v.01"/>`,
  stop: html`<path d="M8 3h8l5 5v8l-5 5H8l-5-5V8z"/><path d="M12 8v5m0 3v.01"/>`,
  unverified: html`<circle cx="12" cy="12" r="9" stroke-dasharray="4 3"/><path d="M9.5 9.5a2.5 2.5 0 1 1 2.5 3v1m0 3v.01"/>`,
  blind: html`<path d="M2 12s4-7 10-7 10 7 10 7-4 7-10 7-10-7-10-7z"/><path d="M4 20 20 4"/>`,
  wait: html`<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3 3"/>`,
  run: html`<path d="M20 12a8 8 0 1 1-3-6m3-3v4h-4"/>`,
  stays: html`<path d="M5 9h14M5 15h14"/>`,
};

export function icon(name: Icon): Markup {
  return html`<svg class="i" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${SHAPES[name]}</svg>`;
}

/** A short label with a symbol, in a colour that shows the meaning of the label. */
export function tag(tone: Tone, shape: Icon | null, text: string): Markup {
  return html`<span class="tag ${tone}">${shape === null ? "" : icon(shape)}${text}</span>`;
}

/** A time in UTC. The page's script adds the time in the reader's time zone. */
export function time(iso: string): Markup {
  return html`<time datetime="${iso}">${timeText(iso)}</time>`;
}

/**
 * The time that is left until `until`: in days, in hours, or in minutes and seconds. The page's script continues the
 * text in the same form. `now`: milliseconds since 1970.
 */
export function leftText(until: string, now: number): string {
  const left = Math.max(0, Math.floor((Date.parse(until) - now) / 1000));
  if (left >= 2 * 86_400) return `${Math.floor(left / 86_400)} days`;
  if (left >= 2 * 3_600) return `${Math.floor(left / 3_600)} hours`;
  return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
}

export interface Note {
  readonly tone: Tone;
  readonly shape: Icon;
  readonly word: string;
  readonly text: string;
}

/**
 * How many notes a list shows. The other notes appear after a click. So the reader need not scroll far to the people,
 * who are listed below the notes.
 */
const NOTES_SHOWN = 20;

/** A list of sentences with a title. Each sentence is marked with a word. Nothing is shown if the list is empty. */
export function notes(id: string, title: string, list: readonly Note[]): Markup | "" {
  if (list.length === 0) return "";
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title} <span class="count">${list.length}</span></h2>
${noteList(list.slice(0, NOTES_SHOWN))}${
  list.length <= NOTES_SHOWN
    ? ""
    : html`<details><summary>${list.length - NOTES_SHOWN} more</summary>${noteList(list.slice(NOTES_SHOWN))}</details>`
}</section>`;
}

function noteList(list: readonly Note[]): Markup {
  return html`<ul class="notes">${list.map(
    ({ tone, shape, word, text }) => html`<li>${tag(tone, shape, word)}<div><bdi>${text}</bdi></div></li>
`,
  )}</ul>`;
}

/** A name with its value below it, as a part of a list of facts. */
export function fact(name: string, value: Markup): Markup {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}

/** Text from outside. It is shown only as text, with its own direction of writing. */
export function bdi(text: string): Markup {
  return html`<bdi>${text}</bdi>`;
}
