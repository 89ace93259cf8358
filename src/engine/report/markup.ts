// A key that no parsed data can have, so that nothing from outside passes for markup.
const WRITTEN = Symbol("markup");

/** HTML that was written here; everything else is text and is escaped. */
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

/** A template of HTML: what is written in it is markup, what is put into it is escaped, in text and in quoted attributes. */
export function html(template: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { [WRITTEN]: template.map((text, index) => text + shown(parts[index] ?? "")).join("") };
}

/** A constant of this program as markup, for what no template can hold, such as a style sheet. */
export function written(constant: string): Markup {
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
