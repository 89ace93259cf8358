import type { Subject } from "../domain/plan.ts";
import type { PlanContext } from "../domain/planning.ts";
import type { Member } from "../domain/trello.ts";
import { findAccount } from "./accounts.ts";
import { emailsOfMember, membersWithEmail } from "./emails.ts";
import { accountIdOf, emailsShown, findScimUser, scimGroupNames } from "./scim-users.ts";
import { answers, askOptional } from "./sources.ts";

/** Everything that is proven about one person, for the guards. Names and emails are in lower case. */
export interface ResolvedPerson {
  readonly idMember: string | null;
  readonly username: string | null;
  /** Proven emails. */
  readonly emails: readonly string[];
  /**
   * Emails and userNames that may belong to this person or to another. They are emails that sources also assign to
   * another member, and the userName of the SCIM User.
   */
  readonly otherNames: readonly string[];
  readonly scimId: string | null;
  readonly accountId: string | null;
  readonly groups: readonly string[];
  /** Whether the person's SCIM User was read, or certainly does not exist. If false, facts may be missing. */
  readonly directoryRead: boolean;
}

type Sources = Pick<PlanContext, "reads" | "identities">;
/**
 * What is known about a person before more sources are asked. It includes the member's record, if the data of a
 * workspace contains it.
 */
export interface KnownPerson extends Subject {
  readonly member?: Member | null | undefined;
}

/** Asks every configured source for more facts about a person. If a source refuses, its facts stay empty. */
export async function resolvePerson(known: KnownPerson, context: PlanContext): Promise<ResolvedPerson> {
  const shown = lower([known.email, ...(known.emails ?? [])]);
  const own =
    known.idMember === undefined
      ? { proven: [], disputed: [] }
      : await emailsOfMember({ idMember: known.idMember, member: known.member ?? null }, context);
  const emails = new Set([...own.proven.map(({ email }) => email), ...shown]);
  const otherNames = new Set(own.disputed);
  const accountId = known.accountId ?? known.member?.aaId ?? null;
  const scim = await userOf({ known, accountId, emails: [...emails] }, context);
  for (const email of scim.emails) emails.add(email);
  for (const name of scim.names) otherNames.add(name);
  const idMember = known.idMember ?? (await memberWith([...emails], context));
  return {
    idMember,
    username: known.username?.toLowerCase() ?? known.member?.username.toLowerCase() ?? null,
    emails: [...emails].filter((email) => email.includes("@")),
    otherNames: [...otherNames, ...[...emails].filter((email) => !email.includes("@"))],
    scimId: known.scimId ?? scim.id,
    accountId: accountId ?? scim.accountId,
    groups: [...new Set([...(known.groups ?? []), ...scim.groups])],
    directoryRead: scim.read,
  };
}

function lower(values: readonly (string | undefined)[]): readonly string[] {
  return values.flatMap((value) => (value ? [value.toLowerCase()] : []));
}

interface DirectoryUser {
  readonly id: string | null;
  readonly accountId: string | null;
  readonly emails: readonly string[];
  readonly names: readonly string[];
  readonly groups: readonly string[];
  readonly read: boolean;
}

async function userOf(
  {
    known: { scimId, emails: shown, groups },
    accountId,
    emails,
  }: {
    readonly known: KnownPerson;
    readonly accountId: string | null;
    readonly emails: readonly string[];
  },
  { reads }: Sources,
): Promise<DirectoryUser> {
  // The plan was made from this User's record, which already showed the User's emails and groups. So the User is not
  // read again.
  if (scimId !== undefined && shown !== undefined) {
    return { id: scimId, accountId, emails: [], names: [], groups: groups ?? [], read: true };
  }
  const byId =
    scimId === undefined ? null : await askOptional(reads, "scim", () => findScimUser({ scimId }, reads));
  const search = byId ? null : await findAccount({ emails, accountId }, reads);
  const user = byId ?? search?.user ?? null;
  const isKnown = emails.length > 0 || accountId !== null;
  return {
    id: user?.id ?? null,
    accountId: user ? accountIdOf(user) : (search?.accountId ?? null),
    emails: user ? emailsShown(user) : [],
    names: user ? [user.userName.toLowerCase()] : [],
    groups: user ? scimGroupNames(user) : [],
    read: user !== null || (answers(reads, "scim") && isKnown && search?.mayExist === false),
  };
}

/** The only member who is proven to own one of the emails; null if there is no such member, or if there are several. */
async function memberWith(emails: readonly string[], context: PlanContext): Promise<string | null> {
  for (const email of emails.filter((name) => name.includes("@"))) {
    const certain = (await membersWithEmail(email, [], context)).filter(
      ({ confidence }) => confidence === "certain",
    );
    const [only] = certain;
    if (only && certain.length === 1) return only.idMember;
  }
  return null;
}

/** Every id, name, email and group by which the policy file can mean the person, in lower case. */
export function namesOf(person: ResolvedPerson): ReadonlySet<string> {
  const { idMember, username, emails, otherNames, scimId, accountId } = person;
  return new Set(
    [idMember, username, ...emails, ...otherNames, scimId, accountId].flatMap((name) =>
      name === null ? [] : [name.toLowerCase()],
    ),
  );
}
