import { describe, expect, test } from "vitest";
import { SEED } from "../../src/sandbox/index.ts";
import { boardsWith, open, rows, trello } from "./support.ts";

const { soleAdmin, guests, observed, enterprise } = SEED.boards;

test("errors are plain text", async () => {
  const call = trello(await open());
  expect(await call("GET", "/boards/nonsense!")).toMatchObject({ status: 400, text: "invalid id" });
  expect(await call("GET", "/boards/aaaaaaaa")).toMatchObject({
    status: 404,
    text: "The requested resource was not found.",
  });
  expect((await call("GET", `/boards/${guests.shortLink}?fields=name`)).json).toHaveProperty("id", guests.id);
  expect(await call("GET", "/nothing")).toMatchObject({ status: 404, text: "Cannot GET /1/nothing" });
});

test("members and memberships, guests and invited people included", async () => {
  const call = trello(await open());
  const members = rows(await call("GET", `/boards/${guests.id}/members`));
  expect(members.map((row) => row["id"])).toEqual(
    expect.arrayContaining([SEED.guest.id, SEED.billableGuest.id]),
  );
  const memberships = rows(
    await call(
      "GET",
      `/boards/${observed.id}/memberships?member=true&member_fields=username&orgMemberType=true`,
    ),
  );
  expect(memberships).toContainEqual(
    expect.objectContaining({
      memberType: "observer",
      orgMemberType: "normal",
      member: { id: SEED.observer.id, username: SEED.observer.username },
    }),
  );
  expect(memberships).toContainEqual(
    expect.objectContaining({ idMember: SEED.ghosts.board.id, unconfirmed: true, orgMemberType: null }),
  );
});

describe("changing members", () => {
  test("removes the person from the board and its cards, and answers who is left", async () => {
    const sandbox = await open();
    const path = `/boards/${enterprise.id}/members/${SEED.leaver.id}`;
    const answer = await trello(sandbox)("DELETE", path);
    const left = sandbox.world.trello.boards.get(enterprise.id)?.memberships.map((row) => row.idMember);
    expect(left).not.toContain(SEED.leaver.id);
    const names = left?.map((id) => sandbox.world.trello.members.get(id)?.fullName).toSorted();
    // The whole board with its members by name, and no memberships.
    expect(answer.json).toMatchObject({ id: enterprise.id, closed: false });
    expect(
      (answer.json as Record<string, { fullName: string }[]>)["members"]?.map((row) => row.fullName),
    ).toEqual(names);
    expect(answer.json).not.toHaveProperty("memberships");
    expect(boardsWith(sandbox, SEED.leaver.id)).toBe(35);
    const cards = [...sandbox.world.trello.cards.values()].filter((card) => card.idBoard === enterprise.id);
    expect(cards.flatMap((card) => card.idMembers)).not.toContain(SEED.leaver.id);
    expect((await trello(sandbox)("DELETE", path)).status).toBe(404);
  });

  test("the last admin of a board stays", async () => {
    const sandbox = await open();
    const call = trello(sandbox);
    const path = `/boards/${soleAdmin.id}/members/${SEED.soleBoardAdmin.id}`;
    expect(await call("DELETE", path)).toMatchObject({ status: 403, text: "Not enough admins" });
    expect(await call("PUT", `${path}?type=normal`)).toMatchObject({
      status: 403,
      text: "Not enough admins",
    });
    await call("PUT", `/boards/${soleAdmin.id}/members/${SEED.leaver.id}?type=admin`);
    expect((await call("DELETE", path)).status).toBe(200);
  });

  test("an observer is a matter of Premium and Enterprise", async () => {
    const call = trello(await open());
    const refused = await call("PUT", `/boards/${soleAdmin.id}/members/${SEED.leaver.id}?type=observer`);
    expect([refused.status, refused.text]).toEqual([400, "Bad member type"]);
    expect(
      (await call("PUT", `/boards/${enterprise.id}/members/${SEED.leaver.id}?type=observer`)).status,
    ).toBe(200);
  });

  test("a role is changed by the membership's id as well", async () => {
    const sandbox = await open();
    const row = sandbox.world.trello.boards.get(soleAdmin.id)?.memberships.at(1);
    const answer = await trello(sandbox)("PUT", `/boards/${soleAdmin.id}/memberships/${row?.id}?type=admin`);
    expect(answer.json).toMatchObject({ idMember: SEED.leaver.id, memberType: "admin" });
    expect(row?.memberType).toBe("admin");
  });

  test("someone without a role on it cannot change a board", async () => {
    const sandbox = await open();
    const path = `/boards/${soleAdmin.id}/members/${SEED.leaver.id}`;
    expect((await trello(sandbox, SEED.tokens.normalMember)("DELETE", path)).status).toBe(401);
    expect(boardsWith(sandbox, SEED.leaver.id)).toBe(36);
  });
});

test("a guest's second board costs a seat, which must be allowed", async () => {
  const sandbox = await open();
  const call = trello(sandbox);
  const path = `/boards/${soleAdmin.id}/members/${SEED.guest.id}?type=normal`;
  expect((await call("PUT", path)).status).toBe(403);
  expect(boardsWith(sandbox, SEED.guest.id)).toBe(1);
  expect((await call("PUT", `${path}&allowBillableGuest=true`)).status).toBe(200);
  const preflight = `/organizations/${SEED.workspaces.standard.id}/newBillableGuests/${guests.id}`;
  expect(rows(await call("GET", preflight)).map((row) => row["id"])).toEqual([
    SEED.guest.id,
    SEED.billableGuest.id,
  ]);
});

test("an email that nobody has becomes a ghost on the board", async () => {
  const sandbox = await open();
  const call = trello(sandbox);
  const path = `/boards/${soleAdmin.id}/members?email=visitor@example.net`;
  expect((await call("PUT", path)).text).toBe("invalid value for fullName");
  expect((await call("PUT", path, { fullName: "Vi Sitor" })).status).toBe(200);
  expect(sandbox.world.trello.boards.get(soleAdmin.id)?.memberships.at(-1)).toMatchObject({
    unconfirmed: true,
  });
});

test("an email is not invited to a board of a Free workspace as its admin", async () => {
  const sandbox = await open();
  const call = trello(sandbox);
  const { free } = SEED.workspaces;
  const board = [...sandbox.world.trello.boards.values()].find((each) => each.idOrganization === free.id);
  const path = `/boards/${board?.id}/members?email=visitor@example.net&fullName=Vi`;
  expect(await call("PUT", `${path}&type=admin`)).toMatchObject({ status: 400, text: "Bad member type" });
  expect((await call("PUT", `${path}&type=normal`)).status).toBe(200);
});

test("cards move from one person to another", async () => {
  const sandbox = await open();
  const call = trello(sandbox);
  const mine = rows(await call("GET", `/members/${SEED.leaver.id}/cards?filter=open`));
  expect(mine).toHaveLength(10);
  const card = mine.find((row) => row["idBoard"] === soleAdmin.id);
  const path = `/cards/${String(card?.["id"])}`;
  expect((await call("DELETE", `${path}/idMembers/${SEED.leaver.id}`)).status).toBe(200);
  expect((await call("POST", `${path}/idMembers?value=${SEED.soleBoardAdmin.id}`)).status).toBe(200);
  expect((await call("GET", path)).json).toHaveProperty("idMembers", [SEED.soleBoardAdmin.id]);
  const outsider = await call("PUT", `${path}?idMembers=${SEED.scimOnly.id}`);
  expect([outsider.status, outsider.json]).toEqual([400, { message: "Invalid objectId", error: "ERROR" }]);
});
