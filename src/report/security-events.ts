import { type AuditRecord, factsOf } from "../domain/audit.ts";
import { type Effect, placeText } from "../domain/effect.ts";
import type { Json } from "../domain/json.ts";
import type { Plan, Subject } from "../domain/plan.ts";
import { clean } from "../domain/text.ts";

/** What an event is about: a decision on what a person may do, or a change of an account. */
export type Activity =
  | "authorize"
  | "create"
  | "enable"
  | "disable"
  | "delete"
  | "attach"
  | "detach"
  | "other_change"
  | "other";
type Outcome = "success" | "failure" | "unknown" | "waiting";
export type Severity = "informational" | "low" | "medium" | "high";

/** An event for security monitoring systems: an audit record, or one effect of a run that ended. */
export interface SecurityEvent {
  readonly record: AuditRecord;
  /** The event's id. It is the same in every export of the same record. */
  readonly id: string;
  /** The name of the audit record or effect, for example `run.finished`. */
  readonly name: string;
  readonly activity: Activity;
  readonly outcome: Outcome;
  readonly severity: Severity;
  readonly message: string;
  /** The person who is changed. If the event is not about an effect: the account that asked for the plan. */
  readonly user: { readonly uid: string; readonly name?: string; readonly email?: string };
  /** Who decided, or who asked. */
  readonly by: string;
  readonly place: { readonly uid: string; readonly name: string } | null;
}

interface Kind {
  readonly says: string;
  readonly severity: Severity;
  readonly outcome: Outcome;
}

const KINDS: Readonly<Record<string, Kind>> = {
  "plan.held": { says: "A plan waits", severity: "informational", outcome: "waiting" },
  "plan.stale": {
    says: "A plan is no longer valid, because something that it depends on changed",
    severity: "low",
    outcome: "failure",
  },
  sign_in: { says: "A sign-in at Trello was stored", severity: "low", outcome: "success" },
  sign_out: {
    says: "A sign-in or token for Trello was ended by logout",
    severity: "low",
    outcome: "success",
  },
  "run.started": { says: "A run started", severity: "informational", outcome: "success" },
  "run.resumed": { says: "A run goes on", severity: "informational", outcome: "success" },
  "run.paused": { says: "A run paused", severity: "low", outcome: "unknown" },
  "run.stopped": { says: "A run was stopped", severity: "medium", outcome: "failure" },
  "retention.deleted": {
    says: "Plans, runs and reviews that ended long ago were deleted",
    severity: "informational",
    outcome: "success",
  },
  "review.started": { says: "A named review started", severity: "informational", outcome: "waiting" },
  "review.proposed": {
    says: "An agent proposed decisions of a review",
    severity: "informational",
    outcome: "unknown",
  },
  "review.decided": { says: "A reviewer decided", severity: "informational", outcome: "success" },
  "review.checked": {
    says: "The list of a signed review was read again",
    severity: "informational",
    outcome: "success",
  },
  "review.signed": { says: "A reviewer signed a review", severity: "informational", outcome: "success" },
};
const UNKNOWN: Kind = { says: "An event", severity: "informational", outcome: "unknown" };

/**
 * The events for one audit record. Usually this is one event; at the end of a run, there is one more for each effect.
 * `plan`: the plan of the record, if the store still has it. The names of people are read from the plan.
 */
export function securityEvents(record: AuditRecord, plan: Plan | null): readonly SecurityEvent[] {
  const event = wholeEvent(record, plan);
  return record.event === "run.finished" ? [event, ...effectEvents(event, plan)] : [event];
}

function wholeEvent(record: AuditRecord, plan: Plan | null): SecurityEvent {
  const said = factsOf(record);
  const name = plan && clean(plan.principal.name);
  return {
    record,
    id: String(record.seq),
    name: record.event,
    activity: record.event === "plan.decided" && said["accepted"] === true ? "authorize" : "other",
    ...judge(record),
    message: clean(`${saysOf(record)}: ${plan?.summary ?? record.tool}`, 300),
    user: { uid: record.principal, ...(name !== null && { name }) },
    by: textOf(said["by"]) ?? textOf(said["decidedBy"]) ?? record.principal,
    place: null,
  };
}

function judge(record: AuditRecord): Pick<SecurityEvent, "outcome" | "severity"> {
  const said = factsOf(record);
  if (record.event === "plan.decided")
    return said["accepted"] === true
      ? { outcome: "success", severity: "informational" }
      : { outcome: "failure", severity: "low" };
  if (record.event === "run.finished") {
    const result = said["evidence"];
    if (result === "PASS") return { outcome: "success", severity: "informational" };
    if (result === "UNVERIFIED") return { outcome: "unknown", severity: "low" };
    return { outcome: "failure", severity: result === "FAIL" ? "high" : "medium" };
  }
  const { outcome, severity } = KINDS[record.event] ?? UNKNOWN;
  return { outcome, severity };
}

function saysOf(record: AuditRecord): string {
  const said = factsOf(record);
  if (record.event === "plan.decided")
    return `${said["accepted"] === true ? "Approved" : "Rejected"} by ${textOf(said["by"]) ?? "an unknown person"} (${textOf(said["level"])})`;
  if (record.event === "run.finished") return `A run ended, evidence ${textOf(said["evidence"]) ?? "none"}`;
  return (KINDS[record.event] ?? UNKNOWN).says;
}

function effectEvents(whole: SecurityEvent, plan: Plan | null): readonly SecurityEvent[] {
  const outcomes = factsOf(whole.record)["effects"];
  if (!Array.isArray(outcomes)) return [];
  return (outcomes as readonly Json[]).map((each, index) => {
    const said = factsOf({ facts: each });
    const effect = plan?.effects[index];
    const op = textOf(said["op"]) || "effect";
    const outcome = outcomeOf(said["state"]);
    const takes = effect !== undefined && ["disable", "delete", "detach"].includes(activityOf(effect));
    return {
      ...whole,
      id: `${whole.id}.${index + 1}`,
      name: op,
      activity: effect ? activityOf(effect) : "other_change",
      outcome,
      severity: outcome === "failure" ? "medium" : takes ? "low" : "informational",
      message: clean(effect?.description ?? `${op} ${textOf(said["id"]) ?? ""}`, 300),
      user: effect ? userOf(effect, plan?.subjects ?? []) : { uid: textOf(said["id"]) || op },
      place: effect?.place ? { uid: effect.place.id, name: placeText(effect.place) } : null,
    };
  });
}

function outcomeOf(state: Json | undefined): Outcome {
  if (state === "applied" || state === "already") return "success";
  return state === "failed" ? "failure" : "unknown";
}

const FLAGS: Readonly<Record<string, boolean>> = {
  active: true,
  enabled: true,
  licensed: true,
  deactivated: false,
  suspended: false,
};

/** The kind of change that an effect makes. It follows from the states before and after the effect. */
function activityOf({ resource, target, before, after }: Effect): Activity {
  const isAccount = resource === "scim_user" || resource === "scim_group";
  const isAccess = resource.endsWith("membership");
  if (after === null) return isAccount ? "delete" : isAccess ? "detach" : "other_change";
  const flag = Object.entries(factsOf({ facts: after })).find(([name]) => name in FLAGS);
  if (before !== null && flag) return flag[1] === FLAGS[flag[0]] ? "enable" : "disable";
  if (before === null && (isAccount || (target["email"] && isAccess))) return "create";
  return isAccess ? "attach" : "other_change";
}

/** The person whom an effect changes. If it changes a Group, the Group. */
function userOf({ target, id, label }: Effect, subjects: readonly Subject[]): SecurityEvent["user"] {
  const names = ["idMember", "scimId", "accountId", "email"] as const;
  const found = subjects.find((each) => names.some((name) => target[name] && target[name] === each[name]));
  const uid = target["idMember"] ?? target["accountId"] ?? target["scimId"] ?? target["email"] ?? id;
  const email = found?.email ?? target["email"];
  return { uid, name: found?.username ?? label, ...(email ? { email } : {}) };
}

function textOf(value: Json | undefined): string | null {
  return typeof value === "string" ? clean(value, 200) : null;
}
