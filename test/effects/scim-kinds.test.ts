import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Effect, placeOf } from "../../src/domain/effect.ts";
import { requireScim } from "../../src/domain/reads.ts";
import { scimResourceOf } from "../../src/domain/scim-attributes.ts";
import type { ScimUserResource } from "../../src/domain/scim.ts";
import { classOf, inverseOf, kindOf } from "../../src/effects/kinds.ts";
import {
  addScimGroupMember,
  createScimGroup,
  deleteScimGroup,
  removeScimGroupMember,
} from "../../src/effects/scim-groups.ts";
import {
  createScimUser,
  deleteScimUser,
  replaceScimUser,
  updateScimUser,
} from "../../src/effects/scim-users.ts";
import { SEED } from "../../src/sandbox/index.ts";
import { type Stack, startStack } from "../support/stack.ts";

const leaver = SEED.leaver.idScim ?? "";
const successor = SEED.successor.idScim ?? "";

let stack: Stack;
beforeEach(async () => {
  stack = await startStack({ sandbox: { rateLimits: false } });
});
afterEach(() => stack.close());

const pass = { priority: "interactive" } as const;
const scim = () => requireScim(stack.gateway.reads(pass));
const send = (effect: Effect) =>
  kindOf(effect).send(effect, stack.gateway.writes(pass), stack.gateway.reads(pass));
const holds = (effect: Effect) => kindOf(effect).holds(effect, stack.gateway.reads(pass));
const directory = () => stack.sandbox.world.atlassian.directory;
const userNamed = (userName: string) =>
  [...directory().users.values()].find((user) => user.userName === userName);
const groupNamed = (name: string) =>
  [...directory().groups.values()].find((group) => group.displayName === name);

/** What a client can set of every User, and who is in which Group. */
const state = () => ({
  users: [...directory().users.values()].map(({ lastModified: _at, ...user }) => user),
  groups: [...directory().groups.values()].map(({ id, displayName, members }) => [
    id,
    displayName,
    members.toSorted(),
  ]),
});

/** Sends it: it must not hold before, and hold after. */
async function applied(effect: Effect): Promise<void> {
  expect(await holds(effect)).toBe(false);
  await send(effect);
  expect(await holds(effect)).toBe(true);
}

/** Sends it and what undoes it: everything is as it was. */
async function appliedAndUndone(effect: Effect): Promise<void> {
  const before = state();
  await applied(effect);
  expect(state()).not.toEqual(before);
  const inverses = inverseOf(effect);
  expect([effect.reversible, inverses.length > 0]).toEqual([true, true]);
  for (const inverse of inverses) await applied(inverse);
  expect(state()).toEqual(before);
}

const newcomer: ScimUserResource = {
  userName: "new.comer@example.com",
  name: { givenName: "New", familyName: "Comer" },
  displayName: "New Comer",
  emails: [{ value: "new.comer@example.com", type: "work", primary: true }],
  title: "Engineer",
  department: "Operations",
  active: true,
};

describe("a User", () => {
  const create = createScimUser.make({
    target: { userName: newcomer.userName },
    before: null,
    after: newcomer,
    label: "New Comer",
  });

  test("is created, and deleted by name to undo it", async () => {
    expect(classOf(create)).toBe("create");
    await appliedAndUndone(create);
  });

  test("that is there with other attributes is not the one asked for", async () => {
    await send(create);
    const another = createScimUser.make({
      target: { userName: newcomer.userName },
      before: null,
      after: { ...newcomer, title: "Director" },
      label: "New Comer",
    });
    expect(await holds(another)).toBe(false);
    await expect(send(another)).rejects.toMatchObject({
      code: "CONFLICT",
      details: { scimType: "uniqueness" },
    });
  });

  test("has named attributes changed and cleared, and the old values put back", async () => {
    await send(create);
    const effect = updateScimUser.make({
      target: { scimId: userNamed(newcomer.userName)?.id ?? "" },
      before: {
        title: "Engineer",
        department: "Operations",
        "name.familyName": "Comer",
        displayName: "New Comer",
        nickName: null,
      },
      after: {
        title: "Lead",
        department: null,
        "name.familyName": "Married",
        displayName: "New Married",
        nickName: "Newt",
      },
      label: "New Comer",
    });
    expect([classOf(effect), effect.description]).toEqual([
      "update",
      "Change title, department, name.familyName, displayName, nickName of New Comer",
    ]);
    await appliedAndUndone(effect);
  });

  test("is replaced, with what is cleared shown, and put back whole", async () => {
    const user = directory().users.get(leaver);
    if (!user) throw new Error("the seed has no leaver");
    user.title = "Analyst";
    user.phoneNumbers = [{ value: "+1 555 0100", type: "mobile", primary: true }];
    const before = scimResourceOf(await scim().user(leaver));
    const { title: _title, phoneNumbers: _phones, ...after } = before;
    const effect = replaceScimUser.make({
      target: { scimId: leaver },
      before,
      after: { ...after, department: "Alumni" },
      label: "Lena",
    });
    expect([classOf(effect), effect.description]).toEqual([
      "delete",
      "Replace SCIM user Lena, which clears phoneNumbers, title",
    ]);
    await appliedAndUndone(effect);
  });

  test("that a replacement deactivates is taken away", () => {
    const effect = replaceScimUser.make({
      target: { scimId: leaver },
      before: newcomer,
      after: { ...newcomer, active: false },
      label: "Lena",
    });
    expect(classOf(effect)).toBe("delete");
  });

  test("is deleted for good", async () => {
    const effect = deleteScimUser.make({
      target: { scimId: leaver },
      before: scimResourceOf(await scim().user(leaver)),
      after: null,
      label: "Lena",
    });
    expect([classOf(effect), effect.reversible, inverseOf(effect)]).toEqual(["delete", false, []]);
    await applied(effect);
    expect(directory().users.has(leaver)).toBe(false);
    await expect(send(effect)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("a Group", () => {
  const create = createScimGroup.make({
    target: { groupName: "Crew" },
    before: null,
    after: { members: [leaver] },
    label: "Crew",
  });

  test("is created with its members, and deleted by name to undo it", async () => {
    expect([classOf(create), create.description]).toEqual(["create", "Create SCIM group Crew with 1 member"]);
    await appliedAndUndone(create);
  });

  test("is deleted for good", async () => {
    const group = groupNamed("Design");
    const effect = deleteScimGroup.make({
      target: { groupId: group?.id ?? "" },
      before: { members: group?.members ?? [] },
      after: null,
      label: "Design",
    });
    expect([classOf(effect), effect.reversible]).toEqual(["delete", false]);
    await applied(effect);
    expect(groupNamed("Design")).toBeUndefined();
  });

  test("takes one in by id, and lets them go again, and nobody else", async () => {
    await send(create);
    const effect = addScimGroupMember.make({
      target: { groupId: groupNamed("Crew")?.id ?? "", scimId: successor },
      before: null,
      after: null,
      label: "Sam",
      place: placeOf("group", { id: "", name: "Crew" }),
    });
    expect([classOf(effect), effect.description]).toEqual(["create", "Add Sam to SCIM group Crew"]);
    await appliedAndUndone(effect);
    expect(groupNamed("Crew")?.members).toEqual([leaver]);
  });

  test("takes in one who was made in the same run, both known by name alone", async () => {
    const user = createScimUser.make({
      target: { userName: newcomer.userName },
      before: null,
      after: newcomer,
      label: "New Comer",
    });
    const member = addScimGroupMember.make({
      target: { groupName: "crew", userName: newcomer.userName.toUpperCase() },
      before: null,
      after: null,
      label: "New Comer",
      place: placeOf("group", { id: "", name: "Crew" }),
    });
    expect(await holds(member)).toBe(false);
    await expect(send(member)).rejects.toMatchObject({ code: "NOT_FOUND", applied: "no" });
    await applied(create);
    await applied(user);
    await applied(member);
    expect(groupNamed("Crew")?.members).toEqual([leaver, userNamed(newcomer.userName)?.id]);
  });

  test("lets one go", async () => {
    const group = groupNamed("All Staff");
    const effect = removeScimGroupMember.make({
      target: { groupId: group?.id ?? "", scimId: leaver },
      before: null,
      after: null,
      label: "Lena",
      place: placeOf("group", { id: "", name: "All Staff" }),
    });
    expect([classOf(effect), effect.description]).toEqual([
      "delete",
      "Remove Lena from SCIM group All Staff",
    ]);
    await appliedAndUndone(effect);
  });
});
