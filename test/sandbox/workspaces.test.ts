import { describe, expect, test } from "vitest";
import { SEED } from "../../src/sandbox/index.ts";
import { boardsWith, isInWorkspace, open, rows, trello } from "./support.ts";

const { free, standard, premium, enterprise } = SEED.workspaces;
const of = (workspace: { id: string }, rest = "") => `/organizations/${workspace.id}${rest}`;

describe("reading a workspace", () => {
  test("by id or slug, and by the new slug once it is renamed", async () => {
    const call = trello(await open());
    expect((await call("GET", `/organizations/${standard.name}?fields=displayName`)).json).toEqual({
      id: standard.id,
      displayName: standard.displayName,
    });
    expect((await call("PUT", of(standard, "?name=northwind_ops"))).status).toBe(200);
    expect((await call("GET", `/organizations/${standard.name}`)).status).toBe(404);
    expect((await call("GET", "/organizations/northwind_ops?fields=id")).json).toEqual({ id: standard.id });
  });

  test("the memberships show who is deactivated and who never confirmed", async () => {
    const sandbox = await open();
    const call = trello(sandbox);
    const all = rows(await call("GET", of(standard, "/memberships?filter=all&member=true")));
    expect(all).toHaveLength(41);
    expect(all.find((row) => row["idMember"] === SEED.deactivated.id)).toMatchObject({ deactivated: true });
    expect(all.find((row) => row["idMember"] === SEED.ghosts.workspace.id)).toMatchObject({
      unconfirmed: true,
      member: { memberType: "ghost", confirmed: false },
    });
    const admins = rows(await call("GET", of(standard, "/memberships?filter=admin")));
    expect(admins.map((row) => row["idMember"])).toEqual([SEED.admin.id, SEED.deputy.id]);
    const invited = rows(await call("GET", of(standard, "/membersInvited")));
    expect(invited.map((row) => row["id"])).toEqual([SEED.ghosts.workspace.id, SEED.ghosts.expired.id]);
  });

  test("is for its members", async () => {
    const sandbox = await open();
    const answer = await trello(sandbox, SEED.tokens.normalMember)("GET", of(free));
    expect([answer.status, answer.text]).toEqual([401, "unauthorized organization."]);
  });

  test("emails and Atlassian accounts of others stay hidden, unless the world shows accounts", async () => {
    const sandbox = await open();
    const call = trello(sandbox);
    const answer = await call("GET", of(standard, "/memberships?member=true&member_fields=all"));
    expect(answer.text).not.toContain(SEED.leaver.email);
    expect(answer.text).not.toContain(SEED.leaver.aaId);
    expect(answer.text).toContain(SEED.admin.aaId);
    sandbox.world.trello.showsAaId = true;
    expect((await call("GET", `/members/${SEED.leaver.username}`)).json).toHaveProperty(
      "aaId",
      SEED.leaver.aaId,
    );
  });

  test("a private board of others is hidden on Free and shown on a paid plan", async () => {
    const sandbox = await open();
    const call = trello(sandbox);
    const onFree = rows(await call("GET", of(free, "/boards?filter=all&fields=id")));
    expect(onFree).toHaveLength(7);
    expect(onFree.map((row) => row["id"])).not.toContain(SEED.boards.hidden.id);
    expect((await call("GET", `/boards/${SEED.boards.hidden.id}`)).status).toBe(401);
    const workspace = sandbox.world.trello.workspaces.get(free.id);
    if (workspace) workspace.tier = "standard";
    expect(rows(await call("GET", of(free, "/boards?filter=all&fields=id")))).toHaveLength(8);
  });
});

describe("removing someone", () => {
  test("from the workspace leaves the boards", async () => {
    const sandbox = await open();
    const answer = await trello(sandbox)("DELETE", of(standard, `/members/${SEED.leaver.id}`));
    expect([answer.status, answer.json]).toEqual([200, { _value: null }]);
    expect(isInWorkspace(sandbox, SEED.leaver.id, standard.id)).toBe(false);
    expect(boardsWith(sandbox, SEED.leaver.id, standard.id)).toBe(30);
    expect(sandbox.world.trello.actions.at(-1)).toMatchObject({
      type: "removeMemberFromOrganization",
      idMemberCreator: SEED.admin.id,
      data: { idMember: SEED.leaver.id },
    });
  });

  test("from everything is for Premium and Enterprise", async () => {
    const sandbox = await open();
    const call = trello(sandbox);
    expect((await call("DELETE", of(enterprise, `/members/${SEED.leaver.id}/all`))).status).toBe(200);
    expect(isInWorkspace(sandbox, SEED.leaver.id, enterprise.id)).toBe(false);
    expect(boardsWith(sandbox, SEED.leaver.id, enterprise.id)).toBe(0);
    const refused = await call("DELETE", of(standard, `/members/${SEED.leaver.id}/all`));
    expect([refused.status, refused.json]).toEqual([403, undefined]);
    expect(boardsWith(sandbox, SEED.leaver.id, standard.id)).toBe(30);
  });

  test("twice is a 404, and by a normal member a 401", async () => {
    const sandbox = await open();
    const path = of(standard, `/members/${SEED.leaver.id}`);
    expect((await trello(sandbox, SEED.tokens.normalMember)("DELETE", path)).text).toBe(
      "unauthorized org access",
    );
    expect((await trello(sandbox)("DELETE", path)).status).toBe(200);
    expect((await trello(sandbox)("DELETE", path)).status).toBe(404);
  });

  test("the last admin can neither go, nor be demoted, nor be deactivated", async () => {
    const sandbox = await open();
    const call = trello(sandbox);
    for (const [method, rest] of [
      ["DELETE", ""],
      ["PUT", "?type=normal"],
    ] as const) {
      expect((await call(method, of(free, `/members/${SEED.admin.id}${rest}`))).status).toBe(403);
    }
    const before = structuredClone(sandbox.world.trello.workspaces.get(premium.id));
    await call("DELETE", of(premium, `/members/${SEED.deputy.id}`));
    expect((await call("PUT", of(premium, "/members/me/deactivated?value=true"))).status).toBe(403);
    expect(sandbox.world.trello.workspaces.get(premium.id)?.memberships).toHaveLength(
      (before?.memberships.length ?? 0) - 1,
    );
  });
});

describe("adding someone", () => {
  test("by an unknown email makes a ghost, by a known one adds the person", async () => {
    const sandbox = await open();
    const call = trello(sandbox);
    const invite = { email: "new.hire@example.com", fullName: "New Hire" };
    const answer = await call("PUT", of(premium, "/members"), invite);
    const ghost = [...sandbox.world.trello.members.values()].find((each) => each.email === invite.email);
    expect(ghost).toMatchObject({ memberType: "ghost", confirmed: false, fullName: "New Hire" });
    expect(answer.json).toMatchObject({ id: premium.id });
    const row = sandbox.world.trello.workspaces.get(premium.id)?.memberships.at(-1);
    expect(row).toMatchObject({ idMember: ghost?.id, memberType: "normal", unconfirmed: true });

    const query = new URLSearchParams({ email: SEED.leaver.email, fullName: "x", type: "admin" });
    await call("PUT", of(premium, `/members?${query.toString()}`));
    expect(sandbox.world.trello.workspaces.get(premium.id)?.memberships.at(-1)).toMatchObject({
      idMember: SEED.leaver.id,
      memberType: "admin",
      unconfirmed: false,
    });
    expect(sandbox.world.trello.members.size).toBe(66);
  });

  test("needs an email and a role that exist", async () => {
    const call = trello(await open());
    expect((await call("PUT", of(premium, "/members?email=nobody&fullName=x"))).text).toBe(
      "invalid value for email",
    );
    expect((await call("PUT", of(premium, `/members/${SEED.leaver.id}?type=owner`))).text).toBe(
      "invalid value for type",
    );
    expect((await call("PUT", of(premium, "/members/nosuchperson?type=normal"))).status).toBe(404);
  });

  test("again with another role changes the role", async () => {
    const sandbox = await open();
    await trello(sandbox)("PUT", of(standard, `/members/${SEED.leaver.username}?type=admin`));
    const held = sandbox.world.trello.workspaces
      .get(standard.id)
      ?.memberships.filter((row) => row.idMember === SEED.leaver.id);
    expect(held).toMatchObject([{ memberType: "admin" }]);
  });
});

test("deactivation is for paid plans, reaches the boards and can be taken back", async () => {
  const sandbox = await open();
  const call = trello(sandbox);
  const owner = SEED.privateOwner.id;
  expect((await call("PUT", of(free, `/members/${owner}/deactivated?value=true`))).status).toBe(403);
  const marks = () =>
    [...sandbox.world.trello.boards.values()]
      .filter((board) => board.idOrganization === standard.id)
      .flatMap((board) => board.memberships.filter((row) => row.idMember === SEED.leaver.id))
      .map((row) => row.deactivated);
  await call("PUT", of(standard, `/members/${SEED.leaver.id}/deactivated?value=true`));
  expect(marks()).toEqual(Array(30).fill(true));
  await call("PUT", of(standard, `/members/${SEED.leaver.id}/deactivated?value=false`));
  expect(marks()).toEqual(Array(30).fill(false));
});

test("the action feed is filtered and paged, newest first", async () => {
  const call = trello(await open());
  await call("PUT", of(standard, "/members"), { email: "new.hire@example.com", fullName: "New Hire" });
  await call("PUT", of(standard, `/members/${SEED.leaver.id}?type=admin`));
  await call("PUT", of(standard, `/members/${SEED.leaver.id}?type=normal`));
  const all = rows(await call("GET", of(standard, "/actions")));
  // No feed has the promotion to admin.
  expect(all.map((row) => row["type"])).toEqual([
    "makeNormalMemberOfOrganization",
    "unconfirmedOrganizationInvitation",
    "unconfirmedOrganizationInvitation",
    "unconfirmedOrganizationInvitation",
  ]);
  expect(all.map((row) => row["limits"])).toEqual([{}, {}, {}, {}]);
  const since = await call("GET", of(standard, `/actions?since=${String(all[1]?.["id"])}`));
  expect(rows(since)).toHaveLength(1);
  const page = await call(
    "GET",
    of(standard, "/actions?filter=unconfirmedOrganizationInvitation&limit=1&page=2"),
  );
  expect(rows(page)).toMatchObject([{ member: { id: SEED.ghosts.expired.id } }]);
});
