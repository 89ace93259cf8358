/** All twelve operations of a SCIM directory (RFC 7644), each by a tool: on the sandbox, and on a server that is not ours. */
import { expect, onTestFinished, test } from "vitest";
import { startScimServer } from "../../contract/scim-server.ts";
import type { TestClient } from "../../support/client.ts";
import { startProduct, type TestProduct } from "../../support/product.ts";
import { TWO_WAYS, typeTheName } from "../atlassian.ts";
import { decideAtTerminal } from "../decisions.ts";
import { EVERY_WAY } from "../../support/suites.ts";
import { liftBudgets } from "../describe-tool.ts";

const joiner = "jo.joiner@example.com";
const second = "sam.second@example.com";

/** The operation that a call must have brought about, then the tool and its arguments. */
const CALLS: readonly (readonly [string, string, Record<string, unknown>])[] = [
  [
    "POST /Users",
    "scim_create_user",
    { email: joiner, givenName: "Jo", familyName: "Joiner", title: "Clerk" },
  ],
  ["POST /Users", "scim_create_user", { email: second, givenName: "Sam", familyName: "Second" }],
  ["GET /Users", "scim_list_users", { userName: joiner }],
  ["GET /Users/{id}", "scim_get_user", {}],
  [
    "PATCH /Users/{id}",
    "scim_update_user",
    { user: joiner, attributes: { title: "Lead", department: "Fleet" } },
  ],
  [
    "PUT /Users/{id}",
    "scim_update_user",
    { user: joiner, attributes: { displayName: "Jo J" }, replace: true },
  ],
  ["PATCH /Users/{id}", "scim_deactivate_user", { user: joiner }],
  ["PATCH /Users/{id}", "scim_reactivate_user", { user: joiner }],
  ["POST /Groups", "scim_create_group", { displayName: "Crew", users: [joiner] }],
  ["GET /Groups", "scim_list_groups", { displayName: "Crew" }],
  ["GET /Groups/{id}", "scim_get_group", { group: "Crew" }],
  ["PATCH /Groups/{id}", "scim_update_group", { group: "Crew", add: [second], remove: [joiner] }],
  ["PUT /Groups/{id}", "scim_update_group", { group: "Crew", members: [joiner] }],
  ["DELETE /Groups/{id}", "scim_delete_group", { group: "Crew" }],
  ["DELETE /Users/{id}", "scim_delete_user", { user: joiner }],
];

const EVERY = ["Users", "Groups"].flatMap((type) => [
  ...["GET", "POST"].map((method) => `${method} /${type}`),
  ...["GET", "PUT", "PATCH", "DELETE"].map((method) => `${method} /${type}/{id}`),
]);

/** Makes every call as a person who agrees; what the client may not decide is decided at the terminal. */
async function callEach(
  client: TestClient,
  product: TestProduct,
  heard: () => readonly string[],
): Promise<void> {
  let id: unknown;
  for (const [operation, tool, args] of CALLS) {
    const from = heard().length;
    let reply = await client.call(tool, tool === "scim_get_user" ? { user: id } : args);
    if (reply.structured["status"] === "awaiting_confirmation") {
      const { planId } = reply.structured;
      await decideAtTerminal(product, planId, true);
      reply = await client.call("apply_plan", { planId });
    }
    expect([tool, reply.isError, reply.text]).toEqual([tool, false, expect.any(String)]);
    if ("status" in reply.structured) {
      expect([tool, reply.structured]).toEqual([
        tool,
        expect.objectContaining({
          status: "applied",
          run: expect.objectContaining({ evidence: expect.objectContaining({ result: "PASS" }) }),
        }),
      ]);
    }
    if (tool === "scim_list_users") id = (reply.structured["users"] as { id: string }[])[0]?.id;
    expect([tool, heard().slice(from)]).toEqual([tool, expect.arrayContaining([operation])]);
  }
}

/** `npm test` serves in this process, which costs no start of a program. */
const WAYS = EVERY_WAY
  ? TWO_WAYS
  : TWO_WAYS.slice(0, 1).map((way) => ({ ...way, transport: "memory" as const }));

const start = async (env: Readonly<Record<string, string>> = {}) => {
  const product = await startProduct({ env, sandbox: { rateLimits: false } });
  onTestFinished(() => product.close());
  await liftBudgets(product);
  return product;
};

test("the table has all twelve", () => {
  expect(new Set(CALLS.map(([operation]) => operation))).toEqual(new Set(EVERY));
});

test.each(WAYS)("through tools against the sandbox: $name", async (access) => {
  const product = await start();
  const client = await product.connect(access, { elicit: typeTheName });
  await callEach(client, product, () =>
    product.sandbox.requests.map(({ operation }) =>
      (operation ?? "").replace("/scim/directory/{directoryId}", "").replace("{userId}", "{id}"),
    ),
  );
  const { users, groups } = product.sandbox.world.atlassian.directory;
  const names = [...users.values()].map(({ userName }) => userName);
  expect(names.filter((name) => name === joiner || name === second)).toEqual([second]);
  expect([...groups.values()].map(({ displayName }) => displayName)).not.toContain("Crew");
});

test("through tools against an independent server: a base URL and a directory id are all that differ", async () => {
  const { env, directory, heard } = await startScimServer();
  const product = await start({ ...env, ATLASSIAN_ORG_ID: "", ATLASSIAN_ORG_API_KEY: "" });
  const [access] = WAYS;
  if (!access) throw new Error("no client");
  const client = await product.connect(access, { elicit: typeTheName });
  await callEach(client, product, () => heard.map((each) => each.replace("/scim/directory/{id}", "")));
  expect([...directory.users.values()].map(({ userName }) => userName)).toEqual([second]);
  expect(directory.groups.size).toBe(0);
  expect(product.sandbox.requests.filter(({ upstream }) => upstream === "atlassian")).toEqual([]);
});
