/** Where a User and its account part, and which names and addresses are taken. */
import { expect, test } from "vitest";
import { ATLASSIAN_SEED } from "../../../src/sandbox/atlassian/seed.ts";
import { CARLA, idOf, LENA, MARCO, newUser, patch, SCIM, start } from "./support.ts";

const email = (value: string) => patch({ op: "replace", path: "emails", value: [{ value, primary: true }] });
const ORGANIZATION = `/admin/user-provisioning/v1/org/${ATLASSIAN_SEED.idOrg}`;

test.each([
  ["a SCIM User's", MARCO.email],
  ["an account's that SCIM does not know", CARLA.email.toUpperCase()],
])("an email that is %s is refused, and nothing changes", async (_, taken) => {
  const { call, world } = await start();
  const before = structuredClone(world.atlassian.accounts);
  const patched = await call("PATCH", `${SCIM}/Users/${idOf(LENA)}`, email(taken));
  expect([patched.status, patched.body.scimType]).toEqual([409, "uniqueness"]);
  const put = await call(
    "PUT",
    `${SCIM}/Users/${idOf(LENA)}`,
    newUser(LENA.email, { emails: [{ value: taken, primary: true }] }),
  );
  expect(put.status).toBe(409);
  expect(world.atlassian.accounts).toEqual(before);
});

test("the words of a taken email name the resource", async () => {
  const { call } = await start();
  const { body } = await call("PATCH", `${SCIM}/Users/${idOf(LENA)}`, email(CARLA.email));
  expect(body.detail).toBe(`Resource [USER]: with email[${CARLA.email}] already exists.`);
});

test("an email on a domain that is not verified unlinks the account, and later changes reach nothing", async () => {
  const { call, world } = await start();
  const path = `${SCIM}/Users/${idOf(LENA)}`;
  expect((await call("PATCH", path, email("lena@elsewhere.example.org"))).status).toBe(200);
  const { body } = await call("PATCH", path, patch({ op: "replace", path: "active", value: false }));
  expect(body).not.toHaveProperty("urn:scim:schemas:extension:atlassian-external:1.0");
  expect(world.atlassian.accounts.get(LENA.aaId)).toMatchObject({ status: "active", email: LENA.email });
});

test("a group may not have the name of one that SCIM does not know", async () => {
  const { call } = await start();
  const body = { schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"], displayName: "Partners" };
  expect((await call("POST", `${SCIM}/Groups`, body)).status).toBe(409);
});

test("the record of an account that is not managed stays", async () => {
  const { call, world } = await start();
  const account = world.atlassian.accounts.get(LENA.aaId);
  if (account) account.managed = false;
  expect((await call("DELETE", `${ORGANIZATION}/user/${LENA.aaId}/onlyDeleteUserInDB`)).status).toBe(403);
  expect(world.atlassian.directory.users.has(idOf(LENA))).toBe(true);
});

test("last-active dates have codes of their own, and may not tell when somebody was added", async () => {
  const { call, world } = await start();
  const path = (id: string) =>
    `/admin/v1/orgs/${ATLASSIAN_SEED.idOrg}/directory/users/${id}/last-active-dates`;
  expect((await call("GET", path("nobody"))).body.errors[0].code).toBe("ADMIN-404-8");
  expect((await call("GET", path(LENA.aaId), undefined, null)).body.errors[0].code).toBe("ADMIN-401-2");
  const account = world.atlassian.accounts.get(LENA.aaId);
  for (const [told, expected] of [
    [
      "null",
      { added_to_org: null, added_to_org_timestamp: null, product_access: expect.any(Array) as unknown },
    ],
    ["absent", { product_access: expect.any(Array) as unknown }],
  ] as const) {
    if (account) account.addedTold = told;
    expect((await call("GET", path(LENA.aaId))).body.data).toEqual(expected);
  }
});
