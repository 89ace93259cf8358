import { writtenPerson } from "../../domain/written-person.ts";
import { type CsvRecord, csvRecords } from "./csv.ts";
import { isAboutThem } from "./decisions.ts";
import { type Column, type Header, isUnread, whichColumn } from "./header.ts";
import { phrases, words, wordsOf } from "./words.ts";

/**
 * Headings of columns that online forms add. In a table from such a form, the column `Email` has the address of the
 * person who filled in the form.
 */
const STAMPS = phrases(`
  timestamp, time stamp, start time, completion time, submitted, submitted at, submitted on, submission date,
  submission time, submission id, submit date, response id, respondent id, respondent, date submitted, zeitstempel,
  startzeit, fertigstellungszeit, eingereicht am, horodateur, heure de début, heure de fin, marca temporal,
  hora de inicio, hora de finalización, carimbo de data hora, informazioni cronologiche, tijdstempel, tidsstämpel,
  タイムスタンプ, 时间戳记, 타임스탬프, отметка времени`);
const YOURS = words(
  "your yours my mine you ihre ihr deine votre ton vos tu su sua seu tua uw jouw din twoj twój",
);

/**
 * Refuses a table whose column of emails may contain the people who filled in a form about leavers, instead of the
 * leavers. This is possible if the table has a second column about people, such as `Name of employee`.
 */
export function assertNoRespondents(lines: readonly string[], header: Header, person: Column): void {
  const others = header.columns.filter(
    ({ index, kind, title }) => index !== person.index && isOfPerson(kind) && isAboutThem(title),
  );
  if (others.length === 0) return;
  const { records } = csvRecords(lines.slice(header.line), header.delimiter, header.line + 1);
  const contradicts = others.filter(({ index }) => records.some((record) => isOther(record, index, person)));
  const isForm =
    header.columns.some(({ title }) => STAMPS.has(wordsOf(title).join(" "))) ||
    wordsOf(person.title).some((word) => YOURS.has(word));
  const asked = isForm && !isAboutThem(person.title) ? others : contradicts;
  if (asked.length > 0)
    throw whichColumn([person, ...asked], "Several columns are about people. Which one names the people");
}

function isOfPerson(kind: Column["kind"]): boolean {
  return isUnread(kind) || kind === "person" || kind === "name" || kind === "email";
}

/** Whether two columns of a row have different emails. */
function isOther({ fields }: CsvRecord, index: number, person: Column): boolean {
  const one = writtenPerson(fields[person.index] ?? "");
  const other = writtenPerson(fields[index] ?? "");
  return one?.kind === "email" && other?.kind === "email" && one.value !== other.value;
}
