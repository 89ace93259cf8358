import { expect, test } from "vitest";
import { SEED } from "../../src/sandbox/index.ts";
import { open, rows, trello } from "./support.ts";

const query = `/enterprises/${SEED.enterprise.id}/members/query`;
const idOf = (row: Record<string, unknown>) => (row["member"] as { readonly id: string }).id;

test("the query shows emails and last use, and searches their beginnings", async () => {
  const call = trello(await open());
  const found = rows(await call("GET", `${query}?search=${SEED.leaver.email.slice(0, 8)}`));
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({
    licensed: true,
    member: { id: SEED.leaver.id, email: SEED.leaver.email },
  });
  expect(found[0]?.["member"]).toHaveProperty("dateLastImpression", expect.stringMatching(/^20\d\d-/));
  expect(rows(await call("GET", `${query}?search=lindqvist`))).toEqual([]);
});

test("an association that is only false is refused, one that is true is not", async () => {
  const call = trello(await open());
  const refused = await call("GET", `${query}?deactivated=false`);
  expect([refused.status, refused.text]).toEqual([400, "At least one association must be specified"]);
  expect(rows(await call("GET", `${query}?admin=true&deactivated=false`)).map(idOf)).toEqual([SEED.admin.id]);
});

test("pages of 100 by a cursor", async () => {
  const sandbox = await open();
  const enterprise = sandbox.world.trello.enterprises.get(SEED.enterprise.id);
  const model = sandbox.world.trello.members.get(SEED.leaver.id);
  if (!enterprise || !model) throw new Error("the seed has no such enterprise or leaver");
  for (let n = 0; n < 150; n += 1) {
    const id = n.toString(16).padStart(24, "f");
    sandbox.world.trello.members.set(id, { ...model, id, username: `clone${n}` });
    const idMember = id;
    enterprise.members.set(id, {
      idMember,
      licensed: true,
      deactivated: false,
      managed: true,
      dateLastImpression: null,
    });
  }
  const call = trello(sandbox);
  const first = await call("GET", query);
  const second = await call("GET", `${query}?cursor=${first.headers.get("x-trello-cursor")}`);
  expect([rows(first).length, rows(second).length]).toEqual([100, 67]);
  expect(second.headers.has("x-trello-cursor")).toBe(false);
  expect(new Set([...rows(first), ...rows(second)].map(idOf)).size).toBe(167);
});

test("losing the licence deactivates in the enterprise's workspaces", async () => {
  const sandbox = await open();
  const path = `/enterprises/${SEED.enterprise.id}/members/${SEED.leaver.id}/licensed?value=false`;
  expect((await trello(sandbox)("PUT", path)).status).toBe(200);
  expect(sandbox.world.trello.enterprises.get(SEED.enterprise.id)?.members.get(SEED.leaver.id)).toMatchObject(
    {
      licensed: false,
      deactivated: true,
    },
  );
  const workspace = sandbox.world.trello.workspaces.get(SEED.workspaces.enterprise.id);
  expect(workspace?.memberships.find((row) => row.idMember === SEED.leaver.id)?.deactivated).toBe(true);
});

test("an AdminHub enterprise refuses the writes", async () => {
  const sandbox = await open();
  const call = trello(sandbox);
  const path = `/enterprises/${SEED.adminHubEnterprise.id}`;
  const { idMember } =
    [...(sandbox.world.trello.enterprises.get(SEED.adminHubEnterprise.id)?.members.values() ?? [])][2] ?? {};
  for (const rest of [
    `members/${idMember}/deactivated?value=true`,
    `members/${idMember}/licensed?value=false`,
    `admins/${idMember}`,
  ]) {
    expect((await call("PUT", `${path}/${rest}`)).status).toBe(403);
  }
  expect(sandbox.world.trello.enterprises.get(SEED.adminHubEnterprise.id)?.idAdmins).toEqual([SEED.admin.id]);
});

test("is for enterprise admins", async () => {
  const sandbox = await open();
  expect((await trello(sandbox, SEED.tokens.normalMember)("GET", query)).status).toBe(401);
});
