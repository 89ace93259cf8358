import type { RouteContext } from "../route.ts";
import type { TrelloMember, World } from "../world.ts";
import { callerOf } from "./access.ts";

/** A new 24-digit id: like Trello's, its first 8 hex digits are the second it was made in. */
export function newId(
  world: Pick<World, "now"> & { readonly trello: { sequence: number } },
  at?: number,
): string {
  const seconds = Math.floor((at ?? world.now()) / 1_000);
  world.trello.sequence += 1;
  return seconds.toString(16).padStart(8, "0") + world.trello.sequence.toString(16).padStart(16, "0");
}

/** Appends to the action feed what a write just did. */
export function record(
  context: RouteContext,
  type: string,
  idOrganization: string | null,
  about: { readonly member?: TrelloMember; readonly data?: Record<string, unknown> },
): void {
  const { world } = context;
  const organization = world.trello.workspaces.get(idOrganization ?? "");
  world.trello.actions.push({
    id: newId(world),
    type,
    date: new Date(world.now()).toISOString(),
    idMemberCreator: callerOf(context).member.id,
    idOrganization,
    data: {
      ...(organization ? { organization: { id: organization.id, name: organization.displayName } } : {}),
      ...(about.member
        ? { idMember: about.member.id, member: { id: about.member.id, name: about.member.fullName } }
        : {}),
      ...about.data,
    },
  });
}
