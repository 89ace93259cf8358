import { boardsTakenAlong, type Effect, severity } from "../domain/effect.ts";
import type { Plan, Subject } from "../domain/plan.ts";
import { clean, plural } from "../domain/text.ts";

/** A person in a plan, together with everything that the plan changes for this person. */
export interface ChangesOfPerson {
  readonly name: string;
  readonly username: string | null;
  readonly email: string | null;
  /** How the email was proven or how the person was found; null if neither is known. */
  readonly proof: { readonly text: string; readonly proven: boolean } | null;
  /** The person's ids, each with the name of its system, for readers who want to copy them. */
  readonly ids: readonly { readonly system: string; readonly id: string }[];
  /** The most severe first. */
  readonly effects: readonly Effect[];
  /** The warnings of the plan that name this person. */
  readonly warnings: readonly string[];
}

const PROOFS: Readonly<Record<string, string>> = {
  trello: "Email shown by Trello",
  enterprise: "Email proven by the Trello Enterprise",
  organization: "Email proven by the Atlassian organization",
  scim: "Email proven by the directory",
};

/**
 * The people of a plan. First come people with a change that cannot be undone, or with a warning. Empty if the plan
 * changes no person.
 */
export function changesByPerson({ effects, subjects, warnings }: Plan): readonly ChangesOfPerson[] {
  const shared = sharedEmails(subjects);
  const keysOf = (subject: Subject) => subjectKeys(subject).filter((key) => !shared.has(key));
  const keyOf = joined([...subjects.map(keysOf), ...effects.map(effectKeys)]);
  const groups = new Map<string, Effect[]>();
  for (const effect of effects) {
    if (!isAboutPerson(effect)) continue;
    const key = keyOf(effectKeys(effect)) ?? effect.label;
    groups.set(key, [...(groups.get(key) ?? []), effect]);
  }
  const people = [...groups].map(([key, own]) =>
    personOf(
      own,
      subjects.filter((subject) => keyOf(keysOf(subject)) === key),
      warnings,
    ),
  );
  return people.toSorted((a, b) => attention(b) - attention(a));
}

/** The effects that change no person: those that create, replace or delete a Group. */
export function otherEffects({ effects }: Pick<Plan, "effects">): readonly Effect[] {
  return effects.filter((effect) => !isAboutPerson(effect));
}

/** How many of the person's effects cannot be undone. */
export function finalCount({ effects }: Pick<ChangesOfPerson, "effects">): number {
  return effects.filter(({ reversible }) => !reversible).length;
}

/**
 * How many changes of each kind there are, such as `36 boards`, `10 cards`, `1 account`. If the plan is about several
 * people, memberships are counted instead of boards, because people may be on the same boards: `1292 board
 * memberships`.
 */
export function changeCounts(effects: readonly Effect[], people = 1): readonly string[] {
  const place = (name: string) => (people > 1 ? `${name} membership` : name);
  const of = (...resources: readonly Effect["resource"][]) =>
    effects.filter(({ resource }) => resources.includes(resource));
  const along = effects.flatMap(boardsTakenAlong).length;
  const counts: readonly (readonly [number, string, string?])[] = [
    [of("board_membership").length + along, place("board")],
    [of("workspace_membership").length, place("workspace")],
    [of("card").length, "card"],
    [of("enterprise_membership").length, "enterprise membership"],
    [of("atlassian_account", "scim_user").length, "account change"],
    [of("application_user").length, "application"],
    [of("scim_group").length, "group"],
    [of("scim_group_membership").length, "group membership"],
    [of("profile").length, "profile"],
    [of("webhook").length, "webhook"],
  ];
  return counts.flatMap(([count, one]) => (count === 0 ? [] : [plural(count, one)]));
}

function personOf(
  effects: readonly Effect[],
  subjects: readonly Subject[],
  warnings: readonly string[],
): ChangesOfPerson {
  const [, name = "", sign = ""] =
    /^(.*?) ?(\(@[^\s()]*\)|<[^\s<>]*>)?$/u.exec(effects[0]?.label ?? "") ?? [];
  const first = <T>(read: (subject: Subject) => T | undefined): T | null =>
    subjects.map(read).find((value) => value !== undefined) ?? null;
  const username = first((subject) => subject.username) ?? /^\(@(.+)\)$/.exec(sign)?.[1] ?? null;
  const email =
    first((subject) => subject.email) ??
    first((subject) => subject.emails?.[0]) ??
    effects.map(({ target }) => target["email"]).find((each) => each !== undefined) ??
    null;
  const shown = clean(name) || (username === null ? (email ?? "") : `@${username}`);
  const ids = [
    { system: "Trello", id: first((subject) => subject.idMember) },
    { system: "Atlassian", id: first((subject) => subject.accountId) },
    { system: "directory", id: first((subject) => subject.scimId) },
  ];
  return {
    name: shown,
    username,
    email,
    proof: proofOf(subjects, email),
    ids: ids.flatMap(({ system, id }) => (id === null ? [] : [{ system, id }])),
    effects: effects.toSorted((a, b) => severity(a) - severity(b)),
    warnings: warnings.filter((line) => names(line, { name: shown, username, email })),
  };
}

function proofOf(subjects: readonly Subject[], email: string | null): ChangesOfPerson["proof"] {
  const found = subjects.map(({ identifiedBy }) => identifiedBy).find((by) => by !== undefined);
  if (found === "stated_email") return { text: "Email stated by the agent, not proven", proven: false };
  if (found === "name") return { text: "Found by the full name alone", proven: false };
  if (email === null) return { text: "Email not known", proven: false };
  const source = subjects.map(({ emailSource }) => emailSource).find((each) => each !== undefined);
  const byDirectory = subjects.some(({ scimId, emails }) => scimId !== undefined && emails?.includes(email));
  const text = PROOFS[source ?? ""] ?? (byDirectory ? PROOFS["scim"] : undefined);
  return text === undefined ? null : { text, proven: true };
}

function names(
  line: string,
  { name, username, email }: Pick<ChangesOfPerson, "name" | "username" | "email">,
): boolean {
  if (username !== null) return line.includes(`@${username})`) || line.includes(`@${username} `);
  return (email !== null && line.toLowerCase().includes(email)) || line.includes(name);
}

function attention(person: ChangesOfPerson): number {
  return finalCount(person) * 1000 + person.warnings.length;
}

function isAboutPerson({ resource, target }: Effect): boolean {
  return resource !== "scim_group" && effectKeys({ target }).length > 0;
}

function effectKeys({ target }: Pick<Effect, "target">): readonly string[] {
  const { idMember, from, scimId, accountId, email, userName } = target;
  // An effect that revokes an invitation by email has an empty `idMember`. Empty ids are left out.
  return [idMember || from, scimId, accountId, email ?? userName].flatMap((key) =>
    key ? [key.toLowerCase()] : [],
  );
}

function subjectKeys({ idMember, scimId, accountId, email, emails = [] }: Subject): readonly string[] {
  return [idMember, scimId, accountId, email, ...emails].flatMap((key) => (key ? [key.toLowerCase()] : []));
}

/** Emails that several members have. They do not prove that two ids belong to the same person. */
function sharedEmails(subjects: readonly Subject[]): ReadonlySet<string> {
  const owners = new Map<string, string>();
  const shared = new Set<string>();
  for (const { idMember, email, emails = [] } of subjects) {
    if (idMember === undefined) continue;
    for (const each of [email, ...emails].flatMap((text) => text?.toLowerCase() ?? [])) {
      if ((owners.get(each) ?? idMember) !== idMember) shared.add(each);
      owners.set(each, idMember);
    }
  }
  return shared;
}

/**
 * Finds out which ids belong to the same person. Each list contains ids of one person; lists that share an id are about
 * the same person. Returns a function that gives the same id for all lists of one person; null for an empty list.
 */
function joined(lists: readonly (readonly string[])[]): (keys: readonly string[]) => string | null {
  const parents = new Map<string, string>();
  const root = (key: string): string => {
    let at = key;
    for (let up = parents.get(at); up !== undefined && up !== at; up = parents.get(at)) at = up;
    return at;
  };
  for (const [first, ...others] of lists) {
    if (first === undefined) continue;
    for (const other of others) parents.set(root(other), root(first));
  }
  return (keys) => (keys[0] === undefined ? null : root(keys[0]));
}
