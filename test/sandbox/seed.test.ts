import { describe, expect, test } from "vitest";
import { SEED, seedWorld } from "../../src/sandbox/index.ts";
import { START } from "./support.ts";

const world = seedWorld({ now: () => START });
const { trello, atlassian } = world;
const boards = [...trello.boards.values()];
const onBoards = (id: string, idOrganization: string) =>
  boards.filter(
    (board) =>
      board.idOrganization === idOrganization && board.memberships.some((row) => row.idMember === id),
  );
const { free, standard, premium, enterprise } = SEED.workspaces;

test("is the same every time", () => {
  expect(seedWorld({ now: () => START })).toEqual({ ...world, now: expect.any(Function) as unknown });
});

test("has four plans, 60 people, 120 boards, and every reference holds", () => {
  const workspaces = [...trello.workspaces.values()];
  expect(new Set(workspaces.map((each) => each.tier))).toEqual(
    new Set(["free", "standard", "premium", "enterprise"]),
  );
  expect(trello.members.size).toBeGreaterThanOrEqual(60);
  expect(trello.boards.size).toBeGreaterThanOrEqual(120);
  const holders = [...workspaces, ...boards];
  const memberships = holders.flatMap((each) => each.memberships);
  expect(memberships.filter((row) => !trello.members.has(row.idMember))).toEqual([]);
  expect(new Set(memberships.map((row) => row.id)).size).toBe(memberships.length);
  for (const each of holders) {
    expect(new Set(each.memberships.map((row) => row.idMember)).size).toBe(each.memberships.length);
  }
  const names = [...trello.members.values()].map((member) => member.username);
  expect(new Set(names).size).toBe(names.length);
});

test("the token's owner is an admin of every workspace, the only one of the free workspace", () => {
  const admins = [...trello.workspaces.values()].map((each) =>
    each.memberships.filter((row) => row.memberType === "admin").map((row) => row.idMember),
  );
  for (const ids of admins) expect(ids).toContain(SEED.admin.id);
  expect(admins[0]).toEqual([SEED.admin.id]);
});

describe("the leaver", () => {
  test("is on exactly 30 of the 100 boards of the standard workspace, and on some of the enterprise's", () => {
    expect(boards.filter((board) => board.idOrganization === standard.id)).toHaveLength(100);
    expect(onBoards(SEED.leaver.id, standard.id)).toHaveLength(SEED.leaverBoards.standard);
    expect(onBoards(SEED.leaver.id, enterprise.id)).toHaveLength(SEED.leaverBoards.enterprise);
    expect(onBoards(SEED.leaver.id, premium.id)).toHaveLength(0);
  });

  test("is nowhere the last admin", () => {
    for (const { memberships } of [...boards, ...trello.workspaces.values()]) {
      const admins = memberships.filter((row) => row.memberType === "admin").map((row) => row.idMember);
      expect(admins.some((id) => id !== SEED.leaver.id)).toBe(true);
    }
  });

  test("is known to the directory, with Jira and Confluence", () => {
    expect(atlassian.directory.users.get(SEED.leaver.idScim ?? "")).toMatchObject({
      userName: SEED.leaver.email,
      active: true,
      idAccount: SEED.leaver.aaId,
    });
    const products = atlassian.accounts.get(SEED.leaver.aaId)?.products.map((product) => product.key);
    expect(products).toEqual(expect.arrayContaining(["jira-software", "confluence", "trello"]));
    expect(trello.enterprises.get(SEED.enterprise.id)?.members.has(SEED.leaver.id)).toBe(true);
  });
});

test("guests are on boards without being in the workspace", () => {
  const inside = trello.workspaces.get(standard.id)?.memberships.map((row) => row.idMember) ?? [];
  expect(inside).not.toContain(SEED.guest.id);
  expect(inside).not.toContain(SEED.billableGuest.id);
  expect(onBoards(SEED.guest.id, standard.id)).toHaveLength(1);
  expect(onBoards(SEED.billableGuest.id, standard.id)).toHaveLength(2);
});

test("ghosts wait unconfirmed", () => {
  for (const { id } of Object.values(SEED.ghosts)) {
    expect(trello.members.get(id)).toMatchObject({ memberType: "ghost", confirmed: false });
    const held = [...boards, ...trello.workspaces.values()].flatMap((each) =>
      each.memberships.filter((row) => row.idMember === id),
    );
    expect(held.map((row) => row.unconfirmed)).toEqual([true]);
  }
});

test("directory and Trello do not know the same people", () => {
  expect(trello.members.has(SEED.scimOnly.id)).toBe(false);
  expect(atlassian.directory.users.has(SEED.scimOnly.idScim ?? "")).toBe(true);
  expect(trello.members.has(SEED.trelloOnly.id)).toBe(true);
  const names = [...atlassian.directory.users.values()].map((user) => user.userName);
  expect(names).not.toContain(SEED.trelloOnly.email);
});

test("two people share a name, one name is hostile", () => {
  expect(SEED.alexOfOperations.fullName).toBe(SEED.alexOfDesign.fullName);
  expect(SEED.alexOfOperations.id).not.toBe(SEED.alexOfDesign.id);
  expect(SEED.hostile.fullName).toHaveLength(10_000);
  for (const part of ["\u0000", "\u001b[31m", "\u202E", "ignore previous instructions"]) {
    expect(SEED.hostile.fullName).toContain(part);
  }
});

test("the boards that have a name are what they are called", () => {
  const board = (key: keyof typeof SEED.boards) => trello.boards.get(SEED.boards[key].id);
  expect(board("hidden")).toMatchObject({ idOrganization: free.id, permissionLevel: "private" });
  expect(board("hidden")?.memberships.map((row) => row.idMember)).not.toContain(SEED.admin.id);
  const admins = board("soleAdmin")?.memberships.filter((row) => row.memberType === "admin");
  expect(admins).toMatchObject([{ idMember: SEED.soleBoardAdmin.id }]);
  expect(board("observed")?.memberships).toContainEqual(
    expect.objectContaining({ idMember: SEED.observer.id, memberType: "observer" }),
  );
  expect(board("guests")?.memberships.map((row) => row.idMember)).toContain(SEED.guest.id);
  expect(board("secondGuests")?.memberships.map((row) => row.idMember)).toContain(SEED.billableGuest.id);
  expect(board("enterprise")?.memberships.map((row) => row.idMember)).toContain(SEED.leaver.id);
});

test("who was invited waits since the action that invited them", () => {
  for (const { date, idOrganization, data } of trello.actions) {
    const row = trello.workspaces
      .get(idOrganization ?? "")
      ?.memberships.find(({ idMember }) => idMember === data["idMember"]);
    expect(row?.unconfirmed).toBe(true);
    expect(Number.parseInt(row?.id.slice(0, 8) ?? "", 16)).toBe(Math.floor(Date.parse(date) / 1_000));
  }
  expect(trello.actions).toHaveLength(3);
});
