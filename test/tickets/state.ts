import type { World } from "../../src/sandbox/index.ts";

/** Who is where, in lines that can be compared: workspaces, boards, cards, SCIM Users and Groups, by the names people use. */
export function stateOf({ trello, atlassian }: World): ReadonlyMap<string, string> {
  const rows = new Map<string, string>();
  const nameOf = (idMember: string) => trello.members.get(idMember)?.username ?? idMember;
  const holders = [
    ...[...trello.workspaces.values()].map((each) => ["workspace", each.name, each.memberships] as const),
    ...[...trello.boards.values()].map((each) => ["board", each.name, each.memberships] as const),
  ];
  for (const [kind, name, memberships] of holders) {
    for (const { idMember, memberType, deactivated } of memberships)
      rows.set(
        `${kind} ${name}: ${nameOf(idMember)}`,
        deactivated ? `${memberType}, deactivated` : memberType,
      );
  }
  for (const { name, idBoard, id, idMembers } of trello.cards.values())
    rows.set(
      `card ${trello.boards.get(idBoard)?.name}/${name} ${id}`,
      idMembers.map(nameOf).sort().join("+"),
    );
  for (const user of atlassian.directory.users.values())
    rows.set(`user ${user.userName}`, user.active ? "active" : "not active");
  for (const { displayName, members } of atlassian.directory.groups.values()) {
    for (const id of members)
      rows.set(`group ${displayName}: ${atlassian.directory.users.get(id)?.userName ?? id}`, "in");
  }
  return rows;
}

/** What is different, one line each: `board Roadmap: ada: - -> normal`. */
export function changesBetween(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly string[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key) => {
    const [was, is] = [before.get(key) ?? "-", after.get(key) ?? "-"];
    return was === is ? [] : [`${key}: ${was} -> ${is}`];
  });
}
