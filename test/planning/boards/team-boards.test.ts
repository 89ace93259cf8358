import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { confirmAndApply, type Stack, startStack } from "../../support/stack.ts";
import { makeGroup } from "../../tools/atlassian.ts";
import { BOARDS, onBoard, WORKSPACES } from "../../tools/world.ts";

// Boards that the policy file gives to SCIM Groups come and go with the membership of the Group.

const { leaver, successor, deputy, alexOfOperations, scimOnly } = SEED;
const { guests, secondGuests } = BOARDS;
const { standard } = WORKSPACES;
const PASSED = { state: "applied", evidence: { result: "PASS" } };

let stack: Stack;
beforeEach(async () => {
  stack = await startStack({
    sandbox: { rateLimits: false },
    rules: {
      teamBoards: {
        "Night Crew": [guests.id, secondGuests.shortLink],
        "day crew": [secondGuests.id],
        Dreamers: ["A board that is nowhere"],
      },
    },
  });
  // Trello shows the accounts of members, so no name is needed.
  stack.sandbox.world.trello.showsAaId = true;
});
afterEach(() => stack.close());

const group = (name: string, ...people: readonly { readonly idScim: string | null }[]) =>
  makeGroup(
    stack.sandbox.world,
    name,
    people.map(({ idScim }) => idScim ?? ""),
  );
const isOn = (board: { readonly id: string }, person: { readonly id: string }) =>
  onBoard(stack.sandbox.world, board.id, person.id) !== undefined;
const run = (tool: string, args: Parameters<typeof confirmAndApply>[2]) => confirmAndApply(stack, tool, args);
const dry = (tool: string, args: object) => stack.engine.propose(tool, { ...args }, stack.caller);
const put = (board: { readonly id: string }, person: { readonly id: string }) => {
  const rows = stack.sandbox.world.trello.boards.get(board.id)?.memberships;
  rows?.push({
    id: `65a7${person.id.slice(4)}`,
    idMember: person.id,
    memberType: "normal",
    unconfirmed: false,
    deactivated: false,
  });
};

describe("a Group with boards of the policy file", () => {
  test("gives them to who joins, takes them from who leaves, and the undo gives them back", async () => {
    group("Night Crew", leaver);
    for (const board of [guests, secondGuests]) put(board, leaver);
    const joined = await run("scim_update_group", {
      group: "night crew",
      add: [successor.email],
      remove: [leaver.email],
    });
    expect(joined).toMatchObject(PASSED);
    expect(joined.plan.summary).toContain("gives 2 board memberships and takes 2 board memberships");
    expect([guests, secondGuests].map((board) => isOn(board, successor))).toEqual([true, true]);
    expect([guests, secondGuests].map((board) => isOn(board, leaver))).toEqual([false, false]);
    const restored = await run("restore_member", { runId: joined.id });
    expect(restored).toMatchObject(PASSED);
    expect([guests, secondGuests].map((board) => isOn(board, successor))).toEqual([false, false]);
    expect([guests, secondGuests].map((board) => isOn(board, leaver))).toEqual([true, true]);
  });

  test("does the same if its members are set", async () => {
    group("Night Crew", leaver, successor);
    for (const board of [guests, secondGuests]) put(board, leaver);
    const set = await run("scim_update_group", {
      group: "Night Crew",
      members: [successor.email, alexOfOperations.email],
    });
    expect(set).toMatchObject(PASSED);
    expect([guests, secondGuests].map((board) => isOn(board, leaver))).toEqual([false, false]);
    expect(isOn(guests, alexOfOperations)).toBe(true);
    // Who was in already and is not on the boards is not the matter of this call.
    expect(isOn(guests, successor)).toBe(false);
  });

  test("leaves a board that another Group of the person gives", async () => {
    group("Night Crew", leaver);
    group("Day Crew", leaver);
    for (const board of [guests, secondGuests]) put(board, leaver);
    expect(await run("scim_update_group", { group: "Night Crew", remove: [leaver.email] })).toMatchObject(
      PASSED,
    );
    expect([guests, secondGuests].map((board) => isOn(board, leaver))).toEqual([false, true]);
  });

  test("neither gives nor takes by a name alone, and says which boards stay", async () => {
    stack.sandbox.world.trello.showsAaId = false;
    group("Night Crew", deputy);
    put(guests, deputy);
    const plan = await dry("scim_update_group", {
      group: "Night Crew",
      add: [scimOnly.email],
      remove: [deputy.email],
    });
    const boards = plan.effects.filter(({ resource }) => resource === "board_membership");
    // The enterprise's directory may prove who the deputy is; then the boards go with a proof.
    if (boards.length === 0) expect(plan.notReached?.join()).toContain("are not taken from 1 person");
    expect(plan.warnings.join("\n")).toMatch(/not given to 1 person.*ingrid/);
  });

  test("that names a board that is nowhere says so, and changes the Group", async () => {
    group("Dreamers");
    const plan = await dry("scim_update_group", { group: "Dreamers", add: [leaver.email] });
    expect(plan.effects.map(({ op }) => op)).toEqual(["add_scim_group_member"]);
    expect(plan.warnings.join()).toContain("A board that is nowhere");
  });

  test("brings its boards to who is invited as its team, and to a new User", async () => {
    group("Night Crew", leaver);
    const csv = `email,role,team\nnew.one@partner.example.org,,night crew\n${successor.email},,Night Crew`;
    const invited = await dry("invite_members", { workspace: standard.id, csv });
    const placed = invited.effects.filter(({ resource }) => resource === "board_membership");
    expect(placed.map(({ target }) => target["idBoard"])).toEqual([
      guests.id,
      secondGuests.id,
      guests.id,
      secondGuests.id,
    ]);
    expect(invited.warnings.join()).not.toContain("no boards in `teams`");
    const ofGroup = await dry("invite_members", { workspace: standard.id, group: "Night Crew" });
    expect(ofGroup.effects.map(({ op }) => op)).toEqual(["set_board_member", "set_board_member"]);
    const user = { email: "new.two@partner.example.org", givenName: "New", familyName: "Two" };
    const made = await dry("scim_create_user", { ...user, groups: ["Night Crew"], workspace: standard.id });
    expect(made.effects.filter(({ op }) => op === "invite_board_member")).toHaveLength(2);
    const later = await dry("scim_create_user", { ...user, groups: ["Night Crew"] });
    expect(later.warnings.join()).toContain("The policy file has boards for people in Night Crew");
    const created = await dry("scim_create_group", { displayName: "DAY CREW", users: [leaver.email] });
    expect(created.effects.map(({ op }) => op)).toEqual(["create_scim_group", "set_board_member"]);
  });

  test("costs no request if the policy names no boards for it", async () => {
    group("Others", leaver);
    stack.sandbox.resetRequests();
    await dry("scim_update_group", { group: "Others", add: [successor.email] });
    expect(stack.sandbox.requests.some(({ path }) => path.includes("/organizations"))).toBe(false);
  });
});

describe("the teams of a list", () => {
  const csv = (...rows: readonly string[]) => ["email,role,team", ...rows].join("\n");

  test("are Groups that its people join, and that are created if there are none", async () => {
    const id = group("Ops", leaver);
    for (const { email, id: idMember } of [leaver, successor, alexOfOperations]) {
      const seenAt = new Date().toISOString();
      await stack.store.links.put({ email, idMember, accountId: null, scimId: null, source: "scim", seenAt });
    }
    const args = {
      workspace: standard.id,
      csv: csv(`${leaver.email},,Ops`, `${successor.email},,OPS`),
    };
    const plan = await dry("invite_members", args);
    expect(plan.requires).toBe("client");
    const done = await run("invite_members", args);
    expect(done).toMatchObject(PASSED);
    const { groups } = stack.sandbox.world.atlassian.directory;
    expect(groups.get(id)?.members).toEqual([leaver.idScim, successor.idScim]);
    const brandNew = csv(`${alexOfOperations.email},,Brand New`);
    expect(await run("invite_members", { workspace: standard.id, csv: brandNew })).toMatchObject(PASSED);
    const made = [...groups.values()].find(({ displayName }) => displayName === "Brand New");
    expect(made?.members).toEqual([alexOfOperations.idScim]);
    expect((await dry("invite_members", args)).effects).toEqual([]);
    expect(await run("restore_member", { runId: done.id })).toMatchObject(PASSED);
    expect(groups.get(id)?.members).toEqual([leaver.idScim]);
  });

  test("take no one who has no User, who is not active, or whose row is skipped", async () => {
    Object.assign(stack.sandbox.world.atlassian.directory.users.get(successor.idScim ?? "") ?? {}, {
      active: false,
    });
    const list = csv(
      `no.user@partner.example.org,,Ops`,
      `${successor.email},,Ops`,
      `${leaver.email},guest,Ops`,
    );
    const plan = await dry("invite_members", { workspace: standard.id, csv: list });
    expect(plan.effects.filter(({ resource }) => resource.startsWith("scim_group"))).toEqual([]);
    expect(plan.warnings.join("\n")).toContain("because they have no active SCIM User");
  });

  test("are read page by page if they are many", async () => {
    const rows = Array.from({ length: 30 }, (_, n) => `p${n}@partner.example.org,,Ops`);
    stack.sandbox.resetRequests();
    await dry("invite_members", { workspace: standard.id, csv: csv(...rows, `${leaver.email},,Ops`) });
    const asked = stack.sandbox.requests.filter(
      ({ path }) => path.includes("/scim/") || path.includes("/Users"),
    );
    expect(asked.length).toBeLessThan(10);
  });

  test("stay as they are if the server may change workspaces only", async () => {
    const limited = stack.another({
      rules: { ...stack.deps.rules, workspaces: [standard.id], beyondWorkspaces: false },
    });
    const args = {
      workspace: standard.id,
      csv: csv(`${leaver.email},,Ops`, "new.three@partner.example.org,,Ops"),
    };
    const plan = await limited.propose("invite_members", args, stack.caller);
    expect(plan.effects.map(({ op }) => op)).toEqual(["invite_workspace_member"]);
    expect(plan.untouched.join()).toContain("The SCIM Groups of the teams");
  });
});
