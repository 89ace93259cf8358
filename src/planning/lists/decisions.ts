import { AppError } from "../../domain/error.ts";
import { clean, listNames } from "../../domain/text.ts";
import { writtenPerson } from "../../domain/written-person.ts";
import type { CsvRecord } from "./csv.ts";
import type { Column, Header } from "./header.ts";
import { isBlank, yesOrNo } from "./status-words.ts";
import { isBesideOnly, PERSON, words, wordsOf } from "./words.ts";

/**
 * What a cell says about the person of its row: takes something away, keeps, gives, moves, yes or no.
 * - `yes` and `no`: only in a column that asks a question, such as `Offboard?`.
 * - `self` and `beside`: the row is about the person of the list, or about another person, such as the manager.
 * - `names a keep`: a word such as "keep" stands in the cell, but not at the beginning, so it may be a surname.
 * - `nothing`: the cell is empty. `other`: the cell says anything else.
 */
type Says =
  | "takes"
  | "keeps"
  | "names a keep"
  | "gives"
  | "moves"
  | "yes"
  | "no"
  | "self"
  | "beside"
  | "nothing"
  | "other";

const WORDS: readonly (readonly [Says, ReadonlySet<string>])[] = [
  [
    "keeps",
    words(`cancel cancelled canceled withdraw withdrawn withdrew rescinded hold postponed deferred rejected declined denied
      retained abgesagt storniert zurückgezogen abgelehnt verschoben annulé refusé reporté cancelado rechazado aplazado
      recusado adiado annullato rifiutato rinviato geannuleerd geweigerd uitgesteld keep keeps kept stay stays staying remain remains retain skip skipped ignore exclude excluded exception exempt
      not don't behalten bleibt ausnahme nicht conserver garder reste exception sauf mantener conservar excepto excepción
      manter exceto exceção mantenere eccetto eccezione houden behouden blijft uitzondering undantag behåll zostaje
      除外 対象外 残留 保留 保持 제외 유지 исключение оставить`),
  ],
  [
    "takes",
    words(`remove removal offboard offboarding delete deactivate deactivation disable leaver leaving termination terminate
      exit exiting revoke suspend departure resignation entfernen entfernt gelöscht deaktiviert löschen deaktivieren austritt abgang kündigung supprimer
      retirer désactiver départ eliminar quitar desactivar remover desativar desligamento saída rimuovere disattivare
      uscita verwijderen deactiveren uitdienst avsluta fjern usunąć 削除 退職 離職 无效 离职 퇴사 삭제 удалить увольнение`),
  ],
  [
    "gives",
    words(`joiner joining join hire hiring add addition invite onboard onboarding create starter eintritt neueintritt einladen
      einstellung ajouter inviter arrivée embauche alta añadir invitar contratación adicionar convidar admissão aggiungere
      invitare assunzione toevoegen uitnodigen indienst 追加 招待 入社 入职 입사 추가 добавить`),
  ],
  [
    "moves",
    words(
      "mover move moving transfer promotion wechsel versetzung mutation traslado transferência 異動 调动",
    ),
  ],
];

/** Words in the heading of a column whose cells say what is to be done, or answer yes or no. */
const ASKS =
  words(`action done completed complete processed confirmed confirm approved include included request decision verdict
  outcome plan todo scope still here entscheidung beschluss antrag décision decisión decisão decisione beslissing demande
  aktion maßnahme noch da erledigt bestätigt fait traité action acción hecho ação feito azione fatto actie gedaan klar
  åtgärd handling 処理 対象 対応 済 操作 처리 действие готово`);

/**
 * Headings of a column with the day on which a person leaves. In a table of all staff, only the people who leave have a
 * day in this column.
 */
const LAST_DAY =
  /^(?:(?:left|(?:last|final)(?: working)? day|(?:contract |employment )?end(?: date)?|(?:leaving|leave|exit|term|termination|departure|separation|offboarding)(?: date| day| on)?|end of (?:contract|employment)|letzter (?:arbeits)?tag|vertragsende|einddatum|slutdatum|退職日|離職日|离职日期|퇴사일)|(?:austritts|kundigungs|enddatum|dernier jour|date de (?:depart|sortie|fin)|fecha de (?:baja|salida|fin)|ultimo dia|data d[ie] (?:saida|desligamento|uscita|cessazione|fine)).*)$/u;
/** A cell that contains no last day. Some personnel systems write a day far in the future for people who stay. */
const NO_DAY = /^(?:[\s–—-]*|n\/?a|none|.*(?:9999|2999|2099).*)$/i;

/**
 * Refuses a table if a column says that only some of its rows are meant. Examples: `Action` with "remove" and "keep";
 * `Offboard?` with "yes" and "no"; `Type` with "Leaver" and "Manager"; `Last day` with a day in some rows only.
 * `isRoster`: the table lists all people of a company. Titles, last days and remarks are then only facts about the
 * people and no reason to refuse the table.
 */
export function assertOneDecision(
  records: readonly CsvRecord[],
  { columns }: Header,
  person: Column,
  isRoster: boolean,
): void {
  const rows = records.filter(({ fields }) => {
    const cell = fields[person.index] ?? "";
    return person.kind === "email" ? writtenPerson(cell) !== null : cell !== "";
  });
  for (const { index, kind, title } of columns) {
    if (index === person.index || !READ.includes(kind)) continue;
    const cells = rows.map(({ fields }) => fields[index] ?? "");
    const isDecision = isRoster
      ? decides(cells, title, kind, FACTS)
      : differ(cells, title) || decides(cells, title, kind, []);
    if (!isDecision || cells.some((cell) => cell.includes("@"))) continue;
    const values = [...new Set(cells.map((cell) => clean(cell, 40) || "(empty)"))];
    throw new AppError(
      "INPUT_INVALID",
      `The column ${clean(title, 60)} says what is to be done with each row: ${listNames(values)}. It is not certain which rows are meant.`,
      { next: "Call again with only the rows of the people who are meant, without that column." },
    );
  }
}

const READ: readonly Column["kind"][] = ["unknown", "department", "beside", "person", "role"];

/** Whether only some rows have a last day. */
function differ(cells: readonly string[], title: string): boolean {
  if (!LAST_DAY.test(wordsOf(title).join(" "))) return false;
  const days = cells.filter((cell) => !NO_DAY.test(cell)).length;
  return days > 0 && days < cells.length;
}

/**
 * The kinds of cells that only state facts about people. If a column of a roster (a table of all people) contains such
 * a cell, the column does not say what is to be done with them.
 */
const FACTS: readonly Says[] = ["other", "self", "beside", "names a keep"];

function decides(
  cells: readonly string[],
  title: string,
  kind: Column["kind"],
  facts: readonly Says[],
): boolean {
  const heading = wordsOf(title);
  const isAction = heading.some((word) => ASKS.has(word));
  const asks = isAction || classOf(heading) !== null;
  const said = cells.map((cell) => says(cell, asks, kind));
  const kinds = new Set(said);
  if (facts.some((each) => kinds.has(each))) return false;
  if (kinds.has("keeps") || (asks && kinds.has("no"))) return true;
  if (kinds.has("beside") && ["self", "takes", "gives"].some((each) => kinds.has(each as Says))) return true;
  // If a cell of a column has a free remark (`other`), the column usually says nothing about what is to be done. It
  // still counts if its heading asks for an action, or if another cell of the column answers "yes".
  if (kinds.has("other") && !(asks && (isAction || kinds.has("yes")))) return false;
  const answers = [...kinds].filter((one) => one !== "self" && one !== "beside");
  if (kinds.has("names a keep")) return true;
  return answers.length > 1 && answers.some((one) => one !== "nothing" && one !== "other");
}

/**
 * What a cell says about the person of its row. In a column about other people, such as managers, only three answers
 * count: yes, no, and a single word such as "keep" or "rejected".
 */
function says(cell: string, asks: boolean, kind: Column["kind"]): Says {
  if (isBlank(cell)) return "nothing";
  const answer = asks ? yesOrNo(cell) : null;
  if (answer !== null) return answer;
  const found = wordsOf(cell);
  if (found.length === 0) return "other";
  if (kind === "beside") return found.length === 1 && isKept(found) ? "keeps" : "other";
  if (isKept(found)) return "keeps";
  if (isBesideOnly(found)) return "beside";
  if (found.every((word) => SELF.has(word))) return classOf(found) ?? "self";
  // A cell with more than three words is a free remark, so this server draws no conclusion from it.
  const short = found.length > 3 ? null : classOf(found);
  return short === "keeps" ? "names a keep" : (short ?? "other");
}

const SELF: ReadonlySet<string> = new Set([...PERSON, "self", "subject"]);
const FILLERS = words("on please do does is are will to he she they bitte wird soll");

/** Whether a text begins with "keep", "please do not" or the like. So the name "Kim Keep" does not count. */
function isKept(found: readonly string[]): boolean {
  const first = found.find((word) => !FILLERS.has(word));
  return first !== undefined && WORDS.some(([one, set]) => one === "keeps" && set.has(first));
}

/** Whether a heading is about the people of the list: "Leaver", "Name of employee", "Who is leaving?". */
export function isAboutThem(title: string): boolean {
  const found = wordsOf(title);
  return found.some((word) => SELF.has(word)) || classOf(found) !== null;
}

function classOf(found: readonly string[]): Says | null {
  return WORDS.find(([, set]) => found.some((word) => set.has(word)))?.[0] ?? null;
}
