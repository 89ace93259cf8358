import type { EnterpriseMemberRow } from "../domain/enterprise.ts";
import type { PlanContext } from "../domain/planning.ts";
import type { WorkspaceSnapshot } from "../domain/trello.ts";
import { movedEmails } from "./accounts-today.ts";
import { enterpriseRowWithEmail, searchEnterprise } from "./enterprise.ts";
import { isProof } from "./emails.ts";
import { invitedAs, invitedGhosts } from "./invited.ts";
import { peopleOf, type Person } from "./person.ts";
import { askOptional } from "./sources.ts";

/**
 * Up to 20 emails are looked up in the enterprise one by one. For more emails, the whole directory is read, because
 * that needs fewer requests.
 */
const ONE_BY_ONE = 20;

export interface KnownEmails {
  /** The members who are proven to own the emails. */
  readonly people: ReadonlyMap<string, Person>;
  /**
   * Members that Trello created when this server invited these emails. They probably own the emails, but this is not
   * proven, because another person may have accepted the invitation. So they get no access that was meant for the owner
   * of the email.
   */
  readonly invited: ReadonlyMap<string, Person>;
  /**
   * Emails that sources assign to several members, with the ids of these members. A human must choose the right member.
   */
  readonly disputed: ReadonlyMap<string, readonly string[]>;
}

/**
 * Finds out which emails belong to people of a workspace. Two sources are used: the links between emails and members in
 * this server's store, and the enterprise's directory. If they contradict each other, the email is put into `disputed`.
 * New links from the directory are stored.
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
  // If another Atlassian account than the member's has the email today, the email was given to a new person. So the
  // email is put into `disputed`.
  const earlier = emails.flatMap((email) => {
    const person = people.get(linked.get(email) ?? "");
    return person && !disputed.has(email) && !shown.has(email) ? [{ email, member: person.member }] : [];
  });
  for (const email of (await movedEmails(earlier, context.reads)).keys())
    disputed.set(email, [linked.get(email) ?? ""]);
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
 * Whom to invite: the member who is proven to own the email, or the email itself. A likely member is used only if that
 * member already has everything that the invitation gives. Otherwise the email is invited, because Trello knows who
 * owns the email.
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
