import { clean, listNames } from "../../domain/text.ts";
import type { CsvRecord } from "./csv.ts";
import { type Column, type Header, isUnread } from "./header.ts";
import { GONE_VALUES, isBlank, PRESENT_VALUES, SOON_VALUES, yesOrNo } from "./status-words.ts";
import { wordsOf } from "./words.ts";

/**
 * A column that says whether a person still works at the company. `gone`: a "yes" in the column means that the person
 * has left.
 */
interface StatusColumn {
  readonly index: number;
  readonly kind: "active" | "gone";
  /**
   * Set if only the cells show that this is a status column, because its heading is unknown. The statuses may be about
   * something else, such as a laptop.
   */
  readonly byCells?: true;
}

/** What a status column says about a person. `unsure`: a status that this server does not know. */
export interface Status {
  readonly gone?: string;
  readonly guessed?: true;
  readonly soon?: string;
  readonly unsure?: string;
}

/**
 * Finds the status columns of a table by their headings. A column with any other heading is a status column if all of
 * its filled cells have known statuses, and some of them say "left" and others "present".
 */
export function statusColumns(
  records: readonly CsvRecord[],
  { columns }: Header,
  person: Column,
): readonly StatusColumn[] {
  return columns.flatMap(({ index, kind }): StatusColumn[] => {
    if (kind === "active" || kind === "gone") return [{ index, kind }];
    if (index === person.index || !(isUnread(kind) || kind === "person" || kind === "beside")) return [];
    const phrases = records.map(({ fields }) => wordsOf(fields[index] ?? "").join(" ")).filter(Boolean);
    const gone = phrases.filter((phrase) => GONE_VALUES.has(phrase));
    const present = phrases.filter((phrase) => PRESENT_VALUES.has(phrase));
    const isStatus = gone.length > 0 && present.length > 0 && gone.length + present.length >= phrases.length;
    return isStatus ? [{ index, kind: "active", byCells: true }] : [];
  });
}

/** What the status columns say about the person of a row. */
export function statusOf({ fields }: CsvRecord, columns: readonly StatusColumn[]): Status {
  const found = columns.map(({ index, kind, byCells }) => ({
    byCells,
    cell: clean(fields[index] ?? "", 40),
    says: standing(kind, fields[index] ?? ""),
  }));
  const [gone, ...others] = found.filter(({ says }) => says === "gone");
  if (gone) {
    const guessed = [gone, ...others].every(({ byCells }) => byCells);
    return { gone: gone.cell, ...(guessed && { guessed }) };
  }
  const unsure = found.find(({ says }) => says === "unsure");
  if (unsure) return { unsure: unsure.cell };
  const soon = found.find(({ says }) => says === "soon");
  return soon ? { soon: soon.cell } : {};
}

/** A note about statuses that this server does not know. People with such a status count as present. */
export function unknownStatuses(
  records: readonly CsvRecord[],
  columns: readonly StatusColumn[],
): readonly string[] {
  const odd = records.flatMap((record) => {
    const { unsure } = statusOf(record, columns);
    return unsure === undefined ? [] : [`line ${record.line} (${unsure})`];
  });
  return odd.length === 0 ? [] : [`Status not known, so these people count as present: ${listNames(odd)}.`];
}

const NEGATIONS = new Set("no not nicht kein keine keiner pas non nao niet geen inte ikke nie не".split(" "));
/** If one of these words follows a negation, the person has left: "no longer", "nicht mehr", "not active any more". */
const NO_LONGER = new Set("longer more anymore mehr mas meer langer lengre langre wiecej больше".split(" "));
/**
 * Words that say that a person works at the company. After a negation, such a word says that the person has left: "not
 * employed". The list does not contain "invited", because "not invited" does not mean that the person has left.
 */
const AT_WORK = new Set(
  `active enabled employed current working present here there aktiv angestellt beschaftigt tatig actif actifs employe
  present presente activo activa empleado ativo ativa attivo attiva actief aktywny aktywna anstalld ansat ansatt
  работает активен активна`.split(/\s+/),
);

function standing(kind: StatusColumn["kind"], cell: string): "gone" | "soon" | "here" | "unsure" {
  const words = wordsOf(cell);
  const phrase = words.join(" ");
  const answer = yesOrNo(cell);
  if (GONE_VALUES.has(phrase)) return "gone";
  if (kind === "gone") {
    if (answer === "no") return "here";
    return answer === "yes" || /\d/.test(cell) || GONE_VALUES.has(words[0] ?? "") ? "gone" : unsureOf(cell);
  }
  if (answer === "no") return "gone";
  // "Not yet active" is about a person who will come, so it must not be read as "not active".
  if (SOON_VALUES.has(phrase) || SOON_VALUES.has(words[0] ?? "")) return "soon";
  if (answer === "yes" || PRESENT_VALUES.has(phrase)) return "here";
  if (words.some((word) => NEGATIONS.has(word)))
    return words.some((word) => NO_LONGER.has(word) || AT_WORK.has(word)) ? "gone" : "unsure";
  if (GONE_VALUES.has(words[0] ?? "")) return "gone";
  if (PRESENT_VALUES.has(words[0] ?? "")) return "here";
  return words.some((word) => GONE_VALUES.has(word)) ? "gone" : unsureOf(cell);
}

/** An empty cell or a dash says nothing about the person, so the person counts as present. */
function unsureOf(cell: string): "here" | "unsure" {
  return isBlank(cell) ? "here" : "unsure";
}
