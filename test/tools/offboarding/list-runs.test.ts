import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { describeTool, errorOf, ONE_A_TRANSPORT } from "../describe-tool.ts";
import { WORKSPACES } from "../world.ts";

const { standard } = WORKSPACES;

interface Listed {
  readonly runs: readonly {
    readonly id: string;
    readonly tool: string;
    readonly state: string;
    readonly done: number;
    readonly total: number;
    readonly evidence: string | null;
  }[];
  readonly cursor?: string;
}

describeTool(
  "list_runs",
  (way) => {
    const list = async (args: Record<string, unknown> = {}) =>
      (await way.call("list_runs", args)).structured as unknown as Listed;
    const promote = async (role: "admin" | "normal") =>
      (await way.call("set_workspace_role", { workspace: standard.id, member: SEED.successor.id, role }))
        .structured["runId"];

    it("lists the newest first, with progress and evidence", async () => {
      const [first, second] = [await promote("admin"), await promote("normal")];
      const { runs } = await list({ limit: 2 });
      expect(runs.map(({ id }) => id)).toEqual([second, first]);
      expect(runs[0]).toMatchObject({
        tool: "set_workspace_role",
        state: "applied",
        done: 1,
        total: 1,
        evidence: "PASS",
      });
    });

    it("pages without losing or repeating any", async () => {
      const made = [await promote("admin"), await promote("normal"), await promote("admin")];
      const seen: string[] = [];
      let cursor: string | undefined;
      while (seen.length < 3) {
        const page: Listed = await list({ limit: 1, ...(cursor && { cursor }) });
        seen.push(...page.runs.map(({ id }) => id));
        cursor = page.cursor;
        if (cursor === undefined) break;
      }
      expect(seen).toEqual(made.toReversed());
    });

    it("shows a run that was not finished for good", async () => {
      await way.call("update_my_profile", { username: SEED.leaver.username });
      const { runs } = await list({ limit: 1 });
      expect(runs[0]).toMatchObject({ state: "failed", done: 0, total: 1, evidence: "FAIL" });
    });

    it("hides the runs of another token's owner, whose own are found behind them", async () => {
      const { tokens } = way.world.trello;
      const token = tokens.get(SEED.tokens.normalMember);
      if (token) tokens.set(token.token, { ...token, scopes: new Set([...token.scopes, "account"]) });
      const other = await way.other({ TRELLO_API_TOKEN: SEED.tokens.normalMember });
      const own = await other.call("update_my_profile", { bio: way.newEmail("bio") });
      for (const role of ["admin", "normal"] as const) await promote(role);
      const reply = (await other.call("list_runs", { limit: 1 })).structured as unknown as Listed;
      expect(reply.runs.map(({ id }) => id)).toEqual([own.structured["runId"]]);
    });

    it("tells the cursor in its text, and takes one of nothing but itself", async () => {
      for (const role of ["admin", "normal"] as const) await promote(role);
      const reply = await way.call("list_runs", { limit: 1 });
      const cursor = String(reply.structured["cursor"]);
      expect(reply.text).toContain(`1 run, more with cursor: ${cursor}\n`);
      const board = { board: SEED.boards.guests.id };
      const { structured } = await way.call("list_board_members", { ...board, limit: 1 });
      for (const error of [
        errorOf(await way.call("list_board_members", { ...board, cursor })),
        errorOf(await way.call("list_runs", { cursor: structured["cursor"] })),
        // As one that was given out, of a run that is not there.
        errorOf(await way.call("list_runs", { cursor: Buffer.from("run_nowhere").toString("base64url") })),
      ]) {
        expect(error).toMatchObject({
          code: "INPUT_INVALID",
          next: expect.stringContaining("without a cursor"),
        });
      }
    });

    it.each([
      [{ limit: -1 }, "INPUT_INVALID"],
      [{ cursor: "made-up" }, "INPUT_INVALID"],
      [{ all: true }, "INPUT_INVALID"],
    ])("refuses %j with %s", async (args, code) => {
      expect(errorOf(await way.call("list_runs", args))).toMatchObject({
        code,
        next: expect.stringMatching(/\w+/),
      });
    });
  },
  { clients: ONE_A_TRANSPORT, approves: true },
);
