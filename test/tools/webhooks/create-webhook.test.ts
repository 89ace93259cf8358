import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { describeTool, errorOf } from "../describe-tool.ts";
import { WORKSPACES } from "../world.ts";
import { existing, reachable } from "./webhooks.ts";

const { enterprise, free } = WORKSPACES;
const address = reachable();

describeTool("create_webhook", (way) => {
  const openBoards = (idOrganization: string) =>
    [...way.world.trello.boards.values()].filter(
      (board) => board.idOrganization === idOrganization && !board.closed,
    );

  it("makes one for the workspace, one for each open board and one for the enterprise, once", async () => {
    const client = await address.client(way);
    const made = await client.call("create_webhook", { workspace: enterprise.id });
    expect(made.structured).toMatchObject({ status: "applied", run: { evidence: { result: "PASS" } } });
    const [idEnterprise] = way.world.trello.enterprises.keys();
    const models = [idEnterprise, enterprise.id, ...openBoards(enterprise.id).map(({ id }) => id)];
    expect(existing(way).toSorted()).toEqual(models.map((id) => `${id} true`).toSorted());
    for (const { callbackURL } of way.world.trello.webhooks.values())
      expect(callbackURL).toMatch(new RegExp(`^${address.url}/webhooks/trello/[\\w-]{22}$`));

    const again = await client.call("create_webhook", { workspace: enterprise.id });
    expect(again.structured["status"]).toBe("already");
    expect(existing(way)).toHaveLength(models.length);
  });

  it("leaves boards out that the token cannot see, and names them", async () => {
    const client = await address.client(way);
    const { structured } = await client.call("create_webhook", { workspace: free.id, dryRun: true });
    const plan = structured["plan"] as {
      readonly blindSpots: readonly string[];
      readonly effects: readonly object[];
    };
    expect(JSON.stringify(plan.effects)).not.toContain(SEED.boards.hidden.id);
    expect(plan.blindSpots.join(" ")).toMatch(/private boards?/i);
  });

  it("makes one active again that ended, and takes one over that exists", async () => {
    const client = await address.client(way);
    await client.call("create_webhook", { workspace: free.id });
    const before = existing(way).length;
    const [first] = way.world.trello.webhooks.values();
    if (first) first.active = false;
    const { structured } = await client.call("create_webhook", { workspace: free.id });
    expect(structured).toMatchObject({ status: "applied" });
    expect(existing(way)).toHaveLength(before);
    expect(existing(way).every((line) => line.endsWith("true"))).toBe(true);
  });

  it("keeps those that were made with a former secret, and makes one active again where it is", async () => {
    const client = await address.client(way);
    await client.call("create_webhook", { workspace: free.id });
    const urls = () => [...way.world.trello.webhooks.values()].map(({ callbackURL }) => callbackURL);
    const before = urls();
    const [first] = way.world.trello.webhooks.values();
    if (first) first.active = false;
    const env = { IDENTITY_PUBLIC_URL: address.url, IDENTITY_TOOLSETS: "webhooks" };
    const later = await way.other({ ...env, TRELLO_API_SECRET: "the-new-secret" });
    const { structured } = await later.call("create_webhook", { workspace: free.id });
    expect(structured).toMatchObject({ status: "applied" });
    expect(urls()).toEqual(before);
    expect(existing(way).every((line) => line.endsWith("true"))).toBe(true);
  });

  it("says what to check when Trello does not get 200", async () => {
    const client = await address.client(way);
    address.status = 405;
    const reply = await client.call("create_webhook", { workspace: free.id });
    address.status = 200;
    expect(existing(way)).toEqual([]);
    expect(reply.text).toContain("did not get status 200");
    expect(reply.text).not.toContain(address.url);
  });

  it.each([
    [{ TRELLO_API_SECRET: "" }, "TRELLO_API_SECRET"],
    [{ IDENTITY_HTTP_PORT: "0" }, "IDENTITY_PUBLIC_URL"],
  ])("refuses before it reads when a setting is missing: %j", async (env, setting) => {
    const client = await way.other({ IDENTITY_TOOLSETS: "webhooks", ...env });
    way.product.sandbox.resetRequests();
    const error = errorOf(await client.call("create_webhook", {}));
    expect(error.code).toBe("CONFIG_INVALID");
    expect(`${error.message} ${error.next}`).toContain(setting);
    expect(way.product.sandbox.requests.filter(({ path }) => path.includes("webhooks"))).toEqual([]);
  });
});
