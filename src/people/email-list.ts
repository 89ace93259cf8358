import type { EnterpriseMemberRow } from "../domain/enterprise.ts";
import type { PlanContext } from "../domain/planning.ts";
import type { WorkspaceSnapshot } from "../domain/trello.ts";
import { enterpriseRowWithEmail, searchEnterprise } from "./enterprise.ts";
import { invitedGhosts } from "./invited.ts";
import { peopleOf, type Person } from "./person.ts";
import { askOptional } from "./sources.ts";

/** Up to so many emails are each looked up in the enterprise; above, its directory is paged through instead. */
const ONE_BY_ONE = 20;

export interface KnownEmails {
  readonly people: ReadonlyMap<string, Person>;
  /** Emails that sources give to several members, with those members' ids: whose they are is for a person to say. */
  readonly disputed: ReadonlyMap<string, readonly string[]>;
}

/**
 * Which of many emails belong to people of a workspace, proven: by links learnt before, which the enterprise's directory
 * of today may contradict, by that directory, and by our own invitation of a ghost. What the directory tells is learnt.
 */
export async function knownEmails(
  emails: readonly string[],
  snapshot: WorkspaceSnapshot,
  context: PlanContext,
): Promise<KnownEmails> {
  const people = new Map(peopleOf(snapshot).map((person) => [person.idMember, person]));
  const found = new Map<string, Person>();
  const disputed = new Map<string, readonly string[]>();
  const enter = (email: string, idMember: string | null | undefined): void => {
    const person = people.get(idMember ?? "");
    if (person) found.set(email, person);
  };
  const linked = new Map<string, string>();
  for (const email of emails) {
    const links = await context.identities.membersOf(email);
    const [only, ...others] = new Set(links.map(({ idMember }) => idMember));
    if (only === undefined) continue;
    linked.set(email, only);
    if (others.length > 0) disputed.set(email, [only, ...others]);
  }
  const told = await inEnterprise(
    emails.filter((email) => !disputed.has(email)),
    context,
  );
  for (const [email, idMember] of told) {
    const other = linked.get(email);
    if (other === idMember) continue;
    await context.identities.learn({ email, idMember, source: "enterprise" });
    if (other !== undefined) disputed.set(email, [other, idMember]);
  }
  const sure = emails.filter((email) => !disputed.has(email));
  for (const email of sure) enter(email, told.get(email) ?? linked.get(email));
  const open = sure.filter((email) => !found.has(email));
  if (open.length > 0) {
    const ghostOf = await invitedGhosts(snapshot, context);
    for (const email of open) enter(email, ghostOf(email));
  }
  return { people: found, disputed };
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
