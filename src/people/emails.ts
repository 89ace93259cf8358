import type { IdentityLinks, LinkedEmail } from "../domain/identity.ts";
import type { PlanContext } from "../domain/planning.ts";
import type { Reads } from "../domain/reads.ts";
import { ATLASSIAN_EXTENSION } from "../domain/scim.ts";
import { clean } from "../domain/text.ts";
import type { Member } from "../domain/trello.ts";
import { enterpriseEmailOf, enterpriseRowWithEmail } from "./enterprise.ts";
import type { Person } from "./person.ts";
import { findOnlyScimUser } from "./scim-users.ts";
import { askOptional } from "./sources.ts";

export interface EmailProof {
  readonly idMember: string;
  readonly source: string;
  readonly confidence: "certain" | "likely";
}

/**
 * Which members have an email, and who says so: what was proven before, the member's own record, the enterprise
 * directory (the one that shows other people's emails), then the SCIM User whose Atlassian account is the member's.
 * A SCIM User that only has the same name as one member makes that member likely, not certain. What was proven before is
 * held against the enterprise's directory of today, which may have given the address to another member since.
 */
export async function membersWithEmail(
  email: string,
  members: readonly Member[],
  context: PlanContext,
): Promise<readonly EmailProof[]> {
  const { reads, identities } = context;
  const links = await identities.membersOf(email);
  if (links.length > 0) {
    const today = await ownerToday(email, reads);
    if (today === null || links.some(({ idMember }) => idMember === today)) return proofsOf(links);
    const told = { email, idMember: today, source: "enterprise" };
    await identities.learn(told);
    return proofsOf([...links, told]);
  }

  const proven = async (idMember: string, source: string): Promise<readonly EmailProof[]> => {
    await identities.learn({ email, idMember, source });
    return [{ idMember, source, confidence: "certain" }];
  };
  const own = [await reads.trello.me(), ...members].find((member) => member.email?.toLowerCase() === email);
  if (own) return proven(own.id, "trello");
  const today = await ownerToday(email, reads);
  if (today !== null) return proven(today, "enterprise");
  const user = await askOptional(reads, "scim", () => findOnlyScimUser(email, reads));
  if (!user) return [];
  const account = user[ATLASSIAN_EXTENSION]?.atlassianAccountId;
  const same = account ? members.find((member) => member.aaId === account) : undefined;
  if (same) return proven(same.id, "scim");
  const name = clean(user.displayName ?? "").toLowerCase();
  const namesakes =
    name === "" ? [] : members.filter((member) => clean(member.fullName).toLowerCase() === name);
  const [namesake] = namesakes;
  return namesake && namesakes.length === 1
    ? [{ idMember: namesake.id, source: "the name in SCIM", confidence: "likely" }]
    : [];
}

export interface ProvenEmail {
  readonly email: string;
  readonly source: string;
}

/** What is known of one member's emails. */
export interface OwnEmails {
  /** Those that belong to this member alone, the newest first. */
  readonly proven: readonly ProvenEmail[];
  /** Those that sources give to another member as well: they prove nothing. */
  readonly disputed: readonly string[];
}

/**
 * A member's emails: shown by Trello (one's own), linked before, or, where that proves none, told by the enterprise's
 * directory now, which is then learnt. The newest link counts only where that directory gives the email to nobody else.
 */
export async function emailsOfMember(
  { idMember, member }: Pick<Person, "idMember" | "member">,
  { reads, identities }: PlanContext,
): Promise<OwnEmails> {
  const links = await identities.emailsOf(idMember);
  const proven: ProvenEmail[] = links.filter(({ disputed }) => !disputed);
  const disputed = links.filter((link) => link.disputed).map(({ email }) => email);
  const enter = async (email: string, source: string): Promise<void> => {
    if (proven.some((known) => known.email === email)) return;
    const owners = await identities.membersOf(email);
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
  if (told) {
    await identities.learn({ email: told, idMember, source: "enterprise" });
    await enter(told, "enterprise");
  }
  return { proven, disputed };
}

/** The newest email that is certainly the member's, with its source; null where there is none. */
export async function provenEmail(person: Person, context: PlanContext): Promise<ProvenEmail | null> {
  return (await emailsOfMember(person, context)).proven[0] ?? null;
}

/** Whose email it is by the enterprise's directory now; null where that tells nobody. */
async function ownerToday(email: string, reads: Reads): Promise<string | null> {
  const row = await askOptional(reads, "enterprise", (from) => enterpriseRowWithEmail(email, from));
  return row?.member.id ?? null;
}

/** Links by member, for several sources may say the same. Where they name different members, none of them is certain. */
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

/** Every email that was ever linked to a member, each once, the newest first. */
export async function linkedEmails(
  idMember: string,
  links: Pick<IdentityLinks, "byEmail" | "byMember">,
): Promise<readonly LinkedEmail[]> {
  const sources = new Map<string, string>();
  for (const { email, source } of await links.byMember(idMember)) {
    if (!sources.has(email)) sources.set(email, source);
  }
  const found: LinkedEmail[] = [];
  for (const [email, source] of sources) {
    const owners = (await links.byEmail(email)).flatMap((link) => link.idMember ?? []);
    found.push({ email, source, disputed: owners.some((owner) => owner !== idMember) });
  }
  return found;
}
