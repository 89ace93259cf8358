import { expect, it } from "vitest";
import { describeTool } from "../describe-tool.ts";
import { WORKSPACES } from "../world.ts";
import { reachable } from "./webhooks.ts";

const { free } = WORKSPACES;
const address = reachable();

describeTool("list_webhooks", (way) => {
  it("shows which work, fail, ended or are missing, and what to do", async () => {
    const client = await address.client(way);
    const list = async (args: object = {}) =>
      (await client.call("list_webhooks", { workspace: free.id, limit: 100, ...args })).structured;
    expect(await list()).toMatchObject({
      counts: { working: 0 },
      next: expect.stringContaining("create_webhook"),
    });
    await client.call("create_webhook", { workspace: free.id });
    const all = await list();
    const total = (all["webhooks"] as readonly object[]).length;
    expect(all).toMatchObject({ counts: { working: total, missing: 0 }, next: "Nothing: all work." });
    const [failing, ended, gone] = [...way.world.trello.webhooks.values()];
    if (failing)
      Object.assign(failing, {
        consecutiveFailures: 3,
        firstConsecutiveFailDate: "2026-11-01T00:00:00.000Z",
      });
    if (ended) ended.active = false;
    way.world.trello.webhooks.delete(gone?.id ?? "");
    expect(await list()).toMatchObject({ counts: { working: total - 3, failing: 1, ended: 1, missing: 1 } });
    expect(await list({ state: "failing" })).toMatchObject({
      webhooks: [{ id: failing?.id, failures: 3, failingSince: "2026-11-01T00:00:00.000Z" }],
    });
  });

  it("tells when the token ends, and that nothing can be made when the server cannot be reached", async () => {
    const client = await way.other({ IDENTITY_TOOLSETS: "webhooks", TRELLO_API_SECRET: "" });
    const token = [...way.world.trello.tokens.values()][0];
    const { structured, text } = await client.call("list_webhooks", {});
    expect(structured["tokenEnds"]).toBe(token?.dateExpires ?? null);
    expect(structured["next"]).toContain("TRELLO_API_SECRET");
    expect(text).not.toContain("/webhooks/trello/");
  });
});
