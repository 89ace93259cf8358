import { phrases, wordsOf } from "./words.ts";

// Headings and values of columns that say whether a person still works in the company, and words for yes and no.

/** Headings of a column that says whether a person still works in the company, by a status or by "yes". */
export const ACTIVE = phrases(`
  status, state, active, enabled, is active, account enabled, account status, user status, member status,
  employee status, employment status, worker status, lifecycle state, aktiv, statut, etat, actif, active, estado,
  activo, habilitado, ativo, situacao, stato, attivo, actief, aktywny, stan, ステータス, 状態, 状态, статус`);
/** Headings of a column in which "yes" means that the person has left. */
export const GONE = phrases(`
  suspended, is suspended, archived, is archived, deactivated, is deactivated, disabled, is disabled, inactive,
  terminated, is terminated, deleted, is deleted, blocked, block sign in, blocked sign in, sign in blocked, gesperrt,
  deaktiviert, inaktiv, désactivé, suspendu, desactivado, suspendido, desativado, suspenso, disattivato, sospeso,
  gedeactiveerd, nieaktywny`);

/**
 * Values that say that the person has left the company, or that the row must be left out. Values for bots are here too,
 * because a bot is no person.
 */
export const GONE_VALUES = phrases(`
  deactivated, suspended, inactive, disabled, terminated, deleted, deprovisioned, archived, blocked, left, departed,
  former, former employee, not active, no longer active, bot, exited, resigned, retired, dismissed, discharged,
  laid off, separated, offboarded, closed, revoked, removed, ex employee, ex, gone, account closed, deaktiviert,
  inaktiv, gesperrt, ausgeschieden, ausgetreten, gekündigt, entlassen, verlassen, gelöscht, ehemalig, ehemaliger,
  ehemalige, beendet, pensioniert, redundant, made redundant, termed, fired, quit, sacked, expired, deceased, offboarding, désactivé, désactivée, inactif, suspendu, suspendue, parti, partie, sorti, sortie,
  licencié, licenciée, démissionnaire, retraité, retraitée, supprimé, supprimée, bloqué, bloquée, archivé, ancien,
  ancienne, desactivado, desactivada, inactivo, inactiva, suspendido, suspendida, baja, de baja, dado de baja,
  dada de baja, cesado, cesada, despedido, despedida, retirado, retirada, jubilado, jubilada, eliminado, eliminada,
  bloqueado, bloqueada, desativado, desativada, inativo, inativa, suspenso, suspensa, desligado, desligada, demitido,
  demitida, rescindido, aposentado, aposentada, excluído, excluída, disattivato, disattivata, inattivo, inattiva,
  sospeso, sospesa, cessato, cessata, dimesso, dimessa, licenziato, licenziata, bloccato, eliminato, gedeactiveerd,
  inactief, uit dienst, vertrokken, ontslagen, geblokkeerd, verwijderd, inaktiverad, avslutad, slutat, uppsagd,
  spärrad, inaktiveret, fratrådt, opsagt, ophørt, deaktivert, sluttet, dezaktywowany, dezaktywowana, nieaktywny,
  nieaktywna, zawieszony, zawieszona, zwolniony, zwolniona, zablokowany, były, była, neaktivní, ukončen, pasif,
  ayrıldı, 無効, 無効化, 停止, 停止中, 停止済み, 退職, 退職済み, 退職者, 退社, 退社済み, 解雇, 削除済み, 已停用, 停用, 离职, 已离职, 禁用, 已禁用, 已离开, 離職, 已離職, 停權, 퇴사,
  퇴직, 퇴사자, 비활성, 비활성화, 정지, неактивен, неактивна, уволен, уволена, заблокирован, заблокирована, отключен, отключена`);
/**
 * Values that say that the person still works in the company. If a value is neither here nor in GONE_VALUES, a note of
 * the answer names it.
 */
export const PRESENT_VALUES = phrases(`
  active, activated, enabled, current, employed, present, invited, pending, staged, provisioned, new, onboarding, ok,
  valid, verified, member, admin, owner, primary, guest, single, multi, password expired, recovery, locked, regular, full time, part time, permanent, temporary, contractor, intern, aktiv, actif, active,
  présent, présente, en poste, activo, activa, vigente, alta, ativo, ativa, attivo, attiva, in servizio, actief,
  in dienst, aktywny, aktywna, zatrudniony, aktif, anställd, ansat, ansatt, 有効, 在籍, 在職, 在籍中, 在职, 在職中, 启用, 正常,
  활성, 재직, 재직중, активен, активна, работает`);
/**
 * Values that say that the person has not begun to work yet, or has not activated the account yet. The person counts as
 * present.
 */
export const SOON_VALUES = phrases(`
  staged, pending, invited, onboarding, preboarding, pre boarding, prehire, pre hire, pre start, not started,
  not yet started, not started yet, not yet active, not active yet, not activated, not yet activated, unactivated,
  unapproved, password pending, future, future start, future hire, scheduled, offer accepted, starts, joining,
  künftig, zukünftig, noch nicht gestartet, noch nicht aktiv, eingeladen, ausstehend, en attente, à venir, invité,
  invitée, pendiente, pendente, in attesa, uitgenodigd, inviterad, oczekujący, zaproszony, 入社予定, 内定, 待入职, 입사예정`);
const YES = phrases("yes, y, true, 1, x, ja, j, oui, o, si, s, sim, tak, はい, да, ✓, wahr, vrai, verdadero");
const NO = phrases("no, n, false, 0, nein, non, nee, nej, nao, não, nie, いいえ, нет, falsch, faux, falso");

/** Marks in a cell that mean yes or no. */
const MARKS_YES: ReadonlySet<string> = new Set(["✓", "✔", "☑", "✅", "🟢"]);
const MARKS_NO: ReadonlySet<string> = new Set(["✗", "✘", "☐", "❌", "🔴", "🚫"]);

/** Whether a cell says yes or no, by a word or by a mark; null if it says anything else. */
export function yesOrNo(cell: string): "yes" | "no" | null {
  const phrase = wordsOf(cell).join(" ");
  const mark = cell.trim().replace(/\uFE0F$/, "");
  if (YES.has(phrase) || MARKS_YES.has(mark)) return "yes";
  return NO.has(phrase) || MARKS_NO.has(mark) ? "no" : null;
}

/** Whether a cell is empty, or contains only dashes. */
export function isBlank(cell: string): boolean {
  return /^[\s–—-]*$/.test(cell);
}
