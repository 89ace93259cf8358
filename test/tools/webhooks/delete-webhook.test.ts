import { expect, it } from "vitest";
import { describeTool, errorOf } from "../describe-tool.ts";
import { WORKSPACES } from "../world.ts";
import { existing, reachable } from "./webhooks.ts";

const { free } = WORKSPACES;
const address = reachable();

describeTool("delete_webhook", (way) => {
  it("deletes those of a workspace after a person's yes, also one that Trello ended, and no other", async () => {
    const client = await address.client(way);
    await client.call("create_webhook", { workspace: free.id });
    const ended = [...way.world.trello.webhooks.keys()][0] ?? "";
    way.world.trello.webhooks.delete(ended);
    way.world.trello.webhooks.set("f".repeat(24), {
      id: "f".repeat(24),
      token: [...way.world.trello.tokens.keys()][0] ?? "",
      callbackURL: "https://example.com/of-another-program",
      idModel: free.id,
      description: "",
      active: true,
      consecutiveFailures: 0,
      firstConsecutiveFailDate: null,
    });
    const reply = await client.call("delete_webhook", { workspace: free.id });
    expect(reply.structured).toMatchObject({ status: "applied" });
    expect(existing(way)).toEqual([`${free.id} true`]);
    const listed = await client.call("list_webhooks", { workspace: free.id });
    expect(listed.structured).toMatchObject({ others: 1, counts: { working: 0 } });
    // Nothing is wanted any more.
    const again = await client.call("delete_webhook", { workspace: free.id });
    expect(again.structured["status"]).toBe("already");
  });

  it("takes ids of the list, and refuses unknown ones and none", async () => {
    const client = await address.client(way);
    await client.call("create_webhook", { workspace: free.id });
    const { structured } = await client.call("list_webhooks", { workspace: free.id, limit: 1 });
    const [{ id }] = structured["webhooks"] as [{ readonly id: string }];
    const count = existing(way).length;
    expect(errorOf(await client.call("delete_webhook", {})).code).toBe("INPUT_INVALID");
    expect(errorOf(await client.call("delete_webhook", { webhooks: [id, "nosuch"] })).code).toBe("NOT_FOUND");
    expect(existing(way)).toHaveLength(count);
    await client.call("delete_webhook", { webhooks: [id] });
    expect(existing(way)).toHaveLength(count - 1);
  });
});
