import { describe, expect, test } from "vitest";
import { ATLASSIAN_SEED } from "../../../src/sandbox/atlassian/seed.ts";
import { groupId, idOf, LENA, MARCO, newUser, patch, SCIM, start } from "./support.ts";

const ERROR = "urn:ietf:params:scim:api:messages:2.0:Error";

describe("who may call", () => {
  test("no token and an unknown token are 401, the organization's key is 403, in the Failure shape", async () => {
    const { call } = await start();
    for (const [token, status] of [
      [null, 401],
      ["wrong", 401],
      [ATLASSIAN_SEED.orgApiKey, 403],
    ] as const) {
      const answer = await call("GET", `${SCIM}/Users`, undefined, token);
      expect(answer.status).toBe(status);
      expect(answer.body).toEqual({ error: expect.any(String), traceId: expect.any(String) });
    }
  });

  test("a directory that is not there is 404 in the SCIM shape", async () => {
    const { call } = await start();
    const { status, body } = await call("GET", "/scim/directory/other/Users");
    expect(status).toBe(404);
    expect(body).toMatchObject({ schemas: [ERROR], status: "404" });
  });
});

describe("list", () => {
  test("pages from 1, and never more than 100 at once", async () => {
    const people = Array.from({ length: 230 }, (_, index) => ({
      ...LENA,
      aaId: `712020:${index}`,
      email: `p${index}@example.com`,
    }));
    const { call } = await start(people);
    const seen: string[] = [];
    for (let startIndex = 1; startIndex <= 230; startIndex += 100) {
      const { body } = await call("GET", `${SCIM}/Users?startIndex=${startIndex}&count=500`);
      expect(body).toMatchObject({ totalResults: 230, startIndex });
      expect(body.itemsPerPage).toBe(body.Resources.length);
      expect(body.Resources.length).toBeLessThanOrEqual(100);
      seen.push(...body.Resources.map((user: { userName: string }) => user.userName));
    }
    expect(seen).toEqual(people.map((person) => person.email));
    const none = await call("GET", `${SCIM}/Users?count=0`);
    expect(none.body).toMatchObject({ totalResults: 230, Resources: [] });
  });

  test("takes one eq on userName, whatever its case, or externalId", async () => {
    const { call, world } = await start();
    const externalId = world.atlassian.directory.users.get(idOf(MARCO))?.externalId;
    for (const filter of [
      'userName eq "MARCO.ruiz@example.com"',
      'USERNAME EQ "marco.ruiz@example.com"',
      `externalId eq "${externalId}"`,
    ]) {
      const { body } = await call("GET", `${SCIM}/Users?filter=${encodeURIComponent(filter)}`);
      expect({ filter, ids: body.Resources.map((user: { id: string }) => user.id) }).toEqual({
        filter,
        ids: [idOf(MARCO)],
      });
    }
  });

  test.each([
    'userName co "marco"',
    'displayName eq "Marco Ruiz"',
    'userName eq "a" or userName eq "b"',
    'not (userName eq "a")',
    "userName pr",
    "active eq true",
    'emails[value eq "a"]',
    "userName eq",
    "",
  ])("refuses the filter <%s>", async (filter) => {
    const { call } = await start();
    const { status, body } = await call("GET", `${SCIM}/Users?filter=${encodeURIComponent(filter)}`);
    expect([status, body.scimType]).toEqual([400, "invalidFilter"]);
  });

  test("attributes and excludedAttributes select, and exclude each other", async () => {
    const { call } = await start();
    const path = `${SCIM}/Users/${idOf(LENA)}`;
    const only = await call("GET", `${path}?attributes=userName,emails.value`);
    expect(only.body).toEqual({
      schemas: expect.any(Array),
      id: idOf(LENA),
      userName: LENA.email,
      emails: [{ value: LENA.email }],
    });
    const without = await call("GET", `${path}?excludedAttributes=emails.type,groups`);
    expect(without.body.emails).toEqual([{ value: LENA.email, primary: true }]);
    expect(without.body).not.toHaveProperty("groups");
    const both = await call("GET", `${path}?attributes=id&excludedAttributes=id`);
    expect(both.status).toBe(400);
  });
});

test("get shows account, groups and type of content", async () => {
  const { call } = await start();
  const { body, type } = await call("GET", `${SCIM}/Users/${idOf(LENA)}`);
  expect(type).toContain("application/scim+json");
  expect(body).toMatchObject({
    userName: LENA.email,
    active: true,
    name: { givenName: "Lena", familyName: "Okafor" },
    groups: [{ value: groupId("engineering"), display: "engineering" }],
    "urn:scim:schemas:extension:atlassian-external:1.0": { atlassianAccountId: LENA.aaId },
  });
  expect((await fetch(body.meta.location)).status).toBe(401);
});

describe("create", () => {
  test("makes a managed account on a verified domain, and none on another", async () => {
    const { call, world } = await start();
    const made = await call("POST", `${SCIM}/Users`, newUser("noor@example.com", { externalId: "x1" }));
    expect(made.status).toBe(201);
    const idAccount = made.body["urn:scim:schemas:extension:atlassian-external:1.0"].atlassianAccountId;
    expect(world.atlassian.accounts.get(idAccount)).toMatchObject({
      email: "noor@example.com",
      name: "Noor Haddad",
      managed: true,
      status: "active",
      products: [],
    });
    const outside = await call("POST", `${SCIM}/Users`, newUser("noor@elsewhere.example.org"));
    expect(outside.status).toBe(201);
    expect(outside.body).not.toHaveProperty("urn:scim:schemas:extension:atlassian-external:1.0");
  });

  test("userName and email are unique whatever their case, and a refused create changes nothing", async () => {
    const { call, world } = await start();
    const { status, body } = await call("POST", `${SCIM}/Users`, newUser(LENA.email.toUpperCase()));
    expect([status, body.scimType]).toEqual([409, "uniqueness"]);
    const email = { emails: [{ value: LENA.email, primary: true }] };
    const other = await call("POST", `${SCIM}/Users`, newUser("someone@example.com", email));
    expect([other.status, other.body.scimType]).toEqual([409, "uniqueness"]);
    expect(world.atlassian.directory.users.size).toBe(2);
    expect(world.atlassian.accounts.size).toBe(3);
  });

  test.each([
    ["no userName", { userName: undefined }, "invalidValue"],
    ["no primary email", { emails: [{ value: "a@example.com" }] }, "invalidValue"],
    ["no email", { emails: undefined }, "invalidValue"],
    ["active of a word", { active: "yes" }, "invalidValue"],
    ["no schemas", { schemas: undefined }, "invalidSyntax"],
  ])("refuses %s", async (_, change, scimType) => {
    const { call } = await start();
    const { status, body } = await call("POST", `${SCIM}/Users`, newUser("noor@example.com", change));
    expect([status, body.scimType]).toEqual([400, scimType]);
  });
});

test("put clears what it does not send", async () => {
  const { call, world } = await start();
  const path = `${SCIM}/Users/${idOf(LENA)}`;
  await call("PATCH", path, patch({ op: "add", value: { title: "Engineer", department: "R&D" } }));
  expect(world.atlassian.directory.users.get(idOf(LENA))).toMatchObject({
    title: "Engineer",
    department: "R&D",
  });
  const { status, body } = await call("PUT", path, newUser(LENA.email, { title: "Lead" }));
  expect(status).toBe(200);
  expect(body).toMatchObject({ id: idOf(LENA), title: "Lead", name: { givenName: "Noor" } });
  expect(body).not.toHaveProperty("department");
  expect(body).not.toHaveProperty("externalId");
});

describe("patch", () => {
  test.each([
    ["a boolean with a path", { op: "replace", path: "active", value: false }],
    ["Microsoft's words", { op: "Replace", path: "active", value: "False" }],
    ["a value without a path", { op: "replace", value: { active: false, id: "ignored" } }],
    ["another case", { op: "REPLACE", path: "Active", value: false }],
    [
      "the schema in the path",
      { op: "add", path: "urn:ietf:params:scim:schemas:core:2.0:User:active", value: "false" },
    ],
  ])("active=false as %s takes account and products, and true gives them back", async (_, operation) => {
    const { call, world } = await start();
    const account = world.atlassian.accounts.get(LENA.aaId);
    const before = structuredClone(account);
    const path = `${SCIM}/Users/${idOf(LENA)}`;
    const { status, body } = await call("PATCH", path, patch(operation));
    expect([status, body.active]).toEqual([200, false]);
    expect(account).toMatchObject({ status: "inactive", products: [] });
    expect((await call("GET", path)).body.active).toBe(false);
    const back = await call("PATCH", path, patch({ op: "replace", path: "active", value: "True" }));
    expect(back.body.active).toBe(true);
    expect(account).toEqual(before);
  });

  test("adds, replaces and removes attributes, and carries name and email to the account", async () => {
    const { call, world } = await start();
    const { status, body } = await call(
      "PATCH",
      `${SCIM}/Users/${idOf(LENA)}`,
      patch(
        { op: "replace", path: "name.familyName", value: "Berg" },
        { op: "replace", path: "displayName", value: "Lena Berg" },
        { op: "replace", path: 'emails[type eq "work"].value', value: "lena.berg@example.com" },
        {
          op: "add",
          path: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
          value: "Ops",
        },
        { op: "remove", path: "externalId" },
      ),
    );
    expect(status).toBe(200);
    expect(body).toMatchObject({ name: { givenName: "Lena", familyName: "Berg" }, department: "Ops" });
    expect(body).not.toHaveProperty("externalId");
    expect(world.atlassian.accounts.get(LENA.aaId)).toMatchObject({
      name: "Lena Berg",
      email: "lena.berg@example.com",
    });
  });

  test("a change of another attribute does not wake an account that an administrator disabled", async () => {
    const { call, world } = await start();
    await call("POST", `/users/${LENA.aaId}/manage/lifecycle/disable`, {});
    await call("PATCH", `${SCIM}/Users/${idOf(LENA)}`, patch({ op: "add", path: "title", value: "Lead" }));
    expect(world.atlassian.accounts.get(LENA.aaId)?.status).toBe("inactive");
  });

  test.each([
    ["id", { op: "replace", path: "id", value: "x" }, "mutability"],
    ["an unknown attribute", { op: "replace", path: "shoeSize", value: 44 }, "invalidPath"],
    ["a way out of the document", { op: "add", path: "name.__proto__", value: { a: 1 } }, "invalidPath"],
    [
      "a value leading out",
      { op: "add", path: "name", value: { "constructor.prototype.a": 1 } },
      "invalidPath",
    ],
    ["remove without a path", { op: "remove" }, "noTarget"],
    ["replace of nobody", { op: "replace", path: 'emails[type ne "work"].value', value: "x" }, "noTarget"],
    ["another op", { op: "move", path: "title", value: "x" }, "invalidSyntax"],
    ["userName removed", { op: "remove", path: "userName" }, "invalidValue"],
  ])("refuses %s and changes nothing", async (_, operation, scimType) => {
    const { call, world } = await start();
    const before = structuredClone(world.atlassian.directory.users);
    const { status, body } = await call("PATCH", `${SCIM}/Users/${idOf(LENA)}`, patch(operation));
    expect([status, body.scimType]).toEqual([400, scimType]);
    expect(world.atlassian.directory.users).toEqual(before);
  });

  test("the property is Operations, with the PatchOp schema", async () => {
    const { call } = await start();
    const operations = [{ op: "replace", path: "active", value: false }];
    const schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"];
    for (const body of [{ schemas, operations }, { Operations: operations }, { schemas, Operations: [] }]) {
      const answer = await call("PATCH", `${SCIM}/Users/${idOf(LENA)}`, body);
      expect([answer.status, answer.body.scimType]).toEqual([400, "invalidSyntax"]);
    }
  });

  test("a taken userName is 409", async () => {
    const { call } = await start();
    const operation = { op: "replace", path: "userName", value: MARCO.email };
    const { status, body } = await call("PATCH", `${SCIM}/Users/${idOf(LENA)}`, patch(operation));
    expect([status, body.scimType]).toEqual([409, "uniqueness"]);
  });
});

test("delete is for good: account off and unlinked, groups left, and who comes back has another id", async () => {
  const { call, world } = await start();
  const path = `${SCIM}/Users/${idOf(LENA)}`;
  expect((await call("DELETE", path)).status).toBe(204);
  for (const method of ["GET", "DELETE"]) expect((await call(method, path)).status).toBe(404);
  expect((await call("PATCH", path, patch({ op: "add", path: "active", value: true }))).status).toBe(404);
  const account = world.atlassian.accounts.get(LENA.aaId);
  expect(account).toMatchObject({ status: "inactive", products: [], withheldProducts: [], groups: [] });
  const group = await call("GET", `${SCIM}/Groups/${groupId("engineering")}`);
  expect(group.body.members.map((member: { value: string }) => member.value)).toEqual([idOf(MARCO)]);
  const again = await call("POST", `${SCIM}/Users`, newUser(LENA.email));
  expect(again.status).toBe(201);
  expect(again.body.id).not.toBe(idOf(LENA));
  expect(again.body["urn:scim:schemas:extension:atlassian-external:1.0"].atlassianAccountId).toBe(LENA.aaId);
  expect(account).toMatchObject({ status: "active", products: [], groups: [] });
});
