import type { Effect } from "../../domain/effect.ts";
import type { Subject } from "../../domain/plan.ts";
import type { PlanContext } from "../../domain/planning.ts";
import { clean } from "../../domain/text.ts";
import type { Member, WorkspaceSnapshot } from "../../domain/trello.ts";
import { emailsOfMember, membersWithEmail } from "../../people/emails.ts";
import { readWorkspaces } from "../../people/readable.ts";
import { namesOf, resolvePerson, type ResolvedPerson } from "../../people/resolve.ts";
import { peopleOfGroup } from "../../people/scim-groups.ts";
import { scimSubject } from "../../people/scim-users.ts";
import { askOptional } from "../../people/sources.ts";
import type { Rules } from "../../policy/rules.ts";

/** The people of the plan and the caller, in the form that guards compare, and what is not known about them. */
export interface Identified {
  readonly subjects: readonly Subject[];
  /** Every id and email of the token's owner, in lower case. */
  readonly self: ReadonlySet<string>;
  /**
   * Lines for the person who decides: it is not known whether these people are protected by the policy, or are the
   * caller.
   */
  readonly warnings: readonly string[];
}

interface Plan {
  /** The effects that take something from a person. */
  readonly taking: readonly Effect[];
  readonly subjects: readonly Subject[];
  readonly workspaces: ReadonlyMap<string, WorkspaceSnapshot>;
  readonly rules: Rules;
}

/**
 * Finds the people from whom a plan takes something, each with every proven id, name, email and group. Otherwise a
 * person protected by email could be removed by username. It includes the tool's subjects and the people in the
 * effects, so a tool cannot forget a person. It sends no request if the policy protects no person whose identity is
 * unknown.
 */
export async function identify(plan: Plan, context: PlanContext): Promise<Identified> {
  const self = await resolveSelf(plan, context);
  const subjects: Subject[] = [];
  const warnings: string[] = [];
  for (const subject of await withUsers(plan, self, context)) {
    const member = memberOf(subject, plan.workspaces);
    const open = openEntries(plan, subject);
    const mayBeSelf = isPerson(subject) && subject.idMember === undefined && !isKnown(self);
    const isOpen = open.length > 0 || plan.rules.protected.groups.length > 0 || mayBeSelf;
    if (!isOpen || !isPerson(subject) || subject.gains) {
      subjects.push(subject);
      continue;
    }
    const person = await resolvePerson({ ...subject, member }, context);
    const also = await membersBehind(open, person, context);
    subjects.push({ ...subject, ...asSubject(person, also.names) });
    const who = clean(
      subject.username ??
        member?.fullName ??
        subject.email ??
        subject.emails?.[0] ??
        subject.idMember ??
        subject.scimId ??
        "the person",
    );
    if (also.undecided || (plan.rules.protected.groups.length > 0 && !person.directoryRead)) {
      const why = whyUnknown(person);
      warnings.push(`It is not known whether the policy protects ${who}: ${why}.`);
    }
    if (mayBeSelf && (person.idMember === null || person.idMember === self.idMember)) {
      warnings.push(
        `It is not known whether ${who} is the account that this server uses: Trello does not show the email of this server's own account.`,
      );
    }
  }
  // In the directory, another person may have the owner's username as a userName.
  return { subjects, self: namesOf({ ...self, username: null }), warnings };
}

function whyUnknown({ emails, otherNames }: ResolvedPerson): string {
  if (emails.length > 0) return "not every source could be asked";
  return otherNames.length > 0 ? "other members have the same email" : "no email is known";
}

/**
 * Completes subjects if only the id of their User is known. All Users are read together, because a group can have
 * hundreds.
 */
async function withUsers(
  plan: Plan,
  self: ResolvedPerson,
  context: PlanContext,
): Promise<readonly Subject[]> {
  const subjects = peopleOf(plan);
  const { members, groups } = plan.rules.protected;
  const isAsked = members.length > 0 || groups.length > 0 || !isKnown(self);
  const ids = subjects.flatMap(({ scimId, emails }) => (scimId && !emails ? [scimId] : []));
  if (!isAsked || ids.length < 2) return subjects;
  const group = { id: "", displayName: "", members: ids.map((value) => ({ value })) };
  const users = await askOptional(context.reads, "scim", () => peopleOfGroup(group, context.reads));
  const read = new Map((users ?? []).map((user) => [user.id, scimSubject(user)]));
  return subjects.map((subject) =>
    subject.emails ? subject : { ...read.get(subject.scimId ?? ""), ...subject },
  );
}

/** Whether the subject names a person. A subject can also be only a group. */
function isPerson({ idMember, username, email, emails, scimId, accountId }: Subject): boolean {
  return [idMember, username, email, emails, scimId, accountId].some((value) => value !== undefined);
}

/** The tool's subjects, and the people of the effects who are not among the subjects. */
function peopleOf({ taking, subjects }: Plan): readonly Subject[] {
  // A person who gains something and also loses something is looked at as a person of the effect.
  const known = new Set(
    subjects.flatMap(({ gains, idMember, scimId, accountId }) =>
      gains ? [] : [idMember, scimId, accountId],
    ),
  );
  const named = taking.flatMap(({ target }): readonly Subject[] => {
    const { idMember, scimId, accountId, email } = target;
    if (idMember) return known.has(idMember) ? [] : [{ idMember }];
    if (scimId) return known.has(scimId) ? [] : [{ scimId }];
    if (accountId) return known.has(accountId) ? [] : [{ accountId }];
    return email ? [{ email }] : [];
  });
  return [...subjects, ...new Map(named.map((subject) => [JSON.stringify(subject), subject])).values()];
}

/** The token's owner. Sources besides Trello's own record are asked only if the plan changes an account. */
async function resolveSelf({ subjects, taking }: Plan, context: PlanContext): Promise<ResolvedPerson> {
  const me = await context.reads.trello.me();
  // An effect on a card names the person in `from`, which is also a member's id.
  const beyond = [...subjects, ...taking.map(({ target }) => target)].some(
    (person) => person.idMember === undefined && !("from" in person),
  );
  if (beyond && taking.length > 0) return resolvePerson({ idMember: me.id, member: me }, context);
  return {
    idMember: me.id,
    username: me.username.toLowerCase(),
    emails: me.email ? [me.email.toLowerCase()] : [],
    otherNames: [],
    scimId: null,
    accountId: me.aaId ?? null,
    groups: [],
    directoryRead: false,
  };
}

function isKnown({ emails, accountId, scimId }: ResolvedPerson): boolean {
  return emails.length > 0 || accountId !== null || scimId !== null;
}

function memberOf({ idMember }: Subject, workspaces: Plan["workspaces"]): Member | null {
  for (const { memberships } of workspaces.values()) {
    const row = memberships.find((membership) => membership.idMember === idMember);
    if (row) return row.member;
  }
  return null;
}

/** The policy's entries that cannot be compared with a member's id and username alone, such as emails. */
function openEntries({ rules, workspaces }: Plan, { idMember }: Subject): readonly string[] {
  const entries = rules.protected.members.map((entry) => entry.toLowerCase());
  if (idMember === undefined) return entries;
  const members = new Set(
    [...workspaces.values()].flatMap(({ memberships }) =>
      memberships.flatMap(({ member }) => [member.id, member.username.toLowerCase()]),
    ),
  );
  return entries.filter((entry) => !members.has(entry));
}

/**
 * Whether an entry may still mean the person, after everything known about the person was compared. An email is clear
 * if its owner is known, or if all emails of the person are known. An id or a username is clear if a member has it.
 */
async function membersBehind(
  entries: readonly string[],
  person: ResolvedPerson,
  context: PlanContext,
): Promise<{ readonly names: readonly string[]; readonly undecided: boolean }> {
  const names = namesOf(person);
  let undecided = false;
  for (const entry of entries) {
    if (names.has(entry)) return { names: [entry], undecided: false };
    if (entry.includes("@")) {
      if (person.emails.length > 0) continue;
      const owners = await membersWithEmail(entry, [], context);
      const isAnothers =
        person.idMember !== null &&
        owners.some(({ idMember, confidence }) => confidence === "certain" && idMember !== person.idMember);
      undecided ||= !isAnothers;
      continue;
    }
    // Whether an entry can name a member: an id or a username. Ids of accounts and Users contain a colon or a dash.
    if (/[:-]/.test(entry) || (person.idMember !== null && person.username !== null)) continue;
    const member = await memberNamed(entry, context);
    if (member && person.idMember !== null) {
      if (member.id === person.idMember) return { names: [entry], undecided: false };
      continue;
    }
    if (!member) {
      undecided ||= person.idMember === null;
      continue;
    }
    if (member.aaId && person.accountId) {
      if (member.aaId === person.accountId) return { names: [entry], undecided: false };
      continue;
    }
    const { proven, disputed } = await emailsOfMember({ idMember: member.id, member }, context);
    const emails = [...proven.map(({ email }) => email), ...disputed];
    if (emails.some((email) => names.has(email))) return { names: [entry], undecided: false };
    undecided ||= proven.length === 0;
  }
  return { names: [], undecided };
}

/** The member with an id or a username in the workspaces of the token's owner; null if there is none. */
async function memberNamed(entry: string, { reads }: PlanContext): Promise<Member | null> {
  const { snapshots } = await readWorkspaces(reads);
  for (const { memberships } of snapshots) {
    const row = memberships.find(
      ({ idMember, member }) => idMember === entry || member.username.toLowerCase() === entry,
    );
    if (row) return row.member;
  }
  return null;
}

function asSubject(person: ResolvedPerson, also: readonly string[]): Subject {
  const { idMember, username, emails, otherNames, scimId, accountId, groups } = person;
  return {
    ...(idMember !== null && { idMember }),
    ...(username !== null && { username }),
    ...(scimId !== null && { scimId }),
    ...(accountId !== null && { accountId }),
    emails: [...emails, ...otherNames, ...also],
    groups,
  };
}
