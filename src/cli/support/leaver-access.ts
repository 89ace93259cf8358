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
/** How long (ms) after an offboarding people are told if the person gets access again. */
const WATCHED_MS = 365 * 86_400_000;
/**
 * A run of this server may be the cause of an event. Runs that began at most this long (ms) before the event are
 * checked.
 */
const OWN_MS = 10 * 60_000;
/** At most this many effects are searched, the newest first. */
const MOST = 5_000;

/**
 * A key for the new access of an offboarded person. With the key, people are told only once, by the service or by the
 * command `watch`.
 */
export function leaverKey(
  idMember: string | null,
  { place, at }: { readonly place: { readonly id: string }; readonly at: string },
): string {
  return `leaver:${idMember}:${place.id}:${at}`;
}

/**
 * The run that offboarded the person of an event that gives access. null if: - no run offboarded the person; - a later
 * run of this server gave access back; - a run of this server is the cause of the event.
 */
export async function offboardingBefore(
  { kind, idMember, at }: Pick<MembershipEvent, "kind" | "idMember" | "at">,
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
