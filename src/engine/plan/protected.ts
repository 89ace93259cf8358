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

/** What the guards need to know about the people of the plan and about the account of this server. */
export interface Identified {
  readonly subjects: readonly Subject[];
  /** Every id and email of the Trello account that this server uses, in lower case. */
  readonly self: ReadonlySet<string>;
  /**
   * Warnings for the person who approves: a person of the plan may be protected by the policy, or may be the caller.
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
 * Finds every proven id, name, email and Group of the people from whom a plan takes something. So if the policy
 * protects a person by email, the person cannot be removed by username either. The people come from the tool and from
 * the effects, so a tool cannot forget a person. No request is sent if the policy protects only members whose ids are
 * already known.
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
        `It is not known whether ${who} is the account that this server uses, because Trello does not show the email of this server's own account.`,
      );
    }
  }
  // The guards do not compare the Trello username of the token's owner. The same text may be the userName of another
  // person in the Atlassian directory.
  return { subjects, self: namesOf({ ...self, username: null }), warnings };
}

function whyUnknown({ emails, otherNames }: ResolvedPerson): string {
  if (emails.length > 0) return "not every source could be asked";
  return otherNames.length > 0 ? "other members have the same email" : "no email is known";
}

/**
 * Reads the SCIM Users of people who are known only by the User's id. They are read together, because a Group can have
 * hundreds of people.
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

/** Whether the subject (what a plan changes) is a person. It can also be a Group. */
function isPerson({ idMember, username, email, emails, scimId, accountId }: Subject): boolean {
  return [idMember, username, email, emails, scimId, accountId].some((value) => value !== undefined);
}

/** All people of a plan: those that the tool names, and those in the effects. */
function peopleOf({ taking, subjects }: Plan): readonly Subject[] {
  // A person may gain and lose something in the same plan. The person is then checked like a person who loses
  // something.
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

/**
 * The account that this server uses. Usually only Trello's own record of this account is read. Other sources are asked
 * too if the plan takes something away and contains a person without a Trello member id.
 */
async function resolveSelf({ subjects, taking }: Plan, context: PlanContext): Promise<ResolvedPerson> {
  const me = await context.reads.trello.me();
  // An effect on a card has the member id of the person who leaves the card in the field `from`, not in `idMember`.
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

/**
 * The entries of the policy that may mean this person in a way that only a search can show, such as emails. For a
 * member, the ids and usernames of members are left out: the guards compare these directly.
 */
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
 * Searches for an entry of the policy that means the person. `undecided`: an entry may still mean the person. An email
 * means someone else if another member certainly owns it, or if it is not one of the person's known emails. An id or
 * username means someone else if it belongs to another member.
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
    // Only ids and usernames can name a Trello member. An id with a colon or dash is the id of an Atlassian account or
    // a SCIM User.
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

/** The member with this id or username in the workspaces that the token's owner can see; null if there is none. */
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
