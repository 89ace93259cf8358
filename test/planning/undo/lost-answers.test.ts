import { afterEach, describe, expect, test } from "vitest";
import type { Run } from "../../../src/domain/run.ts";
import { type Fault, SEED } from "../../../src/sandbox/index.ts";
import { type Bench, openBench } from "../../faults/bench.ts";
import { type PlaceSpec, stateOf, worldOf } from "../../faults/worlds.ts";
import { failure } from "../../support/failure.ts";
import { confirm, confirmAndApply, writesIn } from "../../support/stack.ts";

// What was ever sent and is not proven absent is undone, or named.

const { leaver, successor } = SEED;
const BOARD = "DELETE /boards/{id}/members/{idMember}";

const place = (tier: PlaceSpec["tier"]): PlaceSpec => ({
  tier,
  role: "normal",
  boards: Array.from({ length: 4 }, () => ({ role: "normal", successor: true, cards: [{}] })),
});

let bench: Bench;
const faults: Fault[] = [];
const open = async (tier: PlaceSpec["tier"]) => {
  faults.length = 0;
  bench = await openBench(worldOf({ places: [place(tier)] }), { faults });
};
afterEach(() => bench.close());

/** Applies a plan whose every write takes effect and loses its answer, until nothing can be read; then cancels it. */
async function cancelledInTheDark(tool: string, args: Record<string, string>): Promise<Run> {
  const plan = await confirm(bench, tool, args);
  const stop = new AbortController();
  const { length } = writesIn(bench.sandbox);
  for (const operation of [
    BOARD,
    "DELETE /organizations/{id}/members/{idMember}",
    "DELETE /organizations/{id}/members/{idMember}/all",
    "PUT /cards/{id}",
    "PATCH /scim/directory/{directoryId}/Users/{userId}",
  ])
    faults.push({ operation, attempt: "every", kind: "reset_after" });
  const ended = failure(
    bench.engine.apply(plan.id, { ...bench.caller, signal: stop.signal, cancelled: () => true }),
  );
  await expect.poll(() => writesIn(bench.sandbox).length, { interval: 1 }).toBeGreaterThan(length);
  // From the first write on, nothing that is read is answered.
  for (const operation of [
    "GET /batch",
    "GET /members/{id}/cards",
    "GET /scim/directory/{directoryId}/Users/{userId}",
  ])
    faults.push({ operation, attempt: "every", kind: "503" });
  stop.abort();
  const { details } = await ended;
  faults.length = 0;
  const run = await bench.store.runs.get(String(details["runId"]));
  if (!run) throw new Error("the run is not stored");
  return run;
}

describe("a run that was cancelled while nothing answered", () => {
  test.each([
    ["remove_from_boards", "standard", { workspace: "place0", member: leaver.id }],
    ["remove_from_workspace", "standard", { workspace: "place0", member: leaver.id }],
    ["remove_from_workspace", "premium", { workspace: "place0", member: leaver.id }],
    ["reassign_cards", "standard", { workspace: "place0", member: leaver.id, reassignTo: successor.id }],
    ["scim_deactivate_user", "standard", { user: leaver.email }],
    ["offboard_member", "standard", { member: leaver.id, rung: "account" }],
  ] as const)("of %s in a %s workspace is undone as far as it was made", async (tool, tier, args) => {
    await open(tier);
    const before = stateOf(bench.sandbox.world);
    const run = await cancelledInTheDark(tool, args);
    expect(run).toMatchObject({ state: "cancelled", evidence: null });
    expect(run.effects.some(({ state }) => state === "lost" || state === "sent")).toBe(true);
    expect(stateOf(bench.sandbox.world)).not.toEqual(before);
    const restored = await confirmAndApply(bench, "restore_member", { runId: run.id });
    expect(restored).toMatchObject({ state: "applied", evidence: { result: "PASS" } });
    expect(stateOf(bench.sandbox.world)).toEqual(before);
  });
});

describe("a write whose answer was lost and whose place could not be read after it", () => {
  test.each([1, 2, 3])("is undone with the others, whichever it was: the %i. of four", async (attempt) => {
    await open("standard");
    const before = stateOf(bench.sandbox.world);
    const plan = await confirm(bench, "remove_from_boards", { workspace: "place0", member: leaver.id });
    bench.sandbox.resetRequests();
    faults.push({ operation: BOARD, attempt, kind: "reset_after" });
    // The first is of planning again; then the one after the lost answer.
    faults.push({ operation: "GET /batch", attempt: 2, kind: "empty", status: 404 });
    const run = await bench.engine.apply(plan.id, bench.caller);
    const [lost] = run.effects.filter(({ state }) => state === "failed");
    expect(lost).toMatchObject({ error: { code: "OUTCOME_UNKNOWN" } });
    expect(stateOf(bench.sandbox.world)).not.toEqual(before);
    faults.length = 0;
    await confirmAndApply(bench, "restore_member", { runId: run.id });
    expect(stateOf(bench.sandbox.world)).toEqual(before);
  });

  test("is named if it cannot be read when it is to be undone either", async () => {
    await open("standard");
    const plan = await confirm(bench, "remove_from_boards", { workspace: "place0", member: leaver.id });
    bench.sandbox.resetRequests();
    faults.push({ operation: BOARD, attempt: 1, kind: "reset_after" });
    faults.push({ operation: "GET /batch", attempt: 2, kind: "empty", status: 404 });
    const run = await bench.engine.apply(plan.id, bench.caller);
    const [lost] = run.effects.filter(({ state }) => state === "failed");
    const board = bench.sandbox.world.trello.boards.get(lost?.effect.target["idBoard"] ?? "");
    // Nothing but its own members sees it now, and this server is not among them.
    if (board) {
      board.permissionLevel = "private";
      board.memberships = board.memberships.filter(({ idMember }) => idMember !== SEED.admin.id);
      board.idOrganization = null;
    }
    const undo = await bench.engine.propose("restore_member", { runId: run.id }, bench.caller);
    expect(undo.effects.map(({ target }) => target["idBoard"])).not.toContain(board?.id);
    expect(undo.notReached).toEqual([expect.stringContaining(lost?.effect.description ?? "?")]);
    expect(undo.warnings.join("\n")).toContain("was perhaps not made");
  });
});

describe("a write that was refused", () => {
  test("is nobody's to undo, though somebody else does the same afterwards", async () => {
    await open("standard");
    const plan = await confirm(bench, "remove_from_boards", { workspace: "place0", member: leaver.id });
    faults.push({ operation: BOARD, attempt: "every", kind: "403_size" });
    const run = await bench.engine.apply(plan.id, bench.caller);
    faults.length = 0;
    expect(run.effects.every(({ state }) => state === "failed")).toBe(true);
    for (const board of bench.sandbox.world.trello.boards.values())
      board.memberships = board.memberships.filter(({ idMember }) => idMember !== leaver.id);
    const undo = await bench.engine.propose("restore_member", { runId: run.id }, bench.caller);
    expect(undo.effects).toEqual([]);
  });
});
