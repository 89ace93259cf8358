import { describe, expect, test } from "vitest";
import { ATLASSIAN_SEED } from "../../../src/sandbox/atlassian/seed.ts";
import { CARLA, DIRECTORY, groupId, idOf, LENA, MARCO, newUser, ORG, SCIM, start } from "./support.ts";

const V1 = `/admin/v1/orgs/${ATLASSIAN_SEED.idOrg}`;
const PROVISIONING = `/admin/user-provisioning/v1/org/${ATLASSIAN_SEED.idOrg}`;

test("no key, another API's token and another organization are refused", async () => {
  const { call } = await start();
  expect((await call("GET", V1, undefined, null)).body).toEqual({ code: 401, message: "Unauthorized" });
  const wrong = await call("POST", `${DIRECTORY}/users/search`, {}, ATLASSIAN_SEED.scimToken);
  expect(wrong).toMatchObject({ status: 401, body: { errors: [{ status: "401" }] } });
  expect((await call("GET", "/admin/v1/orgs/other")).body.errors[0].code).toBe("ADMIN-404-2");
  expect(
    (await call("POST", `${ORG}/directories/${ATLASSIAN_SEED.idDirectory}/users/search`, {})).status,
  ).toBe(404);
});

describe("search", () => {
  test("by email, with products, last use and groups when asked for", async () => {
    const { call } = await start();
    const body = {
      emails: [LENA.email.toUpperCase()],
      expand: ["productAccess", "groups", "counts.resources"],
    };
    const found = await call("POST", `${ORG}/directories/-/users/search`, body);
    expect(found.status).toBe(200);
    expect(found.body.data).toHaveLength(1);
    expect(found.body.data[0]).toMatchObject({
      accountId: LENA.aaId,
      accountStatus: "active",
      membershipStatus: "active",
      status: "active",
      claimStatus: "managed",
      managementSource: "synced",
      counts: { resources: 2 },
      productAccess: [
        { key: "jira-software", lastActiveTimestamp: expect.stringMatching(/^2025-/) },
        { key: "confluence", lastActiveTimestamp: expect.any(String) },
      ],
      groups: [{ id: groupId("engineering"), name: "engineering" }],
    });
    const plain = await call("POST", `${DIRECTORY}/users/search`, { emails: [LENA.email] });
    expect(plain.body.data[0]).not.toHaveProperty("productAccess");
    expect(plain.body.data[0]).not.toHaveProperty("groups");
  });

  test.each([
    ["searchTerm with emails", { searchTerm: "a", emails: ["a@example.com"] }],
    ["an unknown expand", { expand: ["everything"] }],
    ["no emails at all", { emails: [] }],
    ["a limit of 101", { limit: 101 }],
    ["a forged cursor", { cursor: "next" }],
    ["an unknown status", { status: ["asleep"] }],
  ])("refuses %s", async (_, body) => {
    const { call } = await start();
    const answer = await call("POST", `${DIRECTORY}/users/search`, body);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ status: "400" }] } });
  });

  test("filters together, and pages by cursor", async () => {
    const { call } = await start();
    const search = async (body: unknown) => (await call("POST", `${DIRECTORY}/users/search`, body)).body;
    const names = async (body: unknown) =>
      (await search(body)).data.map((user: { name: string }) => user.name);
    expect(await names({ claimStatus: "unmanaged" })).toEqual([CARLA.name]);
    expect(await names({ searchTerm: "ruiz" })).toEqual([MARCO.name]);
    expect(await names({ groupIds: [groupId("engineering")], emailDomains: ["example.com"] })).toHaveLength(
      2,
    );
    expect(await names({ status: ["suspended"] })).toEqual([]);
    const first = await search({ limit: 2 });
    const second = await search({ limit: 2, cursor: first.links.next });
    expect(second.links).not.toHaveProperty("next");
    const all = [...first.data, ...second.data].map((user: { accountId: string }) => user.accountId);
    expect(all).toEqual([LENA.aaId, MARCO.aaId, CARLA.aaId]);
  });
});

describe("suspend, restore, remove", () => {
  test("suspending takes products and leaves the account; restoring gives them back", async () => {
    const { call, world } = await start();
    const account = world.atlassian.accounts.get(LENA.aaId);
    const before = structuredClone(account);
    const suspend = () => call("POST", `${DIRECTORY}/users/${LENA.aaId}/suspend`);
    expect([(await suspend()).status, (await suspend()).status]).toEqual([204, 204]);
    expect(account).toMatchObject({ status: "active", membership: "suspended", products: [] });
    const shown = await call("GET", `${DIRECTORY}/users/${LENA.aaId}`);
    expect(shown.body.data).toMatchObject({ status: "suspended", counts: { resources: 0 } });
    expect((await call("POST", `${DIRECTORY}/users/${LENA.aaId}/restore`)).status).toBe(204);
    expect(account).toEqual(before);
  });

  test("a restored person whose account is inactive still reaches nothing", async () => {
    const { call, world } = await start();
    const account = world.atlassian.accounts.get(LENA.aaId);
    await call("POST", `${DIRECTORY}/users/${LENA.aaId}/suspend`);
    await call("POST", `/users/${LENA.aaId}/manage/lifecycle/disable`, {});
    await call("POST", `${DIRECTORY}/users/${LENA.aaId}/restore`);
    expect(account?.products).toEqual([]);
    await call("POST", `/users/${LENA.aaId}/manage/lifecycle/enable`);
    expect(account?.products.map((product) => product.key)).toEqual(LENA.products);
  });

  test("removing is for good, and needs the directory's own id", async () => {
    const { call, world } = await start();
    const anywhere = `${ORG}/directories/-/users/${LENA.aaId}`;
    expect((await call("DELETE", anywhere)).status).toBe(404);
    expect((await call("POST", `${anywhere}/suspend`)).status).toBe(404);
    expect((await call("DELETE", `${DIRECTORY}/users/${LENA.aaId}`)).status).toBe(204);
    expect((await call("POST", `${DIRECTORY}/users/${LENA.aaId}/restore`)).status).toBe(404);
    expect(world.atlassian.accounts.get(LENA.aaId)).toMatchObject({
      membership: "no_membership",
      products: [],
      withheldProducts: [],
      groups: [],
    });
    const here = await call("POST", `${DIRECTORY}/users/search`, { emails: [LENA.email] });
    expect(here.body.data).toEqual([]);
    const all = await call("POST", `${ORG}/directories/-/users/search`, { emails: [LENA.email] });
    expect(all.body.data).toMatchObject([{ status: "not_invited" }]);
  });
});

test("directories, managed accounts and last-active dates", async () => {
  const { call } = await start();
  const directories = await call("GET", `${ORG}/directories`);
  expect(directories.body.data).toMatchObject([{ directoryId: ATLASSIAN_SEED.idUserDirectory }]);
  const managed = await call("GET", `${V1}/users`);
  expect(managed.body.meta.total).toBe(2);
  expect(managed.body.data[0].product_access[0]).toMatchObject({ key: "jira-software", name: "Jira" });
  const dates = await call("GET", `${V1}/directory/users/${MARCO.aaId}/last-active-dates`);
  expect(dates.body.data.product_access).toMatchObject([{ key: "trello", last_active: expect.any(String) }]);
});

test("groups: synced ones are read-only, others take and lose members", async () => {
  const { call, world } = await start();
  const found = await call("POST", `${DIRECTORY}/groups/search`, { expand: ["counts.users"] });
  expect(found.body.data.map((group: { name: string }) => group.name)).toEqual([
    "engineering",
    "design",
    "partners",
  ]);
  expect(found.body.data[0]).toMatchObject({ externalSynced: true, counts: { users: 2 } });
  const accountId = MARCO.aaId;
  const synced = `${DIRECTORY}/groups/${groupId("engineering")}/memberships`;
  expect((await call("POST", synced, { accountId })).status).toBe(400);
  expect((await call("DELETE", `${synced}/${accountId}`)).status).toBe(400);
  const own = `${DIRECTORY}/groups/${groupId("partners")}/memberships`;
  expect((await call("POST", own, { accountId })).status).toBe(204);
  expect((await call("POST", own, { accountId })).status).toBe(409);
  expect(world.atlassian.accounts.get(accountId)?.groups).toContain("partners");
  expect((await call("DELETE", `${own}/${accountId}`)).status).toBe(204);
  expect((await call("DELETE", `${own}/${accountId}`)).status).toBe(404);
});

test("links lead from account and email to the SCIM user, until they are cut", async () => {
  const { call, world } = await start();
  const link = {
    orgId: ATLASSIAN_SEED.idOrg,
    directoryId: ATLASSIAN_SEED.idDirectory,
    scimUserId: idOf(LENA),
    atlassianAccountId: LENA.aaId,
  };
  const byAccount = () => call("GET", `${PROVISIONING}/user/${LENA.aaId}/get-scim-links`);
  const byEmail = () => call("POST", `${PROVISIONING}/get-scim-links-for-email`, { email: LENA.email });
  expect((await byAccount()).body).toEqual({ scimLinks: [link] });
  expect((await byEmail()).body).toEqual({ scimLinks: [link] });
  const path = `${PROVISIONING}/scimDirectoryId/${ATLASSIAN_SEED.idDirectory}/scimUserId/${idOf(LENA)}/unlink`;
  expect((await call("PATCH", path)).status).toBe(204);
  expect((await byAccount()).body).toEqual({ scimLinks: [] });
  const { atlassianAccountId: _gone, ...unlinked } = link;
  expect((await byEmail()).body).toEqual({ scimLinks: [unlinked] });
  expect((await call("DELETE", `${PROVISIONING}/user/${MARCO.aaId}/onlyDeleteUserInDB`)).status).toBe(204);
  expect((await call("GET", `${SCIM}/Users/${idOf(MARCO)}`)).status).toBe(404);
  expect(world.atlassian.accounts.get(MARCO.aaId)?.status).toBe("active");
});

describe("user management", () => {
  test("says what may be done to whom", async () => {
    const { call } = await start();
    const own = await call("GET", `/users/${LENA.aaId}/manage`);
    expect(own.body).toMatchObject({
      "lifecycle.enablement": { allowed: true },
      "email.set": { allowed: false, reason: { key: "externalDirectory.scim" } },
    });
    const some = await call("GET", `/users/${LENA.aaId}/manage?privileges=lifecycle.enablement`);
    expect(Object.keys(some.body)).toEqual(["lifecycle.enablement"]);
    expect(await call("GET", `/users/${CARLA.aaId}/manage`)).toMatchObject({
      status: 403,
      body: { key: "forbidden" },
    });
    expect(await call("GET", "/users/nobody/manage")).toMatchObject({
      status: 404,
      body: { key: "accountNotFound" },
    });
    expect(await call("GET", `/users/${LENA.aaId}/manage`, undefined, null)).toMatchObject({
      status: 401,
      body: { key: "unauthorized" },
    });
  });

  test("disable and enable change the account and not the SCIM user", async () => {
    const { call, world } = await start();
    expect((await call("POST", `/users/${LENA.aaId}/manage/lifecycle/disable`, {})).status).toBe(204);
    const profile = await call("GET", `/users/${LENA.aaId}/manage/profile`);
    expect(profile.body.account).toMatchObject({ account_status: "inactive", email: LENA.email });
    expect(world.atlassian.directory.users.get(idOf(LENA))?.active).toBe(true);
    expect((await call("POST", `/users/${LENA.aaId}/manage/lifecycle/enable`)).status).toBe(204);
    expect(world.atlassian.accounts.get(LENA.aaId)?.products).toHaveLength(2);
  });
});

test("two sandboxes give the same ids to the same requests", async () => {
  const made = async () =>
    (await (await start()).call("POST", `${SCIM}/Users`, newUser("noor@example.com"))).body;
  const [first, second] = [await made(), await made()];
  expect(first.id).toBe(second.id);
});
