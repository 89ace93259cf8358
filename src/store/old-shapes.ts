import { createHash } from "node:crypto";
import type { Effect, Place, Wording } from "../domain/effect.ts";
import type { StoredFailure } from "../domain/error.ts";
import { canonicalJson, type Json } from "../domain/json.ts";
import type { Plan, Subject } from "../domain/plan.ts";
import type { Evidence } from "../domain/run.ts";
import type { PlanState } from "../domain/decision-rules.ts";

// Reads data that earlier versions of this program stored in another form. Stored data is never rewritten, because then
// its hash in the audit log would be wrong.

/** Reads the failure in a journal record: JSON, or in version 1 a text such as `CODE: sentence Next: what to do`. */
export function readFailure(stored: string | null): StoredFailure | null {
  if (stored === null) return null;
  if (stored.startsWith("{")) return JSON.parse(stored) as StoredFailure;
  const [, code = "INTERNAL", message = stored, next = null] =
    /^([A-Z_]+): (.*?)(?: Next: (.*))?$/s.exec(stored) ?? [];
  return { code: code as StoredFailure["code"], message, next };
}

/** Reads the state of a plan. Version 1 stored `spent` instead of `used`. */
export function readPlanState(stored: PlanState | "spent"): PlanState {
  return stored === "spent" ? "used" : stored;
}

/**
 * The digest of a stored plan, computed as in version 1. The audit log of version 1 has no hash of the plan's text, so
 * only this digest shows whether the plan was changed.
 */
export function digestOfVersion1(text: string): string {
  const plan = JSON.parse(text) as {
    readonly tool: string;
    readonly principal: { readonly id: string };
    readonly effects: readonly { readonly [key: string]: Json }[];
  };
  const effects = plan.effects.map((effect) =>
    Object.fromEntries(
      ["op", "resource", "id", "target", "before", "after"].map((name) => [name, effect[name] ?? null]),
    ),
  );
  return createHash("sha256")
    .update(canonicalJson({ tool: plan.tool, principal: plan.principal.id, effects }))
    .digest("hex");
}

/** A plan of any version. Version 1 used the name `remains` for `untouched`, and stored no approvers and no people. */
type AnyPlan = Omit<Plan, "untouched" | Added> &
  Partial<Record<"untouched" | "remains", Plan["untouched"]>> &
  Partial<Pick<Plan, Added>>;
type Added = "approvers" | "subjects" | "population";

/** Reads a plan from the store's JSON, of any version. */
export function planFromJson(json: string): Plan {
  const { remains, untouched = remains ?? [], ...plan } = JSON.parse(json) as AnyPlan;
  const { approvers = [], subjects = plan.effects.map(subjectOf), population = {} } = plan;
  return { ...plan, untouched, approvers, subjects, population, effects: plan.effects.map(storedEffect) };
}

/** The person that an effect changes, if the effect's target contains one. */
function subjectOf({ target }: Pick<Effect, "target">): Subject {
  const names = ["idMember", "email", "scimId", "accountId"] as const;
  return Object.fromEntries(names.flatMap((name) => (target[name] ? [[name, target[name]]] : [])));
}

/**
 * Evidence of any version. Earlier versions knew only two results, and used other names for `unfinished` and
 * `untouched`.
 */
type AnyEvidence = Omit<Evidence, "unfinished" | "unverified" | "untouched"> &
  Partial<Record<"unfinished" | "unverified" | "untouched" | "remaining" | "remains", readonly string[]>>;

/** Reads evidence from the store's JSON, of any version. */
export function evidenceFromJson(json: string): Evidence {
  const { remaining, remains, ...evidence } = JSON.parse(json) as AnyEvidence;
  return {
    ...evidence,
    unfinished: evidence.unfinished ?? remaining ?? [],
    unverified: evidence.unverified ?? [],
    untouched: evidence.untouched ?? remains ?? [],
  };
}

/**
 * An effect of any version. Earlier versions stored the names of board and workspace only as a part of the description.
 */
type OldEffect = Omit<Effect, "place" | "rank" | "wording"> & { readonly where: string };

function storedEffect(stored: Effect | OldEffect): Effect {
  if (!("where" in stored)) return stored;
  const { where, ...effect } = stored;
  return { ...effect, place: placeFrom(where, effect.target), rank: 0, wording: wordingFrom(stored) };
}

/**
 * In an old description, the names stand between fixed words. So the first part of the text that equals a name is that
 * name.
 */
function wordingFrom({ description, label, where }: OldEffect): Wording {
  const [head = "", ...afterLabel] = description.split(label);
  const rest = afterLabel.join(label);
  if (where === "") return [head, rest];
  const [middle = "", ...afterPlace] = rest.split(where);
  return [head, middle, afterPlace.join(where)];
}

function placeFrom(where: string, target: Effect["target"]): Place | null {
  const [, word, name = ""] = /^(?:a )?(board|workspace|card|SCIM group)(?: (.*))?$/s.exec(where) ?? [];
  if (word === "board") return { kind: "board", id: target["idBoard"] ?? "", name };
  if (word === "workspace") return { kind: "workspace", id: target["idOrganization"] ?? "", name };
  if (word === "card") return { kind: "card", id: target["idCard"] ?? "", name };
  return word === undefined
    ? null
    : { kind: "group", id: target["groupId"] ?? target["groupName"] ?? "", name };
}
