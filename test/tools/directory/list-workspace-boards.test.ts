import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
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

  it("says so where the token's owner is no admin, and so does not see private boards", async () => {
    const other = await way.other({ TRELLO_API_TOKEN: SEED.tokens.normalMember });
    const { structured, text } = await other.call("list_workspace_boards", { workspace: standard.id });
    expect(Number(structured["total"])).toBeLessThan(100);
    expect(structured["blindSpots"]).toEqual([
      `${standard.displayName}: this account is no admin there, so private boards that it is not on are hidden.`,
    ]);
    expect(text).toContain("this account is no admin there");
  });

  it("takes the id in capital letters", async () => {
    const { structured } = await list({ workspace: standard.id.toUpperCase() });
    expect(structured).toMatchObject({ workspace: standard.id, total: 100 });
  });

  it("says which workspace it does not know, and what is meant by one", async () => {
    const error = errorOf(await list({ workspace: standard.displayName }));
    expect(error.message).toContain(`the id or slug ${standard.displayName}`);
    expect(error.next).toContain("list_workspaces");
  });

  it("refuses a cursor of another workspace, of another filter and of another tool", async () => {
    const { structured } = await list({ workspace: standard.id, limit: 10 });
    const { cursor } = structured;
    // By slug it is the same workspace.
    expect((await list({ workspace: standard.name, limit: 10, cursor })).rows).toHaveLength(10);
    const replies = [
      await list({ workspace: free.id, cursor }),
      await list({ workspace: standard.id, closed: true, cursor }),
      await way.call("list_workspace_members", { workspace: standard.id, cursor }),
    ];
    for (const reply of replies) {
      expect(errorOf(reply)).toMatchObject({
        code: "INPUT_INVALID",
        message: expect.stringContaining("another tool or for other arguments"),
        next: expect.stringContaining("leave it out"),
      });
    }
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
