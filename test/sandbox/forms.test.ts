/** In which order and with which fields lists come, and how refusals without known words are told. */
import { describe, expect, test } from "vitest";
import { SEED } from "../../src/sandbox/index.ts";
import { open, rows, trello } from "./support.ts";

const { free, standard } = SEED.workspaces;
const of = (workspace: { id: string }, rest = "") => `/organizations/${workspace.id}${rest}`;

describe("the order of lists", () => {
  test("boards come by name in the order of code points", async () => {
    const sandbox = await open();
    const call = trello(sandbox);
    const boards = [...sandbox.world.trello.boards.values()].filter(
      (board) => board.idOrganization === standard.id,
    );
    for (const [n, name] of ["IT 2", "IT 100", "all", "Zoo"].entries()) {
      const board = boards[n];
      if (board) board.name = name;
    }
    for (const path of [of(standard, "/boards"), "/members/me/boards"]) {
      const names = rows(await call("GET", `${path}?fields=name`)).map((row) => String(row["name"]));
      expect(names).toEqual([...names].sort());
    }
    const names = rows(await call("GET", of(standard, "/boards?fields=name"))).map((row) =>
      String(row["name"]),
    );
    expect(names.filter((name) => /^(IT|all|Zoo)/.test(name))).toEqual(["IT 100", "IT 2", "Zoo", "all"]);
  });

  test("members come by full name, whatever the order of their rows", async () => {
    const call = trello(await open());
    const names = rows(await call("GET", of(standard, "/members"))).map((row) => String(row["fullName"]));
    expect(names).toEqual([...names].sort());
  });
});

test("without `fields` a workspace has twelve, and a board neither short link nor memberships", async () => {
  const call = trello(await open());
  const workspace = (await call("GET", of(standard))).json as Record<string, unknown>;
  expect(Object.keys(workspace)).toHaveLength(12);
  for (const name of ["idEnterprise", "prefs", "offering", "membersCount"])
    expect(workspace).not.toHaveProperty(name);
  const board = (await call("GET", `/boards/${SEED.boards.guests.id}`)).json;
  for (const name of ["shortLink", "memberships"]) expect(board).not.toHaveProperty(name);
});

test("a search tells nothing of how well a hit fits, and is active unless it asks for a place", async () => {
  const call = trello(await open());
  const anywhere = rows(await call("GET", "/search/members?query=priya"));
  expect(anywhere[0]).toMatchObject({ similarity: 0, active: true, idBoards: [], idOrganizations: [] });
  const inFree = rows(await call("GET", `/search/members?query=jonas&idOrganization=${free.id}`));
  expect(inFree[0]).toMatchObject({ similarity: 0, active: false });
});

test("refusals whose words no source shows have a second wording, and the same status", async () => {
  const sandbox = await open();
  const call = trello(sandbox);
  const refusals = async () => [
    await call("DELETE", of(standard, `/members/${SEED.leaver.id}/all`)),
    await call("PUT", of(free, `/members/${SEED.privateOwner.id}/deactivated?value=true`)),
    await call("PUT", `/boards/${SEED.boards.soleAdmin.id}/members/${SEED.guest.id}?type=normal`),
    await call("PUT", `/enterprises/${SEED.adminHubEnterprise.id}/admins/${SEED.deputy.id}`),
  ];
  const known = await refusals();
  sandbox.world.wire.otherWords = true;
  const others = await refusals();
  expect([...known, ...others].map(({ status }) => status)).toEqual(Array(8).fill(403));
  expect(others.map(({ text }) => text)).toEqual([
    "Feature not enabled",
    "Feature not enabled",
    "Seat required",
    "Operation unavailable",
  ]);
  for (const { text } of others) expect(known.map((answer) => answer.text)).not.toContain(text);
});
