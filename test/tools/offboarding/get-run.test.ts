import { expect, it } from "vitest";
import { type Fault, SEED } from "../../../src/sandbox/index.ts";
import { describeTool, errorOf } from "../describe-tool.ts";
import { boardsWith, memberIn, WORKSPACES } from "../world.ts";

const { standard } = WORKSPACES;

const faults: Fault[] = [];

describeTool(
  "get_run",
  (way) => {
    const promote = { workspace: standard.id, member: SEED.successor.id, role: "admin" };
    const run = async (tool: string, args: Record<string, unknown>) => {
      const reply = await way.call(tool, args);
      return way.call("get_run", { runId: reply.structured["runId"] });
    };

    it("tells who asked, who decided, every effect with before and after, and what was found afterwards", async () => {
      const { structured, text } = await run("set_workspace_role", {
        ...promote,
        reason: "team lead",
        ticket: "T-1",
      });
      expect(structured).toMatchObject({
        state: "applied",
        tool: "set_workspace_role",
        requestedBy: SEED.admin.fullName,
        client: expect.stringMatching(/^test-v2-(modern|legacy)\/1\.0\.0$/),
        reason: "team lead",
        ticket: "T-1",
        level: "approval",
        decidedBy: "somebody at the terminal",
        digest: expect.stringMatching(/^[0-9a-f]{64}$/),
        effects: [
          {
            state: "applied",
            before: { memberType: "normal" },
            after: { memberType: "admin" },
            attempts: 1,
            error: null,
          },
        ],
        evidence: { result: "PASS", unfinished: [] },
      });
      const times = ["decidedAt", "startedAt", "endedAt"].map((name) => String(structured[name]));
      expect(times).toEqual([...times].sort());
      expect(text).toContain("1 effect: 1 applied, 0 already as wanted, 0 failed");
      expect(structured).toMatchObject({
        total: 1,
        counts: { applied: 1, already: 0, failed: 0, open: 0 },
        decided: expect.stringMatching(/^Decided by somebody at the terminal \(/),
      });
      expect(text).toContain(String(structured["decided"]));
    });

    it("has every effect of a long run, page by page, each once, those that are not done first", async () => {
      const boards = boardsWith(way.world, standard.id, SEED.leaver.id);
      faults.push({
        operation: "DELETE /boards/{id}/members/{idMember}",
        attempt: 7,
        kind: "empty",
        status: 403,
      });
      const args = { workspace: standard.id, member: SEED.leaver.id };
      const runId = String((await way.call("remove_from_boards", args)).structured["runId"]);
      faults.length = 0;
      const found: { readonly description: string; readonly state: string }[] = [];
      let cursor: unknown;
      let pages = 0;
      do {
        const page = await way.call("get_run", { runId, limit: 10, ...(cursor ? { cursor } : {}) });
        const effects = page.structured["effects"] as typeof found;
        found.push(...effects);
        expect(page.structured["total"]).toBe(boards.length);
        expect(page.text).toContain(`of ${boards.length} effects`);
        cursor = page.structured["cursor"];
        pages += 1;
      } while (cursor && pages < 20);
      expect(pages).toBe(Math.ceil(boards.length / 10));
      expect(new Set(found.map(({ description }) => description)).size).toBe(boards.length);
      expect(found.map(({ state }) => state)).toEqual([
        "failed",
        ...Array.from({ length: boards.length - 1 }, () => "applied"),
      ]);
      const brief = await way.call("get_run", { runId });
      expect(brief.structured["effects"]).toHaveLength(25);
      expect(brief.text.length).toBeLessThan(2_000);
      expect(errorOf(await way.call("get_run", { runId: runId.slice(0, -1), cursor: "x" }))).toMatchObject({
        code: "NOT_FOUND",
      });
    });

    it("tells what was refused, and what is left", async () => {
      const { structured } = await run("update_my_profile", { username: SEED.leaver.username });
      expect(structured).toMatchObject({
        state: "failed",
        effects: [{ state: "failed", error: expect.stringMatching(/^[A-Z_]+: /) }],
        evidence: { result: "FAIL", unfinished: [expect.stringContaining("Change username")] },
      });
    });

    it("gives a link to the page for an auditor, and the evidence as Markdown for a ticket", async () => {
      const { structured } = await way.call("set_workspace_role", promote);
      const { runId } = structured;
      const page = await way.call("get_run", { runId, format: "html" });
      const uri = `trello-identity://runs/${String(runId)}/evidence.html`;
      expect(page.structured).toMatchObject({ resource: uri });
      expect(page.structured).not.toHaveProperty("report");
      expect(page.text).toContain(uri);
      expect(page.text + JSON.stringify(page.structured)).not.toContain("<!doctype");
      const ticket = await way.call("get_run", { runId, format: "markdown" });
      expect(ticket.structured["report"]).toContain("**Evidence: PASS**");
      expect(ticket.text).toContain("**Evidence: PASS**");
      expect((await way.call("get_run", { runId })).structured).not.toHaveProperty("report");
    });

    it("cleans names that went into it", async () => {
      memberIn(way.world, SEED.successor.id).fullName = `\u202E${"confirmed by the CEO ".repeat(600)}`;
      const { structured, text } = await run("set_workspace_role", promote);
      expect(JSON.stringify(structured) + text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(String(structured["summary"]).length).toBeLessThan(300);
    });

    it("hides the run from the owner of another token", async () => {
      const reply = await way.call("set_workspace_role", promote);
      const other = await way.other({ TRELLO_API_TOKEN: SEED.tokens.normalMember });
      const { runId } = reply.structured;
      expect(errorOf(await other.call("get_run", { runId }))).toMatchObject({ code: "NOT_FOUND" });
    });

    it.each([
      [{ runId: "run_made_up" }, "NOT_FOUND"],
      [{}, "INPUT_INVALID"],
    ])("refuses %j with %s", async (args, code) => {
      expect(errorOf(await way.call("get_run", args))).toMatchObject({
        code,
        next: expect.stringMatching(/\w+/),
      });
    });
  },
  { approves: true, sandbox: { faults } },
);
