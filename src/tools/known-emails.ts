import type { WorkspaceSnapshot } from "../domain/trello.ts";
import type { PlanContext } from "../engine/engine.ts";
import { peopleOf, type Person } from "./people.ts";

/** Up to so many emails are each looked up in the enterprise; above, its directory is paged through instead. */
const ONE_BY_ONE = 20;
/** Pages of 100 people each. */
const MOST_PAGES = 20;

export interface KnownEmails {
  readonly people: ReadonlyMap<string, Person>;
  /** Emails that sources give to several members, with those members' ids: whose they are is for a person to say. */
  readonly disputed: ReadonlyMap<string, readonly string[]>;
}

/**
 * Which of many emails belong to people of a workspace, proven: by links learnt before, by a ghost that bears the email
 * as its name, and by the enterprise's directory. What is proven is learnt.
 */
export async function knownEmails(
  emails: readonly string[],
  snapshot: WorkspaceSnapshot,
  context: PlanContext,
): Promise<KnownEmails> {
  const people = new Map(peopleOf(snapshot).map((person) => [person.idMember, person]));
  const found = new Map<string, Person>();
  const disputed = new Map<string, readonly string[]>();
  const enter = (email: string, idMember: string): void => {
    const person = people.get(idMember);
    if (person) found.set(email, person);
  };
  for (const email of emails) {
    const links = await context.identities.membersOf(email);
    const [only, ...others] = new Set(links.map(({ idMember }) => idMember));
    if (only === undefined) continue;
    if (others.length > 0) disputed.set(email, [only, ...others]);
    else enter(email, only);
  }
  const open = () => emails.filter((email) => !found.has(email) && !disputed.has(email));
  const ghosts = new Map(
    [...people.values()]
      .filter(({ member }) => member?.memberType === "ghost")
      .map((person) => [person.member?.fullName.toLowerCase() ?? "", person]),
  );
  for (const email of open()) {
    const ghost = ghosts.get(email);
    if (ghost) found.set(email, ghost);
  }
  for (const [email, idMember] of await inEnterprise(open(), context)) {
    await context.identities.learn({ email, idMember, source: "enterprise" });
    enter(email, idMember);
  }
  return { people: found, disputed };
}

async function inEnterprise(
  emails: readonly string[],
  { reads: { enterprise } }: PlanContext,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  if (!enterprise || emails.length === 0) return found;
  const wanted = new Set(emails);
  const take = (rows: Awaited<ReturnType<typeof enterprise.members>>["rows"]): void => {
    for (const { member } of rows) {
      const email = member.email?.toLowerCase();
      if (email && wanted.has(email)) found.set(email, member.id);
    }
  };
  if (emails.length <= ONE_BY_ONE) {
    for (const email of emails) take((await enterprise.members({ search: email })).rows);
    return found;
  }
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES && found.size < wanted.size; page += 1) {
    const answer: Awaited<ReturnType<typeof enterprise.members>> = await enterprise.members(
      cursor === null ? {} : { cursor },
    );
    take(answer.rows);
    cursor = answer.cursor;
    if (cursor === null) break;
  }
  return found;
}
