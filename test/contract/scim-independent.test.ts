/** The SCIM client against a server that is neither Atlassian's nor ours: a base URL and a directory id are all that differ. */
import { expect, onTestFinished, test } from "vitest";
import { requireScim } from "../../src/domain/reads.ts";
import {
  hasAttributes,
  patchOf,
  scimAttributesOf,
  scimResourceOf,
} from "../../src/domain/scim-attributes.ts";
import type { ScimUserResource } from "../../src/domain/scim.ts";
import { requireScimWrites } from "../../src/domain/writes.ts";
import { gatewayTo, hastyClock } from "../gateway/harness.ts";
import { startScimServer } from "./scim-server.ts";

const person = (n: number): ScimUserResource => ({
  userName: `person${n}@example.com`,
  externalId: `idp-${n}`,
  name: { givenName: "Person", familyName: `No ${n}` },
  displayName: `Person No ${n}`,
  emails: [{ value: `person${n}@example.com`, type: "work", primary: true }],
  title: "Engineer",
  department: "Operations",
  active: true,
});

async function open() {
  const { env, directory, heard } = await startScimServer();
  const { gateway } = await gatewayTo(env, { clock: hastyClock });
  onTestFinished(() => gateway.close());
  const pass = { priority: "interactive" } as const;
  return {
    directory,
    heard,
    reads: () => requireScim(gateway.reads(pass)),
    writes: requireScimWrites(gateway.writes(pass)),
  };
}

test("all twelve operations", async () => {
  const { reads, writes, heard } = await open();

  const { id } = await writes.createUser(person(1));
  const other = await writes.createUser(person(2));
  expect(hasAttributes(await reads().user(id), scimAttributesOf(person(1)))).toBe(true);
  const byName = await reads().users({ filter: { attribute: "userName", value: "person2@example.com" } });
  expect([byName.totalResults, byName.Resources.map((user) => user.id)]).toEqual([1, [other.id]]);
  const byExternalId = await reads().users({ filter: { attribute: "externalId", value: "idp-1" } });
  expect(byExternalId.Resources.map((user) => user.id)).toEqual([id]);

  const change = { title: "Lead", department: "Design", "name.familyName": "Changed", displayName: null };
  await writes.patchUser(id, patchOf(change));
  expect(hasAttributes(await reads().user(id), change)).toBe(true);
  await writes.patchUser(id, [{ op: "replace", path: "active", value: false }]);
  expect((await reads().user(id)).active).toBe(false);

  const { title: _title, department: _department, ...less } = person(1);
  await writes.replaceUser(id, less);
  expect(scimResourceOf(await reads().user(id))).toEqual(less);

  const group = await writes.createGroup({ displayName: "Crew", members: [id] });
  await writes.patchGroup(group.id, [{ op: "add", path: "members", value: [{ value: other.id }] }]);
  await writes.patchGroup(group.id, [{ op: "remove", path: `members[value eq "${id}"]` }]);
  expect((await reads().group(group.id)).members.map(({ value }) => value)).toEqual([other.id]);
  await writes.replaceGroup(group.id, { displayName: "Crew", members: [id] });
  const found = await reads().groups({ filter: { attribute: "displayName", value: "Crew" } });
  expect(found.Resources.map(({ members }) => members.map(({ value }) => value))).toEqual([[id]]);

  await writes.deleteGroup(group.id);
  await writes.deleteUser(other.id);
  await expect(reads().group(group.id)).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(reads().user(other.id)).rejects.toMatchObject({ code: "NOT_FOUND" });

  const operations = heard.map((each) => each.replace("/scim/directory/{id}", ""));
  expect([...new Set(operations)].toSorted()).toEqual(
    ["Users", "Groups"]
      .flatMap((type) => [
        ...["GET", "POST"].map((method) => `${method} /${type}`),
        ...["GET", "PUT", "PATCH", "DELETE"].map((method) => `${method} /${type}/{id}`),
      ])
      .toSorted(),
  );
});

test("a name that is taken, and a token that is not known", async () => {
  const { writes, directory } = await open();
  await writes.createUser(person(1));
  await expect(writes.createUser(person(1))).rejects.toMatchObject({
    code: "CONFLICT",
    applied: "no",
    details: { scimType: "uniqueness" },
  });
  expect(directory.users.size).toBe(1);
});

test("pages of everybody", async () => {
  const { reads, directory, heard } = await open();
  for (let n = 0; n < 250; n += 1) {
    const id = `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
    directory.users.set(id, { ...person(n), id });
  }
  const seen: string[] = [];
  for await (const page of reads().userPages()) seen.push(...page.map(({ userName }) => userName));
  expect(new Set(seen).size).toBe(250);
  expect(heard).toHaveLength(3);
});
