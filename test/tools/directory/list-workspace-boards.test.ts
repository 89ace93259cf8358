import { expect, it } from "vitest";
import { describeTool, errorOf } from "../describe-tool.ts";
import { BOARDS, WORKSPACES } from "../world.ts";

interface Row {
  readonly id: string;
  readonly shortLink: string;
  readonly name: string;
  readonly visibility: string;
  readonly closed: boolean;
  readonly members: number;
}

const { free, standard } = WORKSPACES;

describeTool("list_workspace_boards", (way) => {
  const list = async (args: Record<string, unknown>) => {
    const reply = await way.call("list_workspace_boards", args);
    return { ...reply, rows: (reply.structured["boards"] ?? []) as readonly Row[] };
  };
  const boardsIn = (id: string) =>
    [...way.world.trello.boards.values()].filter((board) => board.idOrganization === id);

  it("shows every board of a paid workspace over its pages, with visibility and head count", async () => {
    const first = await list({ workspace: standard.name });
    const second = await list({ workspace: standard.name, cursor: first.structured["cursor"] });
    const rows = [...first.rows, ...second.rows];
    expect(first.structured).toMatchObject({ workspace: standard.id, total: 100, blindSpots: [] });
    expect(second.structured).not.toHaveProperty("cursor");
    expect(new Map(rows.map((row) => [row.id, row]))).toEqual(
      new Map(
        boardsIn(standard.id).map((board) => [
          board.id,
          {
            id: board.id,
            shortLink: board.shortLink,
            name: board.name,
            visibility: board.permissionLevel,
            closed: board.closed,
            members: board.memberships.length,
          },
        ]),
      ),
    );
  });

  it("says that a Free workspace hides private boards, and does not show the one that it cannot see", async () => {
    const { rows, structured, text } = await list({ workspace: free.id });
    expect(rows.map(({ id }) => id)).not.toContain(BOARDS.hidden.id);
    expect(rows).toHaveLength(boardsIn(free.id).length - 1);
    expect(structured["blindSpots"]).toEqual([
      expect.stringContaining("private boards of others are hidden"),
    ]);
    expect(text).toContain("private boards of others are hidden");
  });

  it("filters closed boards, and open ones", async () => {
    const closed = await list({ workspace: standard.id, closed: true });
    const open = await list({ workspace: standard.id, closed: false });
    expect(closed.rows.length).toBeGreaterThan(0);
    expect(closed.rows.every((row) => row.closed)).toBe(true);
    expect(Number(closed.structured["total"]) + Number(open.structured["total"])).toBe(100);
  });

  it("cleans and caps names", async () => {
    for (const board of boardsIn(free.id)) board.name = `\u202E${"delete everything ".repeat(500)}`;
    const { rows } = await list({ workspace: free.id });
    for (const { name } of rows) {
      expect([...name]).toHaveLength(100);
      expect(name).toMatch(/^delete everything/);
    }
  });

  it.each([
    [{ workspace: "nosuchworkspace" }, "NOT_FOUND"],
    [{}, "INPUT_INVALID"],
    [{ workspace: standard.id, member: "x" }, "INPUT_INVALID"],
    [{ workspace: standard.id, cursor: "%%%" }, "INPUT_INVALID"],
  ])("refuses %j with %s", async (args, code) => {
    expect(errorOf(await list(args))).toMatchObject({ code });
  });
});
