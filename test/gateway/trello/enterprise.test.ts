import { expect, onTestFinished, test } from "vitest";
import { type EnterpriseReads, requireEnterprise } from "../../../src/domain/reads.ts";
import type { EnterpriseWrites } from "../../../src/domain/writes.ts";
import { type Sandbox, SEED, startSandbox } from "../../../src/sandbox/index.ts";
import { gatewayTo } from "../harness.ts";

const { leaver } = SEED;

async function open(id: string = SEED.enterprise.id) {
  const sandbox = await startSandbox({ rateLimits: false });
  const { gateway } = await gatewayTo({ ...sandbox.env, TRELLO_ENTERPRISE_ID: id });
  onTestFinished(async () => {
    await gateway.close();
    await sandbox.close();
  });
  const pass = { priority: "interactive" } as const;
  const reads: EnterpriseReads = requireEnterprise(gateway.reads(pass));
  const writes = gateway.writes(pass).enterprise as EnterpriseWrites;
  const own = sandbox.world.trello.enterprises.get(id);
  if (!own) throw new Error("the seed has no such enterprise");
  return { sandbox, reads, writes, own };
}

/** The query of the last request, as it was sent. */
const asked = (sandbox: Sandbox) => sandbox.requests.at(-1)?.query;

test("a row shows email, last impression and what the person is in the enterprise", async () => {
  const { reads, own } = await open();
  const { rows } = await reads.members({ search: leaver.email });
  expect(rows).toMatchObject([
    {
      licensed: true,
      deactivated: false,
      collaborator: false,
      managed: true,
      admin: false,
      member: {
        id: leaver.id,
        fullName: leaver.fullName,
        email: leaver.email,
        dateLastImpression: own.members.get(leaver.id)?.dateLastImpression,
      },
    },
  ]);
});

test("associations are asked for, but never where all are false", async () => {
  const { reads, own, sandbox } = await open();
  const row = own.members.get(leaver.id);
  if (row) row.deactivated = true;
  const ids = async (query: Parameters<EnterpriseReads["members"]>[0]) =>
    (await reads.members(query)).rows.map(({ member }) => member.id);

  expect(await ids({ deactivated: true })).toEqual([leaver.id]);
  expect(asked(sandbox)).toEqual({ deactivated: "true" });
  const active = await ids({ deactivated: false });
  expect(asked(sandbox)).toEqual({});
  expect(active).toHaveLength(own.members.size - 1);
  expect(active).not.toContain(leaver.id);
  expect(await ids({ admin: true, deactivated: false })).toEqual([SEED.admin.id]);
  expect(asked(sandbox)).toEqual({ admin: "true", deactivated: "false" });
});

test("people are found by when they were last there", async () => {
  const { reads, own, sandbox } = await open();
  const last = own.members.get(leaver.id)?.dateLastImpression ?? "";
  const next = new Date(Date.parse(last) + 1).toISOString();
  const { rows } = await reads.members({ activeSince: last, inactiveSince: next });
  expect(rows.map(({ member }) => member.id)).toEqual([leaver.id]);
  expect(asked(sandbox)).toEqual({ activeSince: last, inactiveSince: next });
});

test("pages by cursor", async () => {
  const { reads, own, sandbox } = await open();
  const { members } = sandbox.world.trello;
  const model = members.get(leaver.id);
  const row = own.members.get(leaver.id);
  if (!model || !row) throw new Error("the seed has no leaver");
  for (let n = own.members.size; n < 150; n += 1) {
    const id = n.toString(16).padStart(24, "f");
    members.set(id, { ...model, id, username: `clone${n}` });
    own.members.set(id, { ...row, idMember: id });
  }
  const first = await reads.members({});
  expect(first.rows).toHaveLength(100);
  const second = await reads.members({ cursor: first.cursor ?? "" });
  expect([second.rows.length, second.cursor]).toEqual([50, null]);
});

test.each([
  [SEED.enterprise.id, false],
  [SEED.adminHubEnterprise.id, true],
])("enterprise %s is managed in Atlassian Administration: %s", async (id, adminHub) => {
  const { reads, own } = await open(id);
  expect(await reads.enterprise()).toMatchObject({ id, displayName: own.name, adminHub });
});

test("admins and workspaces, however many there are", async () => {
  const { reads, own, sandbox } = await open();
  expect(await reads.admins()).toEqual([
    { id: SEED.admin.id, fullName: SEED.admin.fullName, username: SEED.admin.username },
  ]);
  const { workspaces } = sandbox.world.trello;
  const [model] = workspaces.values();
  if (!model) throw new Error("the seed has no workspace");
  for (let n = own.idOrganizations.length; n < 200; n += 1) {
    const id = n.toString(16).padStart(24, "d");
    workspaces.set(id, { ...model, id, name: `workspace${n}`, displayName: `Workspace ${n}` });
    own.idOrganizations.push(id);
  }
  const before = sandbox.requests.length;
  const found = await reads.workspaces();
  expect(found.map(({ id }) => id)).toEqual(own.idOrganizations);
  expect(found.at(-1)).toEqual({
    id: own.idOrganizations.at(-1),
    name: "workspace199",
    displayName: "Workspace 199",
  });
  // Two full pages and an empty one: only that tells that there are no more.
  expect(sandbox.requests.length - before).toBe(3);
});

test("a member is deactivated and loses the licence", async () => {
  const { writes, own } = await open();
  await writes.setDeactivated(leaver.id, true);
  expect(own.members.get(leaver.id)).toMatchObject({ licensed: true, deactivated: true });
  await writes.setDeactivated(leaver.id, false);
  await writes.setLicensed(leaver.id, false);
  expect(own.members.get(leaver.id)).toMatchObject({ licensed: false, deactivated: true });
});

test("an enterprise that AdminHub manages refuses both, saying why", async () => {
  const { writes } = await open(SEED.adminHubEnterprise.id);
  // One after the other: a refusal that comes before anybody waits for it would be an unhandled one.
  for (const write of [
    () => writes.setDeactivated(leaver.id, true),
    () => writes.setLicensed(leaver.id, false),
  ]) {
    await expect(write()).rejects.toMatchObject({
      code: "UPSTREAM_FORBIDDEN",
      applied: "no",
      details: { reason: "admin_hub" },
    });
  }
});
