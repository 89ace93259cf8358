import { isCsv, readEmailColumn } from "./csv.ts";

/** Somebody of a list about whom nothing is done, and why. */
export interface Missed {
  readonly query: string;
  readonly why: string;
}

export interface NameList {
  /** Each once, whatever the case it was written in. */
  readonly names: readonly string[];
  /** Lines of a CSV that cannot be read. */
  readonly unreadable: readonly Missed[];
}

/**
 * Names, ids or emails of a pasted list: lines, commas or semicolons apart; or the email column of a CSV, of which only
 * that column matters. INPUT_INVALID where a CSV names a column of emails otherwise than `email`.
 */
export function readList(text: string | readonly string[]): NameList {
  if (typeof text !== "string") return { names: withoutDoubles(text), unreadable: [] };
  if (isCsv(text)) {
    const { invitees, problems } = readEmailColumn(text);
    return {
      names: withoutDoubles(invitees.map(({ email }) => email)),
      unreadable: problems.map(({ line, text: row, why }) => ({ query: `line ${line} (${row})`, why })),
    };
  }
  const names = text.split(/[\r\n,;]+/).map((name) => /<([^<>]+)>/.exec(name)?.[1] ?? name);
  return { names: withoutDoubles(names), unreadable: [] };
}

function withoutDoubles(names: readonly string[]): readonly string[] {
  const first = new Map<string, string>();
  for (const name of names.map((each) => each.trim()).filter(Boolean)) {
    const key = name.replace(/^@/, "").toLowerCase();
    if (!first.has(key)) first.set(key, name);
  }
  return [...first.values()];
}
