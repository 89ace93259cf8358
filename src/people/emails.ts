import type { IdentityLinks, LinkedEmail } from "../domain/identity.ts";
import type { PlanContext } from "../domain/planning.ts";
import type { Reads } from "../domain/reads.ts";
import { nameKey } from "../domain/text.ts";
import type { Member } from "../domain/trello.ts";
import { movedEmails } from "./accounts-today.ts";
import { enterpriseEmailOf, enterpriseRowWithEmail } from "./enterprise.ts";
import { invitedAs } from "./invited.ts";
import type { Person } from "./person.ts";
import { accountIdOf, findUserShowing, scimName } from "./scim-users.ts";
import { askOptional } from "./sources.ts";

/**
 * The sources that prove who owns an email: Trello's own record, the enterprise's directory, the organization API, and
 * the SCIM User with the member's account id. Other sources give only hints. Earlier versions also stored links with
 * the source "invitation". They prove nothing, because they depend on the name of an invited person, which anybody can
 * choose.
 */
const PROVING: ReadonlySet<string> = new Set(["trello", "enterprise", "organization", "scim"]);

/** Whether a stored link between a member and an email is a proof. */
export function isProof({ source }: { readonly source: string }): boolean {
  return PROVING.has(source);
}

export interface EmailProof {
  readonly idMember: string;
  readonly source: string;
  readonly confidence: "certain" | "likely";
}

/**
 * Finds the members who own an email, and for each member the source that shows this. The sources are stored proofs,
 * the member's own record, the enterprise's directory, and the account that SCIM or the organization shows for the
 * email.
 * A stored proof does not count if the directory now gives the email to another member.
 * If no source proves a member, the result is likely members: the members who were invited by the email, and the only
 * member with the same name as the SCIM User who has the email.
 */
export async function membersWithEmail(
  email: string,
  members: readonly Member[],
  context: PlanContext,
): Promise<readonly EmailProof[]> {
  const { reads, identities } = context;
  const links = await identities.membersOf(email);
  const proving = links.filter(isProof);
  if (proving.length > 0) {
    const today = await ownerToday(email, reads);
    if (today === null) return stillProven(email, proving, members, context);
    if (proving.some(({ idMember }) => idMember === today)) return proofsOf(proving);
    const shown = { email, idMember: today, source: "enterprise" };
    await identities.learn(shown);
    return proofsOf([...proving, shown]);
  }

  const proven = async (idMember: string, source: string): Promise<readonly EmailProof[]> => {
    await identities.learn({ email, idMember, source });
    return [{ idMember, source, confidence: "certain" }];
  };
  const own = [await reads.trello.me(), ...members].find((member) => member.email?.toLowerCase() === email);
  if (own) return proven(own.id, "trello");
  const today = await ownerToday(email, reads);
  if (today !== null) return proven(today, "enterprise");
  const user = await askOptional(reads, "scim", () => findUserShowing(email, reads));
  const byScim = memberOfAccount(user && accountIdOf(user), members);
  if (byScim) return proven(byScim.id, "scim");
  // The organization is asked only if Trello shows account ids of members, because its answer is compared with these
  // ids.
  if (members.some(({ aaId }) => aaId)) {
    const account = await askOptional(reads, "organization", (from) => from.accountByEmail(email));
    const byOrganization = memberOfAccount(account?.accountId, members);
    if (byOrganization) return proven(byOrganization.id, "organization");
  }
  const invited = new Set([...links.map(({ idMember }) => idMember), ...(await invitedAs(email, context))]);
  const key = user ? nameKey(scimName(user)) : "";
  const namesakes = key === "" ? [] : members.filter((member) => nameKey(member.fullName) === key);
  return [
    ...[...invited].map((idMember) => ({
      idMember,
      source: "an invitation, which does not prove it",
      confidence: "likely" as const,
    })),
    ...namesakes
      .filter(({ id }) => namesakes.length === 1 && !invited.has(id))
      .map(({ id }) => ({
        idMember: id,
        source: "same name as the SCIM User",
        confidence: "likely" as const,
      })),
  ];
}

/**
 * Compares earlier proofs of an email with the Atlassian account that has the email today. If that account is not the
 * member's, the email has moved to a new person, and the earlier proofs are no longer certain.
 */
async function stillProven(
  email: string,
  proving: readonly { readonly idMember: string; readonly source: string }[],
  members: readonly Member[],
  { reads, identities }: PlanContext,
): Promise<readonly EmailProof[]> {
  const owner = members.find(({ id }) => id === proving[0]?.idMember);
  const account = (await movedEmails([{ email, member: owner }], reads)).get(email);
  if (account === undefined) return proofsOf(proving);
  const now = memberOfAccount(account, members);
  if (now) {
    const shown = { email, idMember: now.id, source: "scim" };
    await identities.learn(shown);
    return proofsOf([...proving, shown]);
  }
  return proofsOf(proving).map((proof) => ({
    ...proof,
    source: `${proof.source} in the past; today another account has the email`,
    confidence: "likely" as const,
  }));
}

function memberOfAccount(
  accountId: string | null | undefined,
  members: readonly Member[],
): Member | undefined {
  return accountId ? members.find(({ aaId }) => aaId === accountId) : undefined;
}

export interface ProvenEmail {
  readonly email: string;
  readonly source: string;
}

/** The emails of one member. */
export interface OwnEmails {
  /** Emails that certainly belong to this member and to no other, the newest first. */
  readonly proven: readonly ProvenEmail[];
  /** Emails that sources also assign to another member. So they prove nothing about this member. */
  readonly disputed: readonly string[];
}

/**
 * Finds a member's emails. Trello shows an email only to its owner. So other sources are asked too: stored proofs, the
 * enterprise's directory, and the organization (by account id). A new email from a source is stored. The newest email
 * does not count if the directory now gives it to another member.
 */
export async function emailsOfMember(
  { idMember, member }: Pick<Person, "idMember" | "member">,
  { reads, identities }: Pick<PlanContext, "reads" | "identities">,
): Promise<OwnEmails> {
  const links = await identities.emailsOf(idMember);
  const proven: ProvenEmail[] = links.filter(({ disputed }) => !disputed);
  const disputed = links.filter((link) => link.disputed).map(({ email }) => email);
  const enter = async (email: string, source: string): Promise<void> => {
    if (proven.some((known) => known.email === email)) return;
    const owners = (await identities.membersOf(email)).filter(isProof);
    if (owners.every((owner) => owner.idMember === idMember)) proven.unshift({ email, source });
    else if (!disputed.includes(email)) disputed.push(email);
  };
  const me = await reads.trello.me();
  const shown = (member?.email ?? (me.id === idMember ? me.email : null))?.toLowerCase();
  if (shown) await enter(shown, "trello");
  for (let [newest] = proven; newest && newest.email !== shown; [newest] = proven) {
    const { email } = newest;
    const today = await ownerToday(email, reads);
    if (today === null || today === idMember) break;
    await identities.learn({ email, idMember: today, source: "enterprise" });
    disputed.push(email);
    proven.shift();
  }
  if (proven.length > 0 || !member) return { proven, disputed };
  const told = await askOptional(reads, "enterprise", (from) => enterpriseEmailOf(member, from));
  const learn = async (email: string, source: string): Promise<void> => {
    await identities.learn({ email, idMember, source });
    await enter(email, source);
  };
  if (told) await learn(told, "enterprise");
  const { aaId } = member;
  if (proven.length > 0 || !aaId) return { proven, disputed };
  const account = await askOptional(reads, "organization", (from) => from.account(aaId));
  if (account?.email) await learn(account.email.toLowerCase(), "organization");
  return { proven, disputed };
}

/** The member's newest proven email, with its source; null if there is none. */
export async function provenEmail(person: Person, context: PlanContext): Promise<ProvenEmail | null> {
  return (await emailsOfMember(person, context)).proven[0] ?? null;
}

/** The member who has the email in the enterprise's directory now; null if no member has it. */
async function ownerToday(email: string, reads: Reads): Promise<string | null> {
  const row = await askOptional(reads, "enterprise", (from) => enterpriseRowWithEmail(email, from));
  return row?.member.id ?? null;
}

/**
 * Joins the links of an email that name the same member, because several sources may name this member. If the links
 * name different members, no link is a proof.
 */
function proofsOf(
  links: readonly { readonly idMember: string; readonly source: string }[],
): readonly EmailProof[] {
  const members = [...new Map(links.map((link) => [link.idMember, link])).values()];
  return members.map((link) => {
    const said = links.filter(({ idMember }) => idMember === link.idMember).map(({ source }) => source);
    const source = [...new Set(said)].join(" and ");
    return members.length === 1
      ? { ...link, source, confidence: "certain" }
      : { ...link, source: `${source}; other sources name another member`, confidence: "likely" };
  });
}

/** Every email that was ever proven to be the member's, each once, the newest first. */
export async function linkedEmails(
  idMember: string,
  links: Pick<IdentityLinks, "among">,
): Promise<readonly LinkedEmail[]> {
  return (await linkedEmailsOf([idMember], links)).get(idMember) ?? [];
}

/** The emails that were ever proven for many members. A member without such emails is left out. */
export async function linkedEmailsOf(
  idMembers: readonly string[],
  links: Pick<IdentityLinks, "among">,
): Promise<ReadonlyMap<string, readonly LinkedEmail[]>> {
  const own = (await links.among("idMember", idMembers)).filter(isProof);
  const owners = new Map<string, Set<string>>();
  const emails = [...new Set(own.map(({ email }) => email))];
  for (const { email, idMember } of (await links.among("email", emails)).filter(isProof))
    if (idMember !== null) owners.set(email, (owners.get(email) ?? new Set()).add(idMember));
  const found = new Map<string, LinkedEmail[]>();
  for (const { idMember, email, source } of own) {
    if (idMember === null) continue;
    const known = found.get(idMember) ?? [];
    found.set(idMember, known);
    if (known.some((each) => each.email === email)) continue;
    known.push({ email, source, disputed: (owners.get(email)?.size ?? 0) > 1 });
  }
  return found;
}
