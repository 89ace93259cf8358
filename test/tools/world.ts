import { SEED, type World, type WorldName } from "../../src/sandbox/index.ts";
import { freshWorld } from "../support/fresh-world.ts";

export const { workspaces: WORKSPACES, boards: BOARDS } = SEED;

/** Puts the company that a world began with back into it; ids go on, so that none is given out twice. */
export function reseed(world: World, name: WorldName = "clean"): void {
  const { sequence } = world.trello;
  const { serial } = world.atlassian;
  refill(world, { ...freshWorld(name), now: world.now });
  world.trello.sequence = sequence;
  world.atlassian.serial = serial;
}

function refill(into: object, from: object): void {
  if (into instanceof Map && from instanceof Map) {
    into.clear();
    for (const [key, value] of from) into.set(key, value);
  } else if (into instanceof Set && from instanceof Set) {
    into.clear();
    for (const value of from) into.add(value);
  } else if (Array.isArray(into) && Array.isArray(from)) {
    into.splice(0, into.length, ...(from as readonly unknown[]));
  } else {
    for (const [key, value] of Object.entries(from)) {
      const old: unknown = Reflect.get(into, key);
      if (isObject(old) && isObject(value)) refill(old, value);
      else Reflect.set(into, key, value);
    }
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** A workspace that the seed has. */
export function workspaceIn(world: World, id: string) {
  const found = world.trello.workspaces.get(id);
  if (!found) throw new Error(`no workspace ${id}`);
  return found;
}

/** A member that the seed has. */
export function memberIn(world: World, id: string) {
  const found = world.trello.members.get(id);
  if (!found) throw new Error(`no member ${id}`);
  return found;
}

/** The person's row on a board, or undefined. */
export function onBoard(world: World, idBoard: string, idMember: string) {
  return world.trello.boards.get(idBoard)?.memberships.find((row) => row.idMember === idMember);
}

/** The person's row in a workspace, or undefined. */
export function inWorkspace(world: World, idWorkspace: string, idMember: string) {
  return workspaceIn(world, idWorkspace).memberships.find((row) => row.idMember === idMember);
}

/** The boards of a workspace that a person is on. */
export function boardsWith(world: World, idWorkspace: string, idMember: string) {
  return [...world.trello.boards.values()].filter(
    ({ idOrganization, memberships }) =>
      idOrganization === idWorkspace && memberships.some((row) => row.idMember === idMember),
  );
}

/** Who has this email, or undefined. */
export function withEmail(world: World, email: string) {
  return [...world.trello.members.values()].find((member) => member.email === email);
}

/** The row in a workspace of whoever has this email, or undefined. */
export function invitedTo(world: World, idWorkspace: string, email: string) {
  const member = withEmail(world, email);
  return member && inWorkspace(world, idWorkspace, member.id);
}

/** The ghost of this email signs up under a name of their own, as a person who follows an invitation. */
export function signUp(world: World, email: string, fullName: string): string {
  const member = withEmail(world, email);
  if (!member) throw new Error(`nobody was invited as ${email}`);
  Object.assign(member, {
    memberType: "normal",
    confirmed: true,
    fullName,
    username: email.replace(/\W/g, ""),
  });
  const holders = [...world.trello.workspaces.values(), ...world.trello.boards.values()];
  for (const row of holders.flatMap(({ memberships }) => memberships)) {
    if (row.idMember === member.id) row.unconfirmed = false;
  }
  return member.id;
}
