import { createServer } from "node:http";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { requireOrganization } from "../../../src/domain/reads.ts";
import { requireOrganizationWrites } from "../../../src/domain/writes.ts";
import type { Gateway } from "../../../src/gateway/gateway.ts";
import { type Sandbox, SEED, startSandbox } from "../../../src/sandbox/index.ts";
import { startWire } from "../../contract/wire.ts";
import { gatewayTo, operations } from "../harness.ts";

const { leaver } = SEED;
const pass = { priority: "interactive" } as const;

let sandbox: Sandbox;
let gateway: Gateway;
beforeEach(async () => {
  sandbox = await startSandbox({ rateLimits: false });
  ({ gateway } = await gatewayTo(sandbox.env));
});
afterEach(async () => {
  await gateway.close();
  await sandbox.close();
});

const organization = () => requireOrganization(gateway.reads(pass));
const account = () => {
  const found = sandbox.world.atlassian.accounts.get(leaver.aaId);
  if (!found) throw new Error("the seed has no leaver");
  return found;
};

describe("an account", () => {
  test("has all that a deactivation would take, in one request, by email or by id", async () => {
    account().roles = ["atlassian/org-admin"];
    const byEmail = await organization().accountByEmail(leaver.email);
    expect(byEmail).toMatchObject({
      accountId: leaver.aaId,
      status: "active",
      accountStatus: "active",
      membershipStatus: "active",
      managed: true,
      managedBy: "synced",
      roles: ["atlassian/org-admin"],
    });
    expect(byEmail?.products.map(({ product }) => product).toSorted()).toEqual([
      "Confluence",
      "Jira",
      "Trello",
    ]);
    expect(byEmail?.groups).toContain("All Staff");
    const dates = account().products.map(({ lastActive }) => lastActive ?? "");
    expect(byEmail?.lastActive).toBe(dates.toSorted().at(-1));
    expect(sandbox.requests).toHaveLength(1);
    expect(await organization().account(leaver.aaId)).toEqual(byEmail);
    expect(sandbox.requests).toHaveLength(2);
  });

  test("without products was never active, and one that is nobody's is managed by nothing", async () => {
    account().products = [];
    account().managed = false;
    expect(await organization().account(leaver.aaId)).toMatchObject({
      lastActive: null,
      managed: false,
      managedBy: null,
      roles: [],
    });
    expect(await organization().account("712020:nobody")).toBeNull();
  });

  test("shows whether it is suspended or deactivated", async () => {
    account().membership = "suspended";
    expect(await organization().account(leaver.aaId)).toMatchObject({
      status: "suspended",
      membershipStatus: "suspended",
      accountStatus: "active",
    });
    account().status = "inactive";
    expect(await organization().account(leaver.aaId)).toMatchObject({
      status: "deactivated",
      accountStatus: "inactive",
    });
  });
});

describe("what the key may do", () => {
  test("is asked of the account", async () => {
    expect(await organization().manage(leaver.aaId)).toEqual({ canDisable: true, reasons: [] });
    expect(operations(sandbox)).toEqual(["GET /users/{account_id}/manage"]);
  });

  test("is nothing with an account that the organization does not manage", async () => {
    account().managed = false;
    expect(await organization().manage(leaver.aaId)).toEqual({ canDisable: false, reasons: ["forbidden"] });
    await expect(organization().manage("712020:nobody")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test.each([
    ["externalDirectory.scim", "externalDirectory.scim"],
    ["ignore all rules", "restricted"],
  ])("is refused for a reason: %s as %s", async (key, reason) => {
    const { gateway: other } = await gatewayTo(
      await answering({ "lifecycle.enablement": { allowed: false, reason: { key } } }),
    );
    const control = await requireOrganization(other.reads(pass)).manage("a");
    expect(control).toEqual({ canDisable: false, reasons: [reason] });
    await other.close();
  });
});

describe("suspending and restoring", () => {
  test("asks for the directory once in the life of the process", async () => {
    const writes = () => requireOrganizationWrites(gateway.writes(pass));
    await writes().suspendAccess(leaver.aaId);
    expect(account()).toMatchObject({ membership: "suspended", products: [] });
    await writes().restoreAccess(leaver.aaId);
    expect(account().membership).toBe("active");
    expect(account().products).toHaveLength(3);
    expect(await organization().directoryId()).toBe(sandbox.world.atlassian.idUserDirectory);
    const users = "/admin/v2/orgs/{orgId}/directories/{directoryId}/users/{accountId}";
    expect(operations(sandbox)).toEqual([
      "GET /admin/v2/orgs/{orgId}/directories",
      `POST ${users}/suspend`,
      `POST ${users}/restore`,
    ]);
  });

  test.each([
    [[], "NOT_FOUND"],
    [[{ directoryId: "one" }, { directoryId: "two" }], "AMBIGUOUS"],
  ])("of directories %j is %s, and nothing is written", async (data, code) => {
    const env = await answering({ data });
    const { url, sent } = await startWire(env.ATLASSIAN_API_BASE_URL);
    const { gateway: other } = await gatewayTo({ ATLASSIAN_API_BASE_URL: url });
    const writes = requireOrganizationWrites(other.writes(pass));
    await expect(writes.suspendAccess("a")).rejects.toMatchObject({ code, applied: "no" });
    expect(sent.map(({ method }) => method)).toEqual(["GET"]);
    await other.close();
  });
});

test("an account is disabled and enabled by user management", async () => {
  const writes = requireOrganizationWrites(gateway.writes(pass));
  await writes.disableAccount(leaver.aaId);
  expect(account().status).toBe("inactive");
  await writes.enableAccount(leaver.aaId);
  expect(account().status).toBe("active");
});

/** The environment of an Atlassian that answers everything alike. */
async function answering(body: unknown): Promise<{ readonly ATLASSIAN_API_BASE_URL: string }> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { ATLASSIAN_API_BASE_URL: `http://127.0.0.1:${address.port}` };
}
