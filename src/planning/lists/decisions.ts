import { AppError } from "../../domain/error.ts";
import { clean, listNames } from "../../domain/text.ts";
import type { CsvRecord } from "./csv.ts";
import { type Column, type Header, isUnread } from "./header.ts";
import { NO, wordsOf, YES } from "./words.ts";

/**
 * What a cell says about the person of its row: takes away, keeps, gives, moves, yes or no. `yes` and `no` count only
 * in a column such as `Offboard?`.
 */
type Says = "takes" | "keeps" | "gives" | "moves" | "yes" | "no" | "nothing";

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).flatMap(wordsOf));

const WORDS: readonly (readonly [Says, ReadonlySet<string>])[] = [
  [
    "keeps",
    words(`keep keeps kept stay stays staying remain remains retain skip skipped ignore exclude excluded exception exempt
      not don't behalten bleibt ausnahme nicht conserver garder reste exception sauf mantener conservar excepto excepción
      manter exceto exceção mantenere eccetto eccezione houden behouden blijft uitzondering undantag behåll zostaje
      除外 対象外 残留 保留 保持 제외 유지 исключение оставить`),
  ],
  [
    "takes",
    words(`remove removal offboard offboarding delete deactivate deactivation disable leaver leaving termination terminate
      exit exiting revoke suspend departure resignation entfernen löschen deaktivieren austritt abgang kündigung supprimer
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

/** Words in the heading of a column whose cells answer yes or no. */
const ASKS =
  words(`action done completed complete processed confirmed confirm approved include included aktion maßnahme
  erledigt bestätigt fait traité action acción hecho ação feito azione fatto actie gedaan klar åtgärd handling
  処理 対象 対応 済 操作 처리 действие готово`);

/**
 * Refuses a table if a column says that only some of its rows are meant. Examples: `Action` with "remove" and "keep";
 * `Offboard?` with "yes" and "no"; `Type` with "Leaver" and "Joiner".
 */
export function assertOneDecision(records: readonly CsvRecord[], { columns }: Header, person: Column): void {
  const rows = records.filter(({ fields }) => (fields[person.index] ?? "") !== "");
  for (const { index, kind, title } of columns) {
    if (index === person.index || (!isUnread(kind) && kind !== "beside")) continue;
    const cells = rows.map(({ fields }) => fields[index] ?? "");
    if (cells.some((cell) => cell.includes("@"))) continue;
    const asks = wordsOf(title).some((word) => ASKS.has(word) || classOf([word]) !== null);
    const said = cells.map((cell) => says(cell, asks, kind));
    if (said.some((one) => one === null)) continue;
    const kinds = new Set(said);
    const decides = [...kinds].some((one) => one !== "nothing");
    if (!decides || (kinds.size === 1 && !kinds.has("keeps") && !kinds.has("no"))) continue;
    const values = [...new Set(cells.map((cell) => clean(cell, 40) || "(empty)"))];
    throw new AppError(
      "INPUT_INVALID",
      `The column ${clean(title, 60)} says what is to be done with each row: ${listNames(values)}. It is not certain which rows are meant.`,
      { next: "Call again with only the rows of the people who are meant, without that column." },
    );
  }
}

/**
 * What a cell says about its row; null if the cell is about something else. In a column of other people, such as
 * managers, only yes and no count.
 */
function says(cell: string, asks: boolean, kind: Column["kind"]): Says | null {
  const found = wordsOf(cell);
  const phrase = found.join(" ");
  if (found.length === 0) {
    if (/^[\s–—-]*$/.test(cell)) return "nothing";
    return asks ? (MARKS.get(cell.trim().replace(/\uFE0F$/, "")) ?? null) : null;
  }
  if (asks && YES.has(phrase)) return "yes";
  if (asks && NO.has(phrase)) return "no";
  // A cell with more than three such words is a free remark, so it says nothing certain.
  return found.length > 3 || kind === "beside" ? null : classOf(found);
}

const MARKS: ReadonlyMap<string, Says> = new Map([
  ...["✓", "✔", "☑", "✅"].map((mark) => [mark, "yes"] as const),
  ...["✗", "✘", "☐", "❌"].map((mark) => [mark, "no"] as const),
]);

function classOf(found: readonly string[]): Says | null {
  return WORDS.find(([, set]) => found.some((word) => set.has(word)))?.[0] ?? null;
}
