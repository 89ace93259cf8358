import type { Effect } from "../../domain/effect.ts";
import type { MembershipEvent } from "../../domain/membership-event.ts";
import type { Run } from "../../domain/run.ts";
import { ops, takesAway } from "../../effects/kinds.ts";
import type { RunStore } from "../../store/store.ts";

/** Tools that take away all access of a person who leaves the company. */
const OFFBOARDING: ReadonlySet<string> = new Set(["offboard_member", "plan_roster_changes"]);
const ACCESS: ReadonlySet<Effect["resource"]> = new Set<Effect["resource"]>([
  "board_membership",
  "workspace_membership",
  "enterprise_membership",
]);
/** A message that an offboarded person has access again is sent only within this time (ms) after the offboarding. */
const WATCHED_MS = 365 * 86_400_000;
/** If a run of this server began at most this long (ms) before an event, the run may be the cause of the event. */
const OWN_MS = 10 * 60_000;
/** At most this many effects of earlier runs are searched for the offboarding, the newest first. */
const MOST = 5_000;

/**
 * The key under which the store notes that a message about an offboarded person's new access was sent. So either the
 * service or the command `watch` sends this message, and only once.
 */
export function leaverKey(
  idMember: string | null,
  { place, at }: { readonly place: { readonly id: string }; readonly at: string },
): string {
  return `leaver:${idMember}:${place.id}:${at}`;
}

/**
 * The run that offboarded a person who now gets access again. null in these cases:
 * - The event gives no access, or no run offboarded the person.
 * - A later run of this server gave the person access again.
 * - A run of this server is the cause of the event.
 */
export async function offboardingBefore(
  { kind, idMember, at }: Pick<MembershipEvent, "idMember" | "at"> & { readonly kind: string },
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
