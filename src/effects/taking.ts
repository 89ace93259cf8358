import type { Effect } from "../domain/effect.ts";
import { canonicalJson, type Json } from "../domain/json.ts";
import type { Plan, Subject } from "../domain/plan.ts";
import { takesAway } from "./kinds.ts";

// Finds out what an effect takes away, and from whom. The guards and the daily limits use this.

/** Whether a person loses something by the effect: access, the role of an admin, or the name used to sign in. */
export function takesFromPerson(effect: Effect): boolean {
  return takesAway(effect) || demotes(effect) || changesSignIn(effect);
}

/** Whether the effect lowers the role of an admin of a workspace or board. */
export function demotes({ before, after }: Effect): boolean {
  return (
    after !== null && fieldOf(before, "memberType") === "admin" && fieldOf(after, "memberType") !== "admin"
  );
}

/**
 * Whether the effect changes the userName or email of an account. If so, the owner of the new mailbox can then sign in
 * to the account.
 */
export function changesSignIn({ resource, before, after }: Effect): boolean {
  if (resource !== "scim_user" || before === null || after === null) return false;
  return ["userName", "emails"].some((name) => {
    const value = fieldOf(after, name);
    return (
      value !== undefined &&
      canonicalJson(value as Json) !== canonicalJson((fieldOf(before, name) ?? null) as Json)
    );
  });
}

/**
 * For each effect of a plan: the keys of the people who lose something by it. A person has the same key in all
 * workspaces and accounts, so the limits count each person only once. The plan's subjects say which ids and emails
 * belong to the same person.
 */
export function losersOf({
  effects,
  subjects,
}: Pick<Plan, "effects" | "subjects">): readonly (readonly string[])[] {
  const keyOf = personKeys(subjects);
  return effects.map((effect) =>
    takesFromPerson(effect) ? [...new Set(namesOfLosers(effect).map(keyOf))] : [],
  );
}

/**
 * An id or name of each person who loses something by the effect. If it removes Users from a SCIM Group: every User who
 * leaves the Group.
 */
function namesOfLosers({ target, resource, before, after }: Effect): readonly string[] {
  if (resource === "scim_group") {
    const staying = new Set(membersIn(after));
    return membersIn(before).filter((id) => !staying.has(id));
  }
  const { idMember, from, scimId, accountId, email, userName } = target;
  const name = idMember || from || scimId || accountId || email || userName;
  return name ? [name] : [];
}

function membersIn(state: Effect["before"]): readonly string[] {
  const members = fieldOf(state, "members");
  return Array.isArray(members) ? members.filter((id) => typeof id === "string") : [];
}

/**
 * Returns a function that finds the key of a person by any id or email. The key is the member's id, if it is known. If
 * an id or email belongs to no known person, it is its own key.
 */
function personKeys(subjects: readonly Subject[]): (name: string) => string {
  const keys = new Map<string, string>();
  const keyOf = (name: string): string => {
    const key = keys.get(name.toLowerCase());
    return key === undefined || key === name.toLowerCase() ? name.toLowerCase() : keyOf(key);
  };
  for (const subject of subjects) {
    const { countsAs, idMember, accountId, scimId, email, emails = [] } = subject;
    const [first, ...others] = [countsAs, idMember, accountId, scimId, email, ...emails].flatMap((name) =>
      name ? [name] : [],
    );
    if (first === undefined) continue;
    for (const other of others) {
      const [from, to] = [keyOf(other), keyOf(first)];
      if (from !== to) keys.set(from, to);
    }
  }
  return keyOf;
}

function fieldOf(state: Effect["before"], name: string): unknown {
  return state !== null && typeof state === "object" && name in state
    ? (state as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
