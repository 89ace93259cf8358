import { expect, test } from "vitest";
import { groupId, idOf, LENA, MARCO, patch, SCIM, start } from "./support.ts";
import type { Client } from "./support.ts";

const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
const DESIGN = `${SCIM}/Groups/${groupId("design")}`;

const membersOf = ({ world }: Client, name: string) =>
  [...world.atlassian.directory.groups.values()].find((group) => group.displayName === name)?.members;

test("list takes one eq on displayName", async () => {
  const { call } = await start();
  const found = await call("GET", `${SCIM}/Groups?filter=${encodeURIComponent('displayName eq "design"')}`);
  expect(found.body).toMatchObject({ totalResults: 1, Resources: [{ id: groupId("design") }] });
  const other = await call("GET", `${SCIM}/Groups?filter=${encodeURIComponent('id eq "1"')}`);
  expect([other.status, other.body.scimType]).toEqual([400, "invalidFilter"]);
});

test("create, then the same name again is 409 and an unknown member 404", async () => {
  const { call, world } = await start();
  const body = { schemas: [GROUP], displayName: "support", members: [{ value: idOf(LENA) }] };
  const made = await call("POST", `${SCIM}/Groups`, body);
  expect(made.status).toBe(201);
  expect(made.body.members).toMatchObject([{ value: idOf(LENA), display: LENA.email }]);
  expect(world.atlassian.accounts.get(LENA.aaId)?.groups).toContain("support");
  const again = await call("POST", `${SCIM}/Groups`, { ...body, displayName: "Support" });
  expect([again.status, again.body.scimType]).toEqual([409, "uniqueness"]);
  const unknown = await call("POST", `${SCIM}/Groups`, {
    ...body,
    displayName: "x",
    members: [{ value: "no" }],
  });
  expect(unknown.status).toBe(404);
  expect(world.atlassian.directory.groups.size).toBe(3);
});

test.each([
  ["a path and display", { op: "add", path: "members", value: [{ value: idOf(LENA), display: "Lena" }] }],
  ["no path", { op: "Add", value: { members: [{ value: idOf(LENA) }] } }],
  ["one object", { op: "add", path: "members", value: { value: idOf(LENA) } }],
])("patch adds a member with %s, and twice is once", async (_, operation) => {
  const client = await start();
  const first = await client.call("PATCH", DESIGN, patch(operation));
  const second = await client.call("PATCH", DESIGN, patch(operation));
  expect([first.status, second.status]).toEqual([200, 200]);
  expect(membersOf(client, "design")).toEqual([idOf(MARCO), idOf(LENA)]);
  expect(client.world.atlassian.accounts.get(LENA.aaId)?.groups).toEqual(["engineering", "design"]);
});

test.each([
  ["a filter in the path", { op: "remove", path: `members[value eq "${idOf(MARCO)}"]` }],
  ["a value", { op: "Remove", path: "members", value: [{ value: idOf(MARCO), display: "Marco" }] }],
  ["the whole attribute", { op: "remove", path: "members" }],
  ["an empty replacement", { op: "replace", path: "members", value: [] }],
])("patch removes a member with %s", async (_, operation) => {
  const client = await start();
  expect((await client.call("PATCH", DESIGN, patch(operation))).status).toBe(200);
  expect(membersOf(client, "design")).toEqual([]);
  expect(membersOf(client, "engineering")).toContain(idOf(MARCO));
  expect(client.world.atlassian.accounts.get(MARCO.aaId)?.groups).toEqual(["engineering"]);
});

test("removing someone who is not there, and adding someone unknown", async () => {
  const client = await start();
  const absent = patch({ op: "remove", path: `members[value eq "${idOf(LENA)}"]` });
  expect((await client.call("PATCH", DESIGN, absent)).status).toBe(200);
  const unknown = patch({ op: "add", path: "members", value: [{ value: "nobody" }] });
  expect((await client.call("PATCH", DESIGN, unknown)).status).toBe(404);
  expect(membersOf(client, "design")).toEqual([idOf(MARCO)]);
});

test("a group cannot be renamed", async () => {
  const { call } = await start();
  const renamed = await call("PATCH", DESIGN, patch({ op: "replace", path: "displayName", value: "ux" }));
  expect([renamed.status, renamed.body.scimType]).toEqual([400, "mutability"]);
  const put = await call("PUT", DESIGN, { schemas: [GROUP], displayName: "ux", members: [] });
  expect([put.status, put.body.scimType]).toEqual([400, "mutability"]);
});

test("put replaces the members; an unknown one is refused in a shape of its own", async () => {
  const client = await start();
  const body = { schemas: [GROUP], displayName: "design", members: [{ value: idOf(LENA) }] };
  expect((await client.call("PUT", DESIGN, body)).status).toBe(200);
  expect(membersOf(client, "design")).toEqual([idOf(LENA)]);
  const unknown = await client.call("PUT", DESIGN, { ...body, members: [{ value: "nobody" }] });
  expect(unknown).toMatchObject({ status: 400, body: { responseStatus: "BAD_REQUEST" } });
  expect(membersOf(client, "design")).toEqual([idOf(LENA)]);
});

test("delete takes the group from everyone", async () => {
  const client = await start();
  expect((await client.call("DELETE", DESIGN)).status).toBe(204);
  expect((await client.call("GET", DESIGN)).status).toBe(404);
  expect(client.world.atlassian.accounts.get(MARCO.aaId)?.groups).toEqual(["engineering"]);
});
