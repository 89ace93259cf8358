/** The messy world's organization and its directories over HTTP. */
import { expect, test } from "vitest";
import { MESSY, SEED } from "../../../src/sandbox/index.ts";
import type { Sandbox } from "../../../src/sandbox/index.ts";
import { open } from "../support.ts";

const messy = () => open({ world: "messy" });

async function atlassian(
  sandbox: Sandbox,
  path: string,
  init: RequestInit = {},
  token: string = SEED.atlassian.scimToken,
) {
  const response = await fetch(`${sandbox.atlassianUrl}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    json: (text === "" ? null : JSON.parse(text)) as unknown,
  };
}

const USERS = `/scim/directory/${SEED.atlassian.idDirectory}/Users`;

test("Users lack what recorded Users lack, and every page tells another total", async () => {
  const sandbox = await messy();
  const page = async (start: number) => {
    const { json } = await atlassian(sandbox, `${USERS}?startIndex=${start}&count=100`);
    return json as { totalResults: number; Resources: Record<string, unknown>[] };
  };
  const [first, second] = [await page(1), await page(101)];
  expect(second.totalResults).toBe(first.totalResults + 1);
  for (const name of ["active", "name", "displayName", "externalId"]) {
    expect(first.Resources.filter((user) => !(name in user)).length).toBeGreaterThan(3);
  }
  expect(first.Resources[0]).toHaveProperty("schemas.2");
  expect(first.Resources[0]).toHaveProperty("meta.resourceType", "User");
  expect(first.Resources[0]).toHaveProperty("meta.created", expect.stringMatching(/\.\d{5}Z$/));
  expect(first.Resources[0]).toHaveProperty(
    "meta.location",
    expect.stringMatching(/^https:\/\/api\.atlassian\.com\/scim\//),
  );
});

test("a User without `active` shows it once it was set, and keeps what it does not show", async () => {
  const sandbox = await messy();
  const { users } = sandbox.world.atlassian.directory;
  const user = [...users.values()].find(({ omits, active }) => omits?.includes("active") && active);
  const schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"];
  const send = (path: string, value: unknown) =>
    atlassian(sandbox, `${USERS}/${user?.id}`, {
      method: "PATCH",
      body: JSON.stringify({ schemas, Operations: [{ op: "replace", path, value }] }),
    });
  if (user) user.active = false;
  expect((await send("title", "Lead")).json).not.toHaveProperty("active");
  expect(user?.active).toBe(false);
  expect((await send("active", true)).json).toHaveProperty("active", true);
});

test("an account is linked from several directories, and leaves all of them", async () => {
  const sandbox = await messy();
  const [, third] = sandbox.world.atlassian.otherDirectories ?? [];
  const id = [...(third?.users.values() ?? [])][0]?.idAccount;
  const path = `/admin/user-provisioning/v1/org/${SEED.atlassian.idOrg}/user/${id}`;
  const links = async () =>
    (
      (await atlassian(sandbox, `${path}/get-scim-links`, {}, SEED.atlassian.orgApiKey)).json as {
        scimLinks: unknown[];
      }
    ).scimLinks;
  expect(await links()).toHaveLength(3);
  const gone = await atlassian(
    sandbox,
    `${path}/onlyDeleteUserInDB`,
    { method: "DELETE" },
    SEED.atlassian.orgApiKey,
  );
  expect(gone.status).toBe(204);
  expect(await links()).toEqual([]);
});

test("a key without the scope is refused by the gateway, one that has it is not", async () => {
  const sandbox = await messy();
  const accounts = [...sandbox.world.atlassian.accounts.values()];
  const account = accounts.find(({ managed, restriction }) => managed && !restriction);
  const path = `/users/${account?.id}/manage`;
  expect((await atlassian(sandbox, path, {}, MESSY.scopedKey)).status).toBe(200);
  const refused = await atlassian(sandbox, `${path}/lifecycle/disable`, { method: "POST" }, MESSY.scopedKey);
  expect([refused.status, refused.json, refused.headers.get("x-failure-category")]).toEqual([
    401,
    { code: 401, message: "Unauthorized; scope does not match" },
    "FAILURE_CLIENT_SCOPE_CHECK",
  ]);
});

test("accounts that may not be deactivated say why", async () => {
  const sandbox = await messy();
  const all = [...sandbox.world.atlassian.accounts.values()];
  const disable = (is: (account: (typeof all)[number]) => boolean | undefined) =>
    atlassian(
      sandbox,
      `/users/${all.find((account) => is(account))?.id}/manage/lifecycle/disable`,
      { method: "POST" },
      SEED.atlassian.orgApiKey,
    );
  const key = (answer: { readonly status: number; readonly json: unknown }) => [
    answer.status,
    (answer.json as { key: string }).key,
  ];
  expect(key(await disable(({ emailVerified }) => emailVerified === false))).toEqual([
    403,
    "forbidden.targetUnverified",
  ]);
  expect(key(await disable(({ managed }) => !managed))).toEqual([403, "forbidden"]);
  expect(key(await disable(({ lifecycle }) => lifecycle === "for_deletion"))).toEqual([
    409,
    "conflict.lifecycleErrors",
  ]);
  expect((await disable(({ restriction }) => restriction === "externalDirectory.google")).json).toEqual({
    key: "forbidden.action",
    context: { "lifecycle.enablement": { allowed: false, reason: { key: "externalDirectory.google" } } },
  });
});
