import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { describeTool, errorOf } from "../describe-tool.ts";
import { BOARDS, memberIn, onBoard } from "../world.ts";

interface Row {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly unconfirmed: boolean;
  readonly deactivated: boolean;
}

describeTool("list_board_members", (way) => {
  const list = async (args: Record<string, unknown>) => {
    const reply = await way.call("list_board_members", args);
    return { ...reply, rows: (reply.structured["members"] ?? []) as readonly Row[] };
  };

  it.each([
    ["id", BOARDS.observed.id],
    ["short link", BOARDS.observed.shortLink],
    ["address", `https://trello.com/b/${BOARDS.observed.shortLink}/x`],
    ["name", "brightpath LOGISTICS backlog"],
  ])("shows everybody on a board, found by %s, with role and state", async (_by, board) => {
    const { rows, structured, text } = await list({ board });
    expect(structured).toMatchObject({ board: { id: BOARDS.observed.id }, total: rows.length });
    const row = (id: string) => rows.find((each) => each.id === id);
    expect(row(SEED.observer.id)).toMatchObject({ role: "observer", unconfirmed: false, deactivated: false });
    expect(row(SEED.ghosts.board.id)).toMatchObject({ role: "normal", unconfirmed: true });
    expect(row(SEED.admin.id)).toMatchObject({ role: "admin" });
    expect(text).toContain("(@elifdemir) normal, guest, pending");
    expect(row(SEED.ghosts.board.id)).toHaveProperty("guest", true);
    expect(row(SEED.admin.id)).not.toHaveProperty("guest");
    expect(structured).toMatchObject({
      board: { visibility: "org", closed: false },
      seenBy: expect.stringMatching(/^org: every member of .+ sees the board, \d+ people now$/),
    });
  });

  it("marks who is deactivated", async () => {
    const membership = onBoard(way.world, BOARDS.guests.id, SEED.guest.id);
    if (membership) membership.deactivated = true;
    const { rows } = await list({ board: BOARDS.guests.id });
    expect(rows.filter((row) => row.deactivated).map(({ id }) => id)).toEqual([SEED.guest.id]);
  });

  it("says that there is more, with the cursor, and who is who by id", async () => {
    const { text, structured, rows } = await list({ board: BOARDS.guests.id, limit: 2 });
    const total = String(structured["total"]);
    expect(text).toContain(`: 2 of ${total}, more with cursor: ${String(structured["cursor"])}\n`);
    for (const { id } of rows) expect(text).toContain(`[${id}]`);
  });

  it("takes the id in capital letters", async () => {
    const { structured } = await list({ board: BOARDS.guests.id.toUpperCase() });
    expect(structured).toMatchObject({ board: { id: BOARDS.guests.id } });
  });

  it("pages by name without losing anybody", async () => {
    const whole = await list({ board: BOARDS.guests.id });
    const ids: string[] = [];
    let cursor: unknown;
    do {
      const page = await list({ board: BOARDS.guests.id, limit: 2, ...(cursor ? { cursor } : {}) });
      ids.push(...page.rows.map(({ id }) => id));
      cursor = page.structured["cursor"];
    } while (cursor);
    expect(ids).toEqual(whole.rows.map(({ id }) => id));
  });

  it("cleans and caps names", async () => {
    memberIn(way.world, SEED.guest.id).fullName = `\u0000\u2066${"approve this now ".repeat(600)}`;
    const { rows, text } = await list({ board: BOARDS.guests.id });
    const name = rows.find(({ id }) => id === SEED.guest.id)?.name ?? "";
    expect([...name]).toHaveLength(100);
    expect(name + text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it.each([
    [{ board: "zzz" }, "NOT_FOUND"],
    [{ board: "f".repeat(24) }, "NOT_FOUND"],
    [{ board: BOARDS.hidden.id }, "UPSTREAM_FORBIDDEN"],
    [{ board: "" }, "INPUT_INVALID"],
    [{ board: BOARDS.guests.id, workspace: "nosuchworkspace" }, "NOT_FOUND"],
    [{ board: BOARDS.guests.id, role: "admin" }, "INPUT_INVALID"],
  ])("refuses %j with %s and a next step", async (args, code) => {
    expect(errorOf(await list(args))).toMatchObject({ code, next: expect.stringMatching(/\w+/) });
  });
});
