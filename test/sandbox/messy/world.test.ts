/** The messy world over HTTP, and the forms that replies can have besides. */
import { describe, expect, test } from "vitest";
import { MESSY, SEED } from "../../../src/sandbox/index.ts";
import { open, rows, trello } from "../support.ts";

const { operations, design, volunteers, partner } = MESSY.workspaces;
const messy = (options: { readonly drift?: boolean } = {}) => open({ world: "messy", ...options });

test("is chosen by name, and the clean world stays the default", async () => {
  expect((await open()).world.trello.members.size).toBe(65);
  const sandbox = await messy();
  expect(sandbox.env["TRELLO_ENTERPRISE_ID"]).toBe(MESSY.enterprise.id);
  expect((await trello(sandbox)("GET", "/members/me")).json).toHaveProperty("fullName", "Adele Abbott");
});

describe("what the owner sees", () => {
  test("a workspace that lists name answers 401, with boards of it in the list", async () => {
    const sandbox = await messy();
    const call = trello(sandbox);
    const listed = rows(await call("GET", "/members/me/organizations?fields=name")).map((row) => row["id"]);
    expect(listed).toEqual(expect.arrayContaining([operations.id, design.id, volunteers.id, partner.id]));
    expect(listed).toHaveLength(5);
    expect((await call("GET", `/organizations/${partner.id}`)).status).toBe(401);
    const boards = rows(await call("GET", "/members/me/boards?fields=idOrganization"));
    expect(boards.filter((row) => row["idOrganization"] === partner.id)).toHaveLength(2);
    expect(boards.filter((row) => row["idOrganization"] === null)).toHaveLength(3);
  });

  test("a member of a workspace cannot change it", async () => {
    const call = trello(await messy());
    const members = rows(await call("GET", `/organizations/${volunteers.id}/memberships`));
    const path = `/organizations/${volunteers.id}/members/${String(members[1]?.["idMember"])}`;
    expect((await call("DELETE", path)).status).toBe(401);
  });

  test("rows may lack keys, have null for a member, and be of an unknown kind", async () => {
    const call = trello(await messy());
    const found = rows(await call("GET", `/organizations/${operations.id}/memberships?member=true`));
    expect(found.filter((row) => row["member"] === null)).toHaveLength(1);
    expect(found.filter((row) => row["memberType"] === "virtual")).toHaveLength(1);
    expect(found.filter((row) => !("deactivated" in row)).length).toBeGreaterThan(10);
    expect(found.filter((row) => !("unconfirmed" in row)).length).toBeGreaterThan(3);
  });

  test("plans are told in part, in words of the past, or not at all", async () => {
    const call = trello(await messy());
    const fields = "?fields=offering,products,displayName";
    expect((await call("GET", `/organizations/${design.id}${fields}`)).json).toMatchObject({
      offering: "trello.business_class",
      products: [110],
    });
    expect(Object.keys((await call("GET", `/organizations/${volunteers.id}${fields}`)).json ?? {})).toEqual([
      "id",
      "displayName",
    ]);
  });

  test("hidden emails are null, and aaId is there, null or absent", async () => {
    const call = trello(await messy());
    const people = rows(await call("GET", `/organizations/${operations.id}/members?fields=aaId,email`)).slice(
      1,
    );
    expect(new Set(people.map((row) => row["email"]))).toEqual(new Set([null]));
    const kinds = people.map((row) => (row["aaId"] === null ? "null" : typeof row["aaId"]));
    expect(new Set(kinds)).toEqual(new Set(["string", "null", "undefined"]));
  });

  test("an open card on an archived list is not visible, and a reply may be too large", async () => {
    const sandbox = await messy();
    const call = trello(sandbox);
    const hidden = [...sandbox.world.trello.cards.values()].find(
      (card) => card.inArchivedList && sandbox.world.trello.boards.get(card.idBoard)?.closed === false,
    );
    const ids = async (filter: string) =>
      rows(await call("GET", `/boards/${hidden?.idBoard}/cards/${filter}`)).map((row) => row["id"]);
    expect(await ids("open")).toContain(hidden?.id);
    expect(await ids("visible")).not.toContain(hidden?.id);
    sandbox.world.trello.mostCards = 0;
    const refused = await call("GET", `/boards/${hidden?.idBoard}/cards/open`);
    expect([refused.status, refused.json]).toEqual([403, { error: "API_TOO_MANY_CARDS_REQUESTED" }]);
  });

  test("tokens of an enterprise, and of an application without a name", async () => {
    const call = trello(await messy(), MESSY.tokens.enterprise);
    const { json } = await call("GET", `/tokens/${MESSY.tokens.enterprise}?webhooks=true`);
    expect(json).toMatchObject({ identifier: null, webhooks: [] });
    expect(json).toHaveProperty("permissions.3.modelType", "Enterprise");
    expect((await trello(await messy(), MESSY.tokens.old)("GET", "/members/me")).text).toBe("expired token");
  });

  test("the enterprise's query has the cursor in the body, and the published spellings", async () => {
    const sandbox = await messy();
    const path = `/enterprises/${MESSY.enterprise.id}/members/query?search=none&activeSince=none`;
    const answer = await trello(sandbox)("GET", path);
    expect(answer.json).toMatchObject({ cursor: null });
    expect(answer.json).toHaveProperty("members.0.member.memberType", "Admin");
    expect(answer.json).toHaveProperty("members.0.member.fullname", "Adele Abbott");
  });
});

test("failed parts of a batch come in both forms", async () => {
  const call = trello(await messy());
  const gone = "/boards/ffffffffffffffffffffffff";
  const [first, second] = rows(await call("GET", `/batch?urls=${gone},${gone}`));
  expect(Object.keys(first ?? {})).toEqual(["404"]);
  expect(second).toMatchObject({ statusCode: 404, message: expect.any(String) as unknown });
});

test("some replies are chunked", async () => {
  const call = trello(await messy());
  const answers = await Promise.all(Array.from({ length: 6 }, () => call("GET", "/members/me")));
  const chunked = answers.filter(({ headers }) => headers.get("transfer-encoding") === "chunked");
  expect(chunked).toHaveLength(2);
});

describe("drift", () => {
  test("gives every object an unknown field, and leaves out each optional one in turn", async () => {
    const call = trello(await open({ drift: true }));
    const found = rows(
      await call("GET", `/organizations/${SEED.workspaces.standard.id}/memberships?member=true`),
    );
    const names = new Set(found.flatMap((row) => Object.keys(row)));
    for (const name of ["nodeId", "aiMetadata", "agenticIdentity", "inbox", "dueReminder"])
      expect(names).toContain(name);
    for (const name of ["unconfirmed", "deactivated", "member"]) {
      expect(found.filter((row) => !(name in row)).length).toBeGreaterThan(3);
    }
    expect(found.every((row) => "idMember" in row && "memberType" in row)).toBe(true);
  });

  test("leaves refusals and the parts of a batch alone, and is off unless asked for", async () => {
    const drifting = trello(await open({ drift: true }));
    const [part] = rows(await drifting("GET", "/batch?urls=/members/me"));
    expect(Object.keys(part ?? {})).toEqual(["200"]);
    expect((await trello(await open())("GET", "/members/me?fields=username")).json).toEqual({
      id: SEED.admin.id,
      username: SEED.admin.username,
    });
  });
});
