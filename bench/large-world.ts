import { SEED, seedWorld } from "../src/sandbox/index.ts";
import type { World } from "../src/sandbox/index.ts";

type Trello = World["trello"];
type Board = Trello["boards"] extends Map<string, infer B> ? B : never;
type Membership = Board["memberships"][number];

const ON_EACH_BOARD = 12;

/** The seed with its premium workspace grown to so many members and boards, each board with a few people in turn. */
export function largeWorld(members: number, boards: number): World {
  const world = seedWorld();
  const { trello } = world;
  const workspace = trello.workspaces.get(SEED.workspaces.premium.id);
  if (!workspace) throw new Error("the seed has no premium workspace");
  let rows = 0;
  const row = (idMember: string): Membership => ({
    id: idOf("5", (rows += 1)),
    idMember,
    memberType: "normal",
    unconfirmed: false,
    deactivated: false,
  });
  const people: string[] = [];
  for (let n = 1; workspace.memberships.length < members; n += 1) {
    const member = person(n);
    people.push(member.id);
    trello.members.set(member.id, member);
    workspace.memberships.push(row(member.id));
  }
  const present = [...trello.boards.values()].filter((board) => board.idOrganization === workspace.id).length;
  for (let n = 1; n <= boards - present; n += 1) {
    const from = n * ON_EACH_BOARD;
    const crew = Array.from(
      { length: ON_EACH_BOARD },
      (_, seat) => people[(from + seat) % people.length] ?? "",
    );
    const board: Board = {
      id: idOf("3", n),
      shortLink: `lw${n.toString(36).padStart(6, "0")}`,
      name: `Project ${n}`,
      closed: false,
      idOrganization: workspace.id,
      permissionLevel: "org",
      memberships: [{ ...row(SEED.admin.id), memberType: "admin" }, ...crew.map(row)],
    };
    trello.boards.set(board.id, board);
  }
  return world;
}

function person(n: number): Trello["members"] extends Map<string, infer M> ? M : never {
  return {
    id: idOf("1", n),
    username: `worker${n}`,
    fullName: `Worker Number ${n}`,
    initials: "WN",
    bio: "",
    email: `worker${n}@example.com`,
    memberType: "normal",
    confirmed: true,
    aaId: null,
    dateLastActive: null,
  };
}

/** 24 hexadecimal digits, apart from those of the seed. */
function idOf(kind: string, n: number): string {
  return `66000000f${kind}${n.toString(16).padStart(14, "0")}`;
}
