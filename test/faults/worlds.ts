import { SEED, type World } from "../../src/sandbox/index.ts";
import { freshWorld } from "../support/fresh-world.ts";

type Tier = "free" | "standard" | "premium" | "enterprise";
type Role = "admin" | "normal" | "observer";

/** A workspace as far as the leaver is concerned. The token's owner and a deputy are admins of it and of its boards. */
export interface PlaceSpec {
  readonly tier: Tier;
  /** null: not a member, at most a guest of boards. */
  readonly role: "admin" | "normal" | null;
  readonly deactivated?: boolean;
  readonly boards: readonly BoardSpec[];
}

export interface BoardSpec {
  /** null: the leaver is not on it. */
  readonly role: Role | null;
  readonly closed?: boolean;
  readonly successor?: boolean;
  /** Cards with the leaver on them. */
  readonly cards?: readonly { readonly closed?: boolean; readonly shared?: boolean }[];
}

export interface WorldSpec {
  /** Whether replies have the untidy forms of the messy world. */
  readonly untidy?: boolean;
  readonly places: readonly PlaceSpec[];
  /** Invited and without an account. */
  readonly ghost?: boolean;
  readonly scimActive?: boolean;
}

const { admin, deputy, leaver, successor } = SEED;

/** A world of nothing but these workspaces; the leaver is the seed's, and so are owner, deputy and successor. */
export function worldOf({ places, ghost = false, scimActive = true, untidy = false }: WorldSpec): World {
  const world = { ...freshWorld(), ...(untidy && { wire: freshWorld("messy").wire }) };
  const { trello } = world;
  trello.workspaces.clear();
  trello.boards.clear();
  trello.cards.clear();
  for (const enterprise of trello.enterprises.values()) enterprise.idOrganizations = [];
  const person = trello.members.get(leaver.id);
  if (person && ghost) Object.assign(person, { memberType: "ghost", confirmed: false, aaId: null });
  const user = world.atlassian.directory.users.get(leaver.idScim ?? "");
  if (user) user.active = scimActive;

  let made = 0;
  const id = (kind: string): string => {
    made += 1;
    return `65a${kind}${made.toString(16).padStart(20, "0")}`;
  };
  const row = (idMember: string, memberType: Role, deactivated = false) => ({
    id: id("1"),
    idMember,
    memberType,
    unconfirmed: ghost && idMember === leaver.id,
    deactivated,
  });
  for (const [index, place] of places.entries()) {
    const idOrganization = id("2");
    trello.workspaces.set(idOrganization, {
      id: idOrganization,
      name: `place${index}`,
      displayName: `Place ${index}`,
      tier: place.tier,
      idEnterprise: null,
      memberships: [
        row(admin.id, "admin"),
        row(deputy.id, "admin"),
        row(successor.id, "normal"),
        ...(place.role ? [row(leaver.id, place.role, place.deactivated)] : []),
      ],
      dateCreated: "2024-01-15T09:00:00.000Z",
    });
    for (const [n, board] of place.boards.entries()) {
      const idBoard = id("3");
      trello.boards.set(idBoard, {
        id: idBoard,
        shortLink: `b${made.toString(36).padStart(7, "0")}`,
        name: `Board ${index}.${n}`,
        closed: board.closed ?? false,
        idOrganization,
        permissionLevel: "org",
        memberships: [
          row(admin.id, "admin"),
          ...(board.successor ? [row(successor.id, "normal")] : []),
          ...(board.role ? [row(leaver.id, board.role, place.deactivated)] : []),
        ],
      });
      for (const { closed = false, shared = false } of board.cards ?? []) {
        const idCard = id("4");
        const others = shared ? [board.successor ? successor.id : admin.id] : [];
        trello.cards.set(idCard, {
          id: idCard,
          name: `Card ${made}`,
          idBoard,
          idMembers: [leaver.id, ...others],
          closed,
        });
      }
    }
  }
  return world;
}

/** Who is where with which role, on which cards, and who is active: all that offboarding changes. Ids of rows are new on return. */
export function stateOf({ trello, atlassian }: World): unknown {
  const people = (rows: readonly { idMember: string; memberType: string; deactivated: boolean }[]) =>
    rows
      .map(({ idMember, memberType, deactivated }) => `${idMember} ${memberType} ${deactivated}`)
      .toSorted();
  return {
    workspaces: [...trello.workspaces.values()].map(({ name, memberships }) => [name, people(memberships)]),
    boards: [...trello.boards.values()].map(({ name, memberships }) => [name, people(memberships)]),
    cards: [...trello.cards.values()].map(({ name, idMembers }) => [name, idMembers.toSorted()]),
    users: [...atlassian.directory.users.values()].map(({ id, active }) => [id, active]),
    enterprise: [...trello.enterprises.values()].map(({ members }) =>
      [...members.values()].map(({ idMember, deactivated }) => [idMember, deactivated]),
    ),
  };
}
