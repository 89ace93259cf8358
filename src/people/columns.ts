import type { AtlassianAccount } from "../domain/atlassian.ts";
import type { EnterpriseMemberRow } from "../domain/enterprise.ts";
import type { PlanContext } from "../domain/planning.ts";
import { clean, nameKey } from "../domain/text.ts";
import { isProof } from "./emails.ts";
import { searchEnterprise } from "./enterprise.ts";
import type { Person } from "./person.ts";
import { type BriefUser, type EveryUser, everyUser } from "./scim-directory.ts";
import { askOptional } from "./sources.ts";

/**
 * What other sources show about a person, for lists: email, groups and last activity. Each value is shown with its
 * source, and none of them proves who the person is.
 */
export interface Columns {
  readonly email: string | null;
  readonly emailSource: string;
  /** The person's groups; null if no source shows them. */
  readonly groups: readonly string[] | null;
  /** The last activity, ISO 8601; null if no source shows it. */
  readonly lastActive: string | null;
  /** The product in which the person was last active, such as `Trello` or `Jira`. */
  readonly lastActiveIn: string | null;
}

type Known = Pick<Person, "idMember" | "member">;

export interface WantedColumns {
  readonly people: readonly Known[];
  /**
   * All people who were read. A person's SCIM User is found by name only if no one else among these people has the
   * name.
   */
  readonly everybody: readonly Known[];
  readonly wants: { readonly email?: boolean; readonly groups?: boolean; readonly lastActive?: boolean };
}

/** The organization is asked for at most 300 people, ten in each request. */
const MOST_ACCOUNTS = 300;

/**
 * Reads emails, groups and activity of many people with few requests. The enterprise and the SCIM directory are read
 * page by page, the organization for ten people at once. The first source that shows an email is used. An email that
 * was found only by the person's name is marked as likely.
 */
export async function columnsOf(
  { people, everybody, wants }: WantedColumns,
  context: PlanContext,
): Promise<ReadonlyMap<string, Columns>> {
  const { reads, identities } = context;
  const wanted = new Set(people.map(({ idMember }) => idMember));
  const rows = await askOptional(reads, "enterprise", (from) =>
    searchEnterprise(from, {
      query: {},
      fits: ({ member }) => wanted.has(member.id),
      settles: (found) => found.length >= wanted.size,
    }),
  );
  const inEnterprise = new Map((rows ?? []).map((row) => [row.member.id, row]));
  const scim = await askOptional(reads, "scim", everyUser);
  const me = await reads.trello.me();
  const names = new Map<string, number>();
  for (const { member } of everybody) {
    const key = nameKey(member?.fullName ?? "");
    names.set(key, (names.get(key) ?? 0) + 1);
  }
  const found = new Map<string, { readonly email: Email; readonly user: BriefUser | null }>();
  for (const person of people) {
    const shown = person.member?.email ?? (me.id === person.idMember ? me.email : null);
    const row = inEnterprise.get(person.idMember);
    const proven = await provenOf(person.idMember, { shown: shown ?? null, row }, identities);
    found.set(person.idMember, completed(person, proven, scim, names));
  }
  const emails = [...found.values()].flatMap(({ email }) => email.email ?? []).slice(0, MOST_ACCOUNTS);
  const asksAccounts = wants.groups || wants.lastActive;
  const accounts = asksAccounts
    ? await askOptional(reads, "organization", (from) => from.accountsByEmail(emails))
    : null;
  const byEmail = new Map((accounts ?? []).map((account) => [account.email?.toLowerCase() ?? "", account]));
  return new Map(
    people.map(({ idMember, member }) => {
      const { email, user } = found.get(idMember) ?? { email: HIDDEN, user: null };
      const account = byEmail.get(email.email ?? "") ?? null;
      const last = lastOf(member?.dateLastActive, inEnterprise.get(idMember), account);
      const groups = account?.groups ?? user?.groups ?? null;
      return [
        idMember,
        {
          ...email,
          groups: groups && groups.map((group) => clean(group)),
          lastActive: last?.at ?? null,
          lastActiveIn: last?.product ?? null,
        },
      ];
    }),
  );
}

interface Email {
  readonly email: string | null;
  readonly emailSource: string;
}

const HIDDEN: Email = { email: null, emailSource: "hidden by Trello" };
const DISPUTED: Email = {
  email: null,
  emailSource: "disputed: several members are recorded with this email",
};

/** The email that a source proves: Trello's own record, the enterprise's directory, or an earlier proof. */
async function provenOf(
  idMember: string,
  { shown, row }: { readonly shown: string | null; readonly row: EnterpriseMemberRow | undefined },
  identities: PlanContext["identities"],
): Promise<Email> {
  const today = [
    ...(shown ? [{ email: shown.toLowerCase(), source: "trello" }] : []),
    ...(row?.member.email ? [{ email: row.member.email.toLowerCase(), source: "enterprise" }] : []),
  ];
  for (const { email, source } of today) {
    await identities.learn({ email, idMember, source });
    const owners = (await identities.membersOf(email)).filter(isProof);
    return owners.every((owner) => owner.idMember === idMember) ? { email, emailSource: source } : DISPUTED;
  }
  const links = await identities.emailsOf(idMember);
  const link = links.find(({ disputed }) => !disputed);
  if (link) return { email: link.email, emailSource: link.source };
  return links.length > 0 ? DISPUTED : HIDDEN;
}

/**
 * Finds the SCIM User of a person by account id, by a proven email, or by a name that exactly one member and one User
 * have.
 */
function completed(
  { member }: Known,
  proven: Email,
  scim: EveryUser | null,
  names: ReadonlyMap<string, number>,
): { readonly email: Email; readonly user: BriefUser | null } {
  if (!scim) return { email: proven, user: null };
  const userOf = (id: string | undefined) => (id === undefined ? null : (scim.users.get(id) ?? null));
  const byAccount = userOf(scim.byAccount.get(member?.aaId ?? ""));
  const certain = byAccount ?? userOf(scim.byEmail.get(proven.email ?? ""));
  if (certain) {
    const email =
      proven.email === null && byAccount ? { email: byAccount.email, emailSource: "scim" } : proven;
    return { email: email.email === null ? proven : email, user: certain };
  }
  const key = nameKey(member?.fullName ?? "");
  const namesake =
    member?.aaId || proven !== HIDDEN || names.get(key) !== 1 ? null : userOf(scim.byName.get(key));
  if (!namesake?.email) return { email: proven, user: null };
  return { email: { email: namesake.email, emailSource: "scim, likely: same name" }, user: namesake };
}

function lastOf(
  inTrello: string | null | undefined,
  row: EnterpriseMemberRow | undefined,
  account: AtlassianAccount | null,
): { readonly at: string; readonly product: string } | null {
  const seen = [
    { at: inTrello, product: "Trello" },
    { at: row?.member.dateLastImpression, product: "Trello" },
    ...(account?.products.map(({ lastActive, product }) => ({
      at: lastActive,
      product: clean(product, 60),
    })) ?? []),
  ].flatMap(({ at, product }) => (at ? [{ at, product }] : []));
  return seen.toSorted((a, b) => (a.at < b.at ? 1 : -1))[0] ?? null;
}
