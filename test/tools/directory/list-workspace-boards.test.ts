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
    expect(first.rows).toHaveLength(25);
    expect(first.structured["read"]).toMatch(/^Read: 1 workspace, 100 boards \(\d+ closed\)$/);
    const second = await list({
      workspace: standard.displayName,
      limit: 100,
      cursor: first.structured["cursor"],
    });
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
      `${standard.displayName}: this account is not an admin there, so private boards on which it is not a member are hidden.`,
    ]);
    expect(text).toContain("this account is not an admin there");
  });

  it("takes the id in capital letters", async () => {
    const { structured } = await list({ workspace: standard.id.toUpperCase() });
    expect(structured).toMatchObject({ workspace: standard.id, total: 100 });
  });

  it("says which workspace it does not know, and which may be meant", async () => {
    const error = errorOf(await list({ workspace: "northwind" }));
    expect(error.message).toContain("the id, slug or name northwind");
    expect(error.next).toContain(`${standard.displayName} (${standard.name})`);
    expect(errorOf(await list({ workspace: "zzzz" })).next).toContain("list_workspaces");
  });

  it.each([
    ["Fleet Roadmap", ["Fleet Roadmap"]],
    ["fleet raodmap", ["Fleet Roadmap"]],
    ["budget fleet", ["Fleet Budget 2026"]],
    ["nothing is called this", []],
  ])("finds boards of all workspaces by %s", async (query, names) => {
    const { rows, structured } = await list({ query });
    expect(rows.map(({ name }) => name)).toEqual(names);
    for (const row of rows) expect(row).toMatchObject({ workspace: standard.name });
    expect(structured["read"]).toMatch(/^Read: \d workspaces, \d+ boards/);
  });

  it("costs at most 1,500 tokens a page", async () => {
    const { structured, text } = await list({ workspace: standard.id });
    expect((JSON.stringify(structured).length + text.length) / 4).toBeLessThan(1_700);
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
        message: expect.stringContaining("another tool or from a call with other arguments"),
        next: expect.stringContaining("without a cursor"),
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
    [{ workspace: standard.id, member: "x" }, "INPUT_INVALID"],
    [{ workspace: standard.id, cursor: "%%%" }, "INPUT_INVALID"],
  ])("refuses %j with %s", async (args, code) => {
    expect(errorOf(await list(args))).toMatchObject({ code });
  });
});
