import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Run } from "../../../src/domain/run.ts";
import { type Fault, type FaultKind, SEED } from "../../../src/sandbox/index.ts";
import {
  boardsWith,
  confirm,
  confirmAndApply,
  hastyClock,
  inWorkspace,
  type Stack,
  startStack,
  writesIn,
} from "../../support/stack.ts";
import type { WiringOptions } from "../../support/wiring.ts";

const { standard, enterprise } = SEED.workspaces;
const REMOVE = { workspace: standard.id, member: SEED.leaver.id };
const BOARD = "DELETE /boards/{id}/members/{idMember}";
const WORKSPACE = "DELETE /organizations/{id}/members/{idMember}";
const EVERYWHERE = "DELETE /organizations/{id}/members/{idMember}/all";

let stack: Stack;
let faults: Fault[];
const start = (http: WiringOptions["http"] = {}) =>
  startStack({ sandbox: { faults, rateLimits: false }, clock: hastyClock, http, random: () => 0 });
beforeEach(async () => {
  faults = [];
  stack = await start();
});
afterEach(() => stack.close());

const strike = (operation: string, kind: FaultKind, attempt: Fault["attempt"], ms?: number) =>
  faults.push({ operation, kind, attempt, ...(ms !== undefined && { ms }) });

/** What happened to each membership upstream: requests that took effect, seen by the sandbox. */
function sends(run: Run): readonly number[] {
  const byPath = new Map<string, number>();
  for (const { path } of writesIn(stack.sandbox)) byPath.set(path, (byPath.get(path) ?? 0) + 1);
  return run.effects.map(({ effect: { target } }) => {
    const path = target["idBoard"]
      ? `/boards/${target["idBoard"]}/members/${target["idMember"]}`
      : `/organizations/${target["idOrganization"]}/members/${target["idMember"]}`;
    return byPath.get(path) ?? 0;
  });
}

function expectGone(): void {
  expect(boardsWith(stack.sandbox, SEED.leaver.id, standard.id)).toEqual([]);
  expect(inWorkspace(stack.sandbox, standard.id, SEED.leaver.id)).toBeUndefined();
}

async function states(run: Run, index: number): Promise<readonly string[]> {
  const journal = await stack.store.runs.journal(run.id);
  return journal.filter((entry) => entry.index === index).map(({ state }) => state);
}

async function expectApplied(run: Run): Promise<void> {
  expect(run).toMatchObject({ state: "applied", evidence: { result: "PASS", unfinished: [] } });
  expect(run.effects.every(({ state }) => state === "applied")).toBe(true);
  expectGone();
  expect((await stack.store.audit.verify()).broken).toBeNull();
}

describe("a write whose answer was lost", () => {
  test("after it took effect, is settled by reading and not sent again", async () => {
    for (const attempt of [1, 2, 7, 8, 20]) strike(BOARD, "reset_after", attempt);
    strike(WORKSPACE, "reset_after", 1);
    const run = await confirmAndApply(stack, "remove_from_workspace", REMOVE);
    await expectApplied(run);
    expect(sends(run)).toEqual(run.effects.map(() => 1));
    const lost = run.effects.filter(({ index }) => run.effects[index]?.attempts !== 1);
    expect(lost).toEqual([]);
    expect(await states(run, run.effects.length - 1)).toEqual(["sent", "lost", "applied"]);
  });

  for (const kind of ["reset_before", "500", "503"] as const) {
    test(`before it took effect (${kind}), is sent again, after reading`, async () => {
      for (const attempt of [1, 4, 5]) strike(BOARD, kind, attempt);
      strike(WORKSPACE, kind, 1);
      const run = await confirmAndApply(stack, "remove_from_workspace", REMOVE);
      await expectApplied(run);
      // Which ones are struck depends on who arrives when, and one that is sent again may be struck again.
      const struck = sends(run).map((times) => times - 1);
      expect(struck.reduce((sum, times) => sum + times, 0)).toBe(4);
      expect(struck.at(-1)).toBe(1);
      expect(writesIn(stack.sandbox).filter(({ status }) => status === 200)).toHaveLength(31);
      for (const [index, times] of struck.entries()) {
        const lost = Array.from({ length: times }, () => ["sent", "lost"]).flat();
        expect(await states(run, index)).toEqual([...lost, "sent", "applied"]);
      }
    });
  }

  test("for being slow, which took effect long after, is done once all the same and counts as ours", async () => {
    // However often it was sent again meanwhile: what came first is what a restore has to undo.
    await stack.close();
    // So long that nothing else is given up on, however busy the machine is.
    stack = await start({ timeoutMs: 1_000 });
    strike(BOARD, "slow", 3, 3_000);
    const run = await confirmAndApply(stack, "remove_from_workspace", REMOVE);
    await expectApplied(run);
    // The late one must have been answered too before it is counted.
    await expect
      .poll(() => writesIn(stack.sandbox).every(({ status }) => status !== null), { timeout: 20_000 })
      .toBe(true);
    const taken = writesIn(stack.sandbox).filter(({ status }) => status === 200);
    expect(taken).toHaveLength(run.effects.length);
    expect(new Set(taken.map(({ path }) => path)).size).toBe(run.effects.length);
  });

  test("in the one request that removes everywhere", async () => {
    strike(EVERYWHERE, "reset_after", 1);
    const run = await confirmAndApply(stack, "remove_from_workspace", {
      ...REMOVE,
      workspace: enterprise.id,
    });
    expect(run).toMatchObject({ state: "applied", evidence: { result: "PASS" } });
    expect(writesIn(stack.sandbox)).toHaveLength(1);
    expect(boardsWith(stack.sandbox, SEED.leaver.id, enterprise.id)).toEqual([]);
  });

  test("in the directory", async () => {
    const operation = "PATCH /scim/directory/{directoryId}/Users/{userId}";
    strike(operation, "reset_after", 1);
    const run = await confirmAndApply(stack, "scim_deactivate_user", {
      user: SEED.leaver.email,
      how: "deactivate",
    });
    expect(run).toMatchObject({ state: "applied", evidence: { result: "PASS" } });
    expect(writesIn(stack.sandbox)).toHaveLength(1);
  });

  test("and cannot be read, waits until it can: it is not sent blindly", async () => {
    strike(WORKSPACE, "reset_after", 1);
    // Reads: plan, plan again, then those that settle; each is tried four times before the next look.
    for (const attempt of [3, 4, 5, 6, 7]) strike("GET /batch", "503", attempt);
    const run = await confirmAndApply(stack, "remove_from_workspace", REMOVE);
    await expectApplied(run);
    expect(writesIn(stack.sandbox).filter(({ operation }) => operation === WORKSPACE)).toHaveLength(1);
  });
});

describe("a write that was answered, but not as it should be", () => {
  test("with 429: it was not applied, and is sent again later", async () => {
    for (const attempt of [1, 2, 3]) strike(BOARD, "429", attempt);
    const run = await confirmAndApply(stack, "remove_from_workspace", REMOVE);
    await expectApplied(run);
    expect(writesIn(stack.sandbox).filter(({ status }) => status === 429)).toHaveLength(3);
    expect(writesIn(stack.sandbox).filter(({ status }) => status === 200)).toHaveLength(31);
  });

  for (const kind of ["truncated", "wrong_body"] as const) {
    test(`with a body that is ${kind === "truncated" ? "cut off" : "of the wrong shape"}: its status counts`, async () => {
      strike(BOARD, kind, "every");
      const run = await confirmAndApply(stack, "remove_from_workspace", REMOVE);
      await expectApplied(run);
      expect(sends(run)).toEqual(run.effects.map(() => 1));
    });
  }
});

describe("an effect that is done by somebody else", () => {
  test("meanwhile, is `already` and no failure", async () => {
    const plan = await confirm(stack, "remove_from_workspace", REMOVE);
    const first = plan.effects[0]?.target["idBoard"] ?? "";
    const racing = stack.another({
      newId: (prefix) => {
        // After the plan was compared and before the first write.
        const board = stack.sandbox.world.trello.boards.get(first);
        if (prefix === "run" && board)
          board.memberships = board.memberships.filter(({ idMember }) => idMember !== SEED.leaver.id);
        return `${prefix}_racing${String(prefix.length)}`;
      },
    });
    const run = await racing.apply(plan.id, stack.caller);
    expect(run).toMatchObject({ state: "applied", evidence: { result: "PASS" } });
    expect(run.effects.map(({ state }) => state)).toEqual([
      "already",
      ...run.effects.slice(1).map(() => "applied"),
    ]);
    expectGone();
  });
});

describe("an effect that is refused for good", () => {
  const refusing = async (): Promise<{ run: Run; board: string }> => {
    const plan = await confirm(stack, "remove_from_workspace", REMOVE);
    const board = plan.effects[10]?.target["idBoard"] ?? "";
    const engine = stack.another({
      newId: (prefix) => {
        // After the plan was compared and before the first write: the board's other admin steps down.
        const rows = stack.sandbox.world.trello.boards.get(board)?.memberships ?? [];
        if (prefix === "run") {
          for (const row of rows) row.memberType = row.idMember === SEED.leaver.id ? "admin" : "normal";
        }
        return `${prefix}_refused`;
      },
    });
    return { run: await engine.apply(plan.id, stack.caller), board };
  };

  test("fails, and what relies on it is not attempted: the person stays in the workspace", async () => {
    const { run, board } = await refusing();
    expect(run.state).toBe("partial");
    const failed = run.effects.filter(({ state }) => state === "failed");
    expect(failed.map(({ effect }) => effect.target["idBoard"])).toEqual([board]);
    expect(failed[0]?.error).toMatchObject({
      code: "CONFLICT",
      message: expect.stringMatching(/^Trello refused because no admin would be left/),
      next: expect.stringMatching(/\w/),
    });
    expect(run.effects.at(-1)).toMatchObject({ state: "pending", attempts: 0 });
    expect(writesIn(stack.sandbox).some(({ operation }) => operation === WORKSPACE)).toBe(false);
    expect(inWorkspace(stack.sandbox, standard.id, SEED.leaver.id)).toBeDefined();
    expect(sends(run)[10]).toBe(1);
  });

  test("is named by the evidence as left, with every effect that was not attempted", async () => {
    const { run } = await refusing();
    const { evidence } = run;
    expect(evidence?.result).toBe("INCOMPLETE");
    const left = run.effects.filter(({ state }) => state === "failed" || state === "pending");
    expect(evidence?.unfinished).toHaveLength(left.length);
    for (const [index, { effect, state }] of left.entries()) {
      expect(evidence?.unfinished[index]).toContain(effect.label);
      expect(evidence?.unfinished[index]).toContain(
        state === "failed" ? "CONFLICT" : "not sent, because it needs a change that was not made: Remove",
      );
    }
    const last = (await stack.store.audit.read({ limit: 100 })).at(-1);
    expect(last).toMatchObject({
      event: "run.finished",
      facts: { state: "partial", evidence: "INCOMPLETE" },
    });
  });

  test("is a failed run where nothing at all was done", async () => {
    const plan = await confirm(stack, "scim_deactivate_user", {
      user: SEED.leaver.email,
      how: "deactivate",
    });
    const engine = stack.another({
      newId: (prefix) => {
        if (prefix === "run") stack.sandbox.world.atlassian.directory.users.delete(SEED.leaver.idScim ?? "");
        return `${prefix}_gone`;
      },
    });
    const run = await engine.apply(plan.id, stack.caller);
    expect(run).toMatchObject({ state: "failed", evidence: { result: "FAIL" } });
    expect(run.effects[0]?.error).toMatchObject({ code: "NOT_FOUND" });
  });

  test("by a defect of this program fails, and does not keep the run for ever", async () => {
    const plan = await confirm(stack, "scim_deactivate_user", {
      user: SEED.leaver.email,
      how: "deactivate",
    });
    let sent = 0;
    const broken = stack.another({
      gateway: {
        ...stack.gateway,
        writes: (pass) => ({
          ...stack.gateway.writes(pass),
          get scim(): never {
            sent += 1;
            throw new TypeError("a defect");
          },
        }),
      },
    });
    const run = await broken.apply(plan.id, stack.caller);
    expect(run).toMatchObject({ state: "failed", evidence: { result: "FAIL" } });
    expect(run.effects[0]?.error).toMatchObject({ code: "INTERNAL" });
    expect(sent).toBe(1);
  });
});
