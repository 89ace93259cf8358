import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createEngine } from "../../../src/engine/engine.ts";
import { SEED } from "../../../src/sandbox/index.ts";
import { failure } from "../../support/failure.ts";
import {
  boardsWith,
  confirm,
  confirmAndApply,
  hastyClock,
  type Stack,
  startStack,
  writesIn,
} from "../../support/stack.ts";
import { gatewayTo } from "../../support/wiring.ts";

const { standard } = SEED.workspaces;
const REMOVE = { workspace: standard.id, member: SEED.leaver.id };
const BOARDS = SEED.leaverBoards.standard;

let stack: Stack;
beforeEach(async () => {
  stack = await startStack({ sandbox: { rateLimits: false }, clock: hastyClock });
});
afterEach(() => stack.close());

/** An engine whose rate budget has room for so many writes of its run and then for none, until `open`. */
function narrowEngine(writes: number, processName: string) {
  const { ledger } = stack.store;
  let left = Number.POSITIVE_INFINITY;
  const take = async () => (left-- > 0 ? 0 : 5);
  const gateway = gatewayTo(stack.sandbox.env, { ledger: { ...ledger, take } }, { clock: hastyClock });
  const newId = (prefix: "plan" | "run") => {
    // Everything that is planned has been read by then.
    if (prefix === "run") left = writes;
    return `${prefix}_${processName}`;
  };
  const open = () => (left = Number.POSITIVE_INFINITY);
  return {
    engine: createEngine({ ...stack.deps, processName, gateway, newId }),
    open,
    close: () => gateway.close(),
  };
}

describe("a process that waited for the rate budget while another one took its run", () => {
  test.each([0, 1, 4])("sends nothing more, %i writes having left before", async (before) => {
    const frozen = narrowEngine(before, "frozen");
    const plan = await confirm(stack, "remove_from_workspace", REMOVE);
    const applying = failure(frozen.engine.apply(plan.id, stack.caller));
    await vi.waitFor(() => expect(writesIn(stack.sandbox)).toHaveLength(before), { timeout: 20_000 });
    await vi.waitFor(async () => expect(await stack.store.runs.list({ limit: 1 })).toHaveLength(1), {
      timeout: 20_000,
    });
    const [begun] = await stack.store.runs.list({ limit: 1 });

    // The lease lapses; another process ends the run.
    const later = stack.another({
      processName: "other",
      clock: { ...hastyClock, now: () => hastyClock.now() + stack.store.leaseMs * 2 },
    });
    const [run] = await later.recover();
    expect(run).toMatchObject({ id: begun?.id, state: "applied", evidence: { result: "PASS" } });
    const sent = writesIn(stack.sandbox).length;
    expect(sent).toBe(BOARDS + 1);
    const journal = await stack.store.runs.journal(run?.id ?? "");

    frozen.open();
    expect(await applying).toMatchObject({ code: "CONFLICT", details: { lease: "lost" } });
    expect(writesIn(stack.sandbox)).toHaveLength(sent);
    expect(await stack.store.runs.journal(run?.id ?? "")).toEqual(journal);
    expect(boardsWith(stack.sandbox, SEED.leaver.id, standard.id)).toEqual([]);
    await frozen.close();
  });
});

test("a process that stood still and takes its own run up again is told apart from what it was doing", async () => {
  const frozen = narrowEngine(1, "frozen");
  const plan = await confirm(stack, "remove_from_workspace", REMOVE);
  const applying = failure(frozen.engine.apply(plan.id, stack.caller));
  await vi.waitFor(() => expect(writesIn(stack.sandbox)).toHaveLength(1), { timeout: 20_000 });
  const [begun] = await stack.store.runs.list({ limit: 1 });
  await stack.store.runs.release(begun?.id ?? "", "frozen");
  const again = stack.another({ processName: "frozen" });
  expect(await again.carry(begun?.id ?? "")).toMatchObject({
    state: "applied",
    evidence: { result: "PASS" },
  });
  frozen.open();
  expect(await applying).toMatchObject({ code: "CONFLICT", details: { lease: "lost" } });
  const paths = writesIn(stack.sandbox).map(({ path }) => path);
  expect(new Set(paths).size).toBe(paths.length);
  expect(paths).toHaveLength(BOARDS + 1);
  expect(await again.carry(begun?.id ?? "")).toBeNull();
  await frozen.close();
});

test("what waits for the rate budget is not journalled as sent", async () => {
  const slow = narrowEngine(2, "slow");
  const plan = await confirm(stack, "remove_from_workspace", REMOVE);
  const applying = slow.engine.apply(plan.id, stack.caller);
  await vi.waitFor(() => expect(writesIn(stack.sandbox)).toHaveLength(2), { timeout: 20_000 });
  const [begun] = await stack.store.runs.list({ limit: 1 });
  const states = (await stack.store.runs.journal(begun?.id ?? "")).map(({ state }) => state);
  expect(states.filter((state) => state === "sent")).toHaveLength(2);
  slow.open();
  expect(await applying).toMatchObject({ state: "applied", evidence: { result: "PASS" } });
  await slow.close();
});

describe("at the last moment", () => {
  test("a write whose run is not held any more does not leave, though its connection is there", async () => {
    let held = true;
    const recorded: string[] = [];
    const writes = stack.gateway.writes({
      priority: "interactive",
      departure: {
        record: async () => {
          recorded.push("sent");
          if (recorded.length > 2) throw new Error("taken over");
        },
        mayLeave: () => held,
      },
    });
    const [first, second] = boardsWith(stack.sandbox, SEED.leaver.id, standard.id);
    await writes.trello.removeBoardMember(first?.id ?? "", SEED.leaver.id);
    held = false;
    await expect(writes.trello.removeBoardMember(second?.id ?? "", SEED.leaver.id)).rejects.toThrow(
      "taken over",
    );
    expect(writesIn(stack.sandbox)).toHaveLength(1);
    expect(recorded).toHaveLength(3);
  });
});

describe("an invitation whose answer was lost", () => {
  const INVITE = "PUT /organizations/{id}/members";
  const invite = async (kind: "reset_after" | "reset_before" | "503") => {
    await stack.close();
    stack = await startStack({
      sandbox: { rateLimits: false, faults: [{ operation: INVITE, kind, attempt: 1 }] },
      clock: hastyClock,
      random: () => 0,
      without: ["enterprise"],
    });
    return confirmAndApply(stack, "invite_member", {
      workspace: standard.id,
      member: "zoe@partner.example.org",
    });
  };

  test("and that is seen, is applied and sent once", async () => {
    expect(await invite("reset_after")).toMatchObject({ state: "applied", effects: [{ attempts: 1 }] });
    expect(writesIn(stack.sandbox)).toHaveLength(1);
  });

  test.each(["reset_before", "503"] as const)(
    "(%s) and that is not seen, is named and not sent again",
    async (kind) => {
      const run = await invite(kind);
      expect(writesIn(stack.sandbox)).toHaveLength(1);
      expect(run).toMatchObject({
        effects: [{ state: "failed", attempts: 1, error: { code: "OUTCOME_UNKNOWN" } }],
        evidence: { result: "INCOMPLETE" },
      });
      expect(run.evidence?.unfinished[0]).toContain("zoe@partner.example.org");
    },
  );
});
