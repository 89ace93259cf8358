/** One workspace that cannot be read costs that workspace: it is named, and the others are read. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { createContext } from "../../src/engine/context.ts";
import { readWorkspaces } from "../../src/people/readable.ts";
import { SEED } from "../../src/sandbox/index.ts";
import { failure } from "../support/failure.ts";
import { boardsWith, confirmAndApply, type Stack, startStack } from "../support/stack.ts";
import { workspaceIn } from "../tools/world.ts";

const { leaver } = SEED;
let stack: Stack;
beforeEach(async () => {
  stack = await startStack({ sandbox: { rateLimits: false } });
});
afterEach(() => stack.close());

const reads = () => createContext(stack.deps, stack.caller, { requests: 0 }).reads;
const listed = async () => (await reads().trello.workspaces()).map(({ id }) => id);
const close = (id: string) => {
  workspaceIn(stack.sandbox.world, id).unreadable = true;
};
const named = (id: string) =>
  expect.stringContaining(workspaceIn(stack.sandbox.world, id).displayName) as unknown;

test("the first or the last of them is named, and the rest are read in their order", async () => {
  const ids = await listed();
  expect(ids.length).toBeGreaterThan(3);
  for (const closed of [ids[0] ?? "", ids.at(-1) ?? ""]) {
    close(closed);
    const found = await readWorkspaces(reads());
    expect(found.snapshots.map(({ workspace }) => workspace.id)).toEqual(ids.filter((id) => id !== closed));
    expect(found.unread).toEqual([named(closed)]);
    workspaceIn(stack.sandbox.world, closed).unreadable = false;
  }
});

test("all but one are named", async () => {
  const [open, ...rest] = await listed();
  for (const id of rest) close(id);
  const { snapshots, unread } = await readWorkspaces(reads());
  expect(snapshots.map(({ workspace }) => workspace.id)).toEqual([open]);
  expect(unread).toEqual(rest.map(named));
});

test("the refusal is thrown if none can be read", async () => {
  for (const id of await listed()) close(id);
  expect(await failure(readWorkspaces(reads()))).toMatchObject({ code: "UPSTREAM_FORBIDDEN" });
});

test("an outage is no refusal, and costs the whole answer", async () => {
  await stack.sandbox.close();
  expect(await failure(readWorkspaces(reads()))).toMatchObject({ code: "UPSTREAM_UNAVAILABLE" });
});

test("nothing more is asked if all can be read", async () => {
  const { trello } = reads();
  stack.sandbox.resetRequests();
  await trello.workspaceSnapshots((await trello.workspaces()).map(({ id }) => id));
  const before = stack.sandbox.requests.length;
  stack.sandbox.resetRequests();
  await readWorkspaces(reads());
  expect(stack.sandbox.requests.length).toBe(before);
});

test("an offboarding goes on without it, and its plan and evidence name it", async () => {
  const places = new Set(boardsWith(stack.sandbox, leaver.id).map(({ idOrganization }) => idOrganization));
  const [closed = ""] = (await listed()).filter((id) => places.has(id));
  expect(places.size).toBeGreaterThan(1);
  const kept = boardsWith(stack.sandbox, leaver.id, closed);
  close(closed);
  const run = await confirmAndApply(stack, "offboard_member", { member: leaver.id });
  const name = named(closed);
  expect(run.effects.length).toBeGreaterThan(0);
  expect(run.plan.warnings).toContainEqual(name);
  expect(run.plan.blindSpots).toContainEqual(name);
  expect(run.evidence?.blindSpots).toContainEqual(name);
  expect(run.evidence?.untouched).toContainEqual(name);
  // The person may still have access there, so the offboarding is not complete.
  expect(run).toMatchObject({ state: "partial", evidence: { result: "INCOMPLETE", unfinished: [name] } });
  expect(boardsWith(stack.sandbox, leaver.id)).toEqual(kept);
});

test("a workspace that the caller named is not passed over", async () => {
  const { premium, standard } = SEED.workspaces;
  close(premium.id);
  const refused = stack.engine.propose(
    "offboard_member",
    { member: leaver.id, workspaces: [standard.id, premium.id] },
    stack.caller,
  );
  expect(await failure(refused)).toMatchObject({ code: "UPSTREAM_FORBIDDEN" });
});
