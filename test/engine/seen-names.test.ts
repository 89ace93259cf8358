import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSeenNames } from "../../src/engine/seen-names.ts";
import type { Reads } from "../../src/domain/reads.ts";
import { SEED } from "../../src/sandbox/index.ts";
import { row, snapshot } from "../support/plan-context.ts";
import { type Stack, startStack } from "../support/stack.ts";

/** Names after one reading of a workspace with these people. */
async function seen(names: readonly string[]) {
  const memory = createSeenNames();
  const rows = names.map((name, n) => row({ n, name, username: `user${n}` }));
  const place = { ...snapshot(rows), boards: [] };
  const boards = ["Roadmap", "Backlog", "Road works", "Old"].map((name, n) => ({
    id: `b${n}`,
    name,
    closed: name === "Old",
    memberships: [],
  }));
  const trello = { workspace: async () => ({ ...place, boards }) } as unknown as Reads["trello"];
  const reads = { trello, scim: null, organization: null, enterprise: null } as unknown as Reads;
  await memory.remembering(reads).trello.workspace("acme");
  return memory;
}

describe("names that were read", () => {
  it.each([
    ["", ["Ann Bo", "Bo Andersson", "Zoë Ångström", "@user3", "@user4"]],
    ["b", ["Bo Andersson", "Ann Bo"]],
    ["bo an", ["Bo Andersson", "Ann Bo"]],
    ["zoe ang", ["Zoë Ångström"]],
    ["ANGSTROM", ["Zoë Ångström"]],
    ["same", ["@user3", "@user4"]],
    ["@user1", ["@user1"]],
    ["@USER", ["@user2", "@user1", "@user3", "@user4", "@user0"]],
    ["nobody", []],
    ["o", []],
  ])("of members by %j are %j", async (typed, expected) => {
    const memory = await seen(["Zoë Ångström", "Bo Andersson", "Ann Bo", "Same Name", "Same Name"]);
    expect([...memory.find("member", typed)].toSorted()).toEqual([...expected].toSorted());
  });

  it("of boards begin with the text first, and closed ones are left out", async () => {
    const memory = await seen([]);
    expect(memory.find("board", "roa")).toEqual(["Road works", "Roadmap"]);
    expect(memory.find("board", "old")).toEqual([]);
    expect(memory.find("board", "works")).toEqual(["Road works"]);
  });

  it("of members and boards can be those of one workspace, by name or id", async () => {
    const memory = await seen(["Ann Bo"]);
    for (const place of ["Acme", "ACME", "65a000000000000000002328"])
      expect(memory.find("member", "ann", place)).toEqual(["Ann Bo"]);
    expect(memory.find("member", "ann", "Other")).toEqual([]);
  });

  it("are none before anything was read", () => {
    const memory = createSeenNames();
    for (const kind of ["workspace", "board", "member", "group"] as const)
      expect(memory.find(kind, "")).toEqual([]);
  });
});

describe("on the sandbox", () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({
      sandbox: { rateLimits: false },
      rules: { workspaces: [SEED.workspaces.standard.id] },
    });
  });
  afterAll(() => stack.close());

  it("a call remembers workspaces, boards, members and Groups, within the allow-list, and a look-up sends nothing", async () => {
    const { reads } = stack.engine.context(stack.caller);
    const ids = (await reads.trello.workspaces()).map(({ id }) => id);
    await reads.trello.workspaceSnapshots(ids);
    let groups = 0;
    for await (const rows of reads.scim?.groupPages() ?? []) groups += rows.length;
    expect(groups).toBeGreaterThan(0);
    stack.sandbox.resetRequests();
    const { seenNames } = stack.engine;
    expect(seenNames("workspace", "")).toEqual(["Northwind Operations"]);
    expect(seenNames("member", "jonas")).toEqual([SEED.leaver.fullName]);
    expect(seenNames("board", "").length).toBeGreaterThan(10);
    expect(seenNames("board", "meridian")).toEqual([]);
    const [group] = stack.sandbox.world.atlassian.directory.groups.values();
    expect(seenNames("group", group?.displayName ?? "")).toContain(group?.displayName);
    expect(stack.sandbox.requests).toEqual([]);
  });
});
