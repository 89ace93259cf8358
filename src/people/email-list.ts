import type { EnterpriseMemberRow } from "../domain/enterprise.ts";
import type { PlanContext } from "../domain/planning.ts";
import type { WorkspaceSnapshot } from "../domain/trello.ts";
import { enterpriseRowWithEmail, searchEnterprise } from "./enterprise.ts";
import { isProof } from "./emails.ts";
import { invitedAs, invitedGhosts } from "./invited.ts";
import { peopleOf, type Person } from "./person.ts";
import { askOptional } from "./sources.ts";

/** Up to so many emails are each looked up in the enterprise; above, its directory is paged through instead. */
const ONE_BY_ONE = 20;

export interface KnownEmails {
  /** The members to whom a source proves the emails to belong. */
  readonly people: ReadonlyMap<string, Person>;
  /**
   * Members whom invitations of this server made under the emails: likely, not proven. Another person may have been given
   * the name of the invitation, so such a member gets no access by the email.
   */
  readonly invited: ReadonlyMap<string, Person>;
  /** Emails that sources give to several members, with those members' ids: a person must say whose they are. */
  readonly disputed: ReadonlyMap<string, readonly string[]>;
}

/**
 * Which of many emails belong to people of a workspace, proven by links of before and by the enterprise's directory of
 * today, which may contradict a link. What the directory shows is learnt.
 */
export async function knownEmails(
  emails: readonly string[],
  snapshot: WorkspaceSnapshot,
  context: PlanContext,
): Promise<KnownEmails> {
  const people = new Map(peopleOf(snapshot).map((person) => [person.idMember, person]));
  const found = new Map<string, Person>();
  const disputed = new Map<string, readonly string[]>();
  const linked = new Map<string, string>();
  for (const email of emails) {
    const links = (await context.identities.membersOf(email)).filter(isProof);
    const [only, ...others] = new Set(links.map(({ idMember }) => idMember));
    if (only === undefined) continue;
    linked.set(email, only);
    if (others.length > 0) disputed.set(email, [only, ...others]);
  }
  const shown = await inEnterprise(
    emails.filter((email) => !disputed.has(email)),
    context,
  );
  for (const [email, idMember] of shown) {
    const other = linked.get(email);
    if (other === idMember) continue;
    await context.identities.learn({ email, idMember, source: "enterprise" });
    if (other !== undefined) disputed.set(email, [other, idMember]);
  }
  const sure = emails.filter((email) => !disputed.has(email));
  for (const email of sure) {
    const person = people.get(shown.get(email) ?? linked.get(email) ?? "");
    if (person) found.set(email, person);
  }
  const open = sure.filter((email) => !shown.has(email) && !linked.has(email));
  return { people: found, invited: await invitedPeople(open, people, snapshot, context), disputed };
}

async function invitedPeople(
  emails: readonly string[],
  people: ReadonlyMap<string, Person>,
  snapshot: WorkspaceSnapshot,
  context: PlanContext,
): Promise<ReadonlyMap<string, Person>> {
  if (emails.length === 0) return new Map();
  const found = new Map<string, Person>();
  const ghostOf = await invitedGhosts(snapshot, context);
  for (const email of emails) {
    const [first, ...others] = new Set([
      ...[ghostOf(email)].flatMap((idMember) => idMember ?? []),
      ...(await invitedAs(email, context)),
      ...(await context.identities.membersOf(email)).map(({ idMember }) => idMember),
    ]);
    const person = people.get(first ?? "");
    if (person && others.length === 0) found.set(email, person);
  }
  return found;
}

/**
 * Whom to invite for an email: the member to whom it is proven to belong, or the email. A member who is only likely
 * counts if everything asked for is there already: then the invitation would change nothing. Else the email is invited
 * again, because Trello knows whose it is.
 */
export function inviteeFor(
  email: string,
  { people, invited }: Pick<KnownEmails, "people" | "invited">,
  wanted: { readonly role: string; readonly boards: readonly { readonly board: { readonly id: string } }[] },
): Person | string {
  const proven = people.get(email);
  if (proven) return proven;
  const likely = invited.get(email);
  if (!likely) return email;
  const on = new Set(likely.boards.map(({ id }) => id));
  const joins = wanted.role === "normal" || wanted.role === "admin";
  const isThere =
    (!joins || likely.membership !== null) && wanted.boards.every(({ board }) => on.has(board.id));
  return isThere ? likely : email;
}

async function inEnterprise(
  emails: readonly string[],
  { reads }: PlanContext,
): Promise<ReadonlyMap<string, string>> {
  const wanted = new Set(emails);
  const emailIn = ({ member }: EnterpriseMemberRow): string => member.email?.toLowerCase() ?? "";
  const rows = await askOptional(reads, "enterprise", async (enterprise) => {
    if (emails.length > ONE_BY_ONE) {
      return searchEnterprise(enterprise, {
        query: {},
        fits: (row) => wanted.has(emailIn(row)),
        settles: (found) => found.length >= wanted.size,
      });
    }
    const found: EnterpriseMemberRow[] = [];
    for (const email of emails) {
      const row = await enterpriseRowWithEmail(email, enterprise);
      if (row) found.push(row);
    }
    return found;
  });
  return new Map((rows ?? []).map((row) => [emailIn(row), row.member.id]));
}
