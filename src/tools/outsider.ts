import type { PlanContext } from "../domain/planning.ts";
import type { Member, WorkspaceSnapshot } from "../domain/trello.ts";
import { findPeople } from "./find-people.ts";
import type { Person } from "./people.ts";

/**
 * Somebody whom a workspace does not have: by id where another workspace of the token's owner has them, or by exact
 * username where Trello's search finds it. null for anybody else, an email or a display name.
 */
export async function outsider(
  query: string,
  snapshot: WorkspaceSnapshot,
  context: PlanContext,
): Promise<Person | null> {
  const wanted = query.trim().replace(/^@/, "").toLowerCase();
  if (/[\s@]/.test(wanted)) return null;
  const member = /^[0-9a-f]{24}$/.test(wanted)
    ? await inOtherWorkspaces(wanted, snapshot, context)
    : (await context.reads.trello.searchMembers(wanted)).find(
        ({ username }) => username.toLowerCase() === wanted,
      );
  return member ? { idMember: member.id, member, membership: null, boards: [] } : null;
}

async function inOtherWorkspaces(
  idMember: string,
  { workspace }: WorkspaceSnapshot,
  context: PlanContext,
): Promise<Member | null> {
  const { trello } = context.reads;
  const others = (await trello.workspaces()).filter(({ id }) => id !== workspace.id);
  const snapshots = await trello.workspaceSnapshots(others.map(({ id }) => id));
  const [found] = await findPeople(idMember, snapshots, context);
  return found?.confidence === "certain" ? found.person.member : null;
}
