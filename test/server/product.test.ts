import { expect, it } from "vitest";
import { SEED } from "../../src/sandbox/index.ts";
import type { Question, TestClient } from "../support/client.ts";
import { CLIENTS, describeClients, sayYes } from "../support/matrix.ts";
import type { TestProduct } from "../support/product.ts";
import { EVERY_WAY } from "../support/suites.ts";

const leaver = { workspace: SEED.workspaces.standard.id, member: SEED.leaver.id };

/** `npm test` takes one client a transport, of different SDKs and eras. */
const SOME = CLIENTS.filter(
  ({ name }) => EVERY_WAY || ["v2 client, 2026 era, stdio", "1.x client, http"].includes(name),
);

let shown: Awaited<ReturnType<TestClient["listTools"]>> | undefined;

describeClients(
  "the product",
  (connect) => {
    it("takes a leaver off a workspace after a person's yes, and proves it", async () => {
      const questions: Question[] = [];
      const messages: string[] = [];
      const { client, product } = await connect({
        elicit: (question) => {
          questions.push(question);
          return sayYes();
        },
      });
      expect(client.instructions).toContain("awaiting_confirmation");
      const tools = await client.listTools();
      expect(tools.length).toBeGreaterThanOrEqual(15);
      // Every client is shown the same tools.
      shown ??= tools;
      expect(tools).toEqual(shown);
      const reply = await client.call("remove_from_workspace", leaver, {
        onProgress: ({ message }) => messages.push(message ?? ""),
      });
      expect(reply.structured).toMatchObject({
        status: "applied",
        run: { state: "applied", failed: 0, evidence: { result: "PASS", unfinished: [] } },
      });
      expect(questions).toHaveLength(1);
      expect(messages.length).toBeGreaterThanOrEqual(1);
      expect(membershipsOf(product)).toBe(0);
      const run = await client.call("get_run", { runId: reply.structured["runId"] });
      expect(run.structured).toMatchObject({ state: "applied" });
      expect(product.stderr()).not.toContain(SEED.tokens.full);
    });

    it("changes nothing where the person says no", async () => {
      const { client, product } = await connect({ elicit: () => ({ action: "decline" }) });
      const before = membershipsOf(product);
      const reply = await client.call("remove_from_workspace", leaver);
      expect(reply.structured).toMatchObject({ status: "declined" });
      expect(await client.call("apply_plan", { planId: reply.structured["planId"] })).toMatchObject({
        isError: true,
        structured: { error: { code: "CONFIRMATION_DECLINED" } },
      });
      expect(membershipsOf(product)).toBe(before);
      expect(writes(product)).toEqual([]);
    });

    it("removes nobody for a client that cannot ask, whatever it calls", async () => {
      const { client, product } = await connect();
      const first = await client.call("remove_from_workspace", leaver);
      const second = await client.call("remove_from_boards", leaver);
      expect(first.structured).toMatchObject({
        status: "awaiting_confirmation",
        approvalUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/plans\/plan_\w+$/) as string,
      });
      expect(first.text).toContain("approvals approve");
      for (const planId of [first.structured["planId"], second.structured["planId"], "plan_made_up"]) {
        const reply = await client.call("apply_plan", { planId });
        expect(reply.structured["status"]).not.toBe("applied");
      }
      expect(writes(product)).toEqual([]);
    });
  },
  SOME,
);

/** How many memberships the leaver has in the workspace and on its boards. */
function membershipsOf({ sandbox }: TestProduct): number {
  const { workspaces, boards } = sandbox.world.trello;
  const rows = [
    workspaces.get(leaver.workspace)?.memberships ?? [],
    ...[...boards.values()]
      .filter(({ idOrganization }) => idOrganization === leaver.workspace)
      .map(({ memberships }) => memberships),
  ].flat();
  return rows.filter(({ idMember }) => idMember === leaver.member).length;
}

/** Every request to the sandbox that was not a read. */
function writes({ sandbox }: TestProduct): readonly string[] {
  return sandbox.requests
    .filter(({ method }) => method !== "GET")
    .map(({ method, path }) => `${method} ${path}`);
}
