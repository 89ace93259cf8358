import { SEED, type World } from "../../src/sandbox/index.ts";

/** On how many boards each of them is: enough that a run is often lost in its middle. */
const BOARDS_EACH = 4;

/** New normal members of a workspace, each on some of its boards, for as many runs as a trial wants; their ids. */
export function addLeavers(world: World, idOrganization: string, count: number): readonly string[] {
  const { boards, members, workspaces } = world.trello;
  const model = members.get(SEED.leaver.id);
  const open = [...boards.values()].filter(
    (board) => board.idOrganization === idOrganization && !board.closed,
  );
  const hex = (first: string, n: number) => `${first}${n.toString(16).padStart(22, "0")}`;
  let rows = 0;
  const row = (idMember: string) => {
    rows += 1;
    const state = { memberType: "normal", unconfirmed: false, deactivated: false } as const;
    return { id: hex("5c", rows), idMember, ...state };
  };
  return Array.from({ length: count }, (_, n) => {
    const id = hex("5d", n + 1);
    if (!model) throw new Error("the seed has no leaver");
    const name = {
      username: `trial_leaver_${n}`,
      fullName: `Trial Leaver ${n}`,
      email: `leaver${n}@example.com`,
    };
    members.set(id, { ...model, id, ...name, aaId: null });
    workspaces.get(idOrganization)?.memberships.push(row(id));
    for (let at = 0; at < BOARDS_EACH; at += 1)
      open[(n * BOARDS_EACH + at) % open.length]?.memberships.push(row(id));
    return id;
  });
}
