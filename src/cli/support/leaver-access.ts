import type { Effect } from "../../domain/effect.ts";
import type { MembershipEvent } from "../../domain/membership-event.ts";
import type { Run } from "../../domain/run.ts";
import { ops, takesAway } from "../../effects/kinds.ts";
import type { RunStore } from "../../store/store.ts";

/** Tools that take all access of a person who leaves. */
const OFFBOARDING: ReadonlySet<string> = new Set(["offboard_member", "plan_roster_changes"]);
const ACCESS: ReadonlySet<Effect["resource"]> = new Set<Effect["resource"]>([
  "board_membership",
  "workspace_membership",
  "enterprise_membership",
]);
/** How long (ms) after an offboarding a new access is told. */
const WATCHED_MS = 365 * 86_400_000;
/** How long (ms) before an event a run of this server may have sent what caused it. */
const OWN_MS = 10 * 60_000;
/** The newest effects that are looked through. */
const MOST = 5_000;

/**
 * The run that offboarded the person of an event that gives access; null if none did, if a later run of this server gave
 * access back, or if a run of this server is the cause of the event.
 */
export async function offboardingBefore(
  { kind, idMember, at }: MembershipEvent,
  runs: Pick<RunStore, "applied" | "begun" | "get">,
): Promise<Run | null> {
  if (idMember === null || (kind !== "added" && kind !== "reactivated")) return null;
  const before = (ms: number) => new Date(Date.parse(at) - ms).toISOString();
  const isTheirs = ({ target }: { readonly target: Readonly<Record<string, string>> }) =>
    target["idMember"] === idMember;
  const begun = await runs.begun(before(OWN_MS), "");
  if (begun.some(({ effect }) => isTheirs(effect) && !takesAway(effect))) return null;
  const applied = await runs.applied({ ops, since: before(WATCHED_MS), limit: MOST });
  const last = applied.find(({ effect }) => isTheirs(effect) && ACCESS.has(effect.resource));
  if (!last || !takesAway(last.effect)) return null;
  const run = await runs.get(last.runId);
  return run && OFFBOARDING.has(run.plan.tool) ? run : null;
}
