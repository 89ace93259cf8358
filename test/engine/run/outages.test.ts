import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Run } from "../../../src/domain/run.ts";
import { type Fault, type FaultKind, SEED } from "../../../src/sandbox/index.ts";
import { failure } from "../../support/failure.ts";
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

const { standard } = SEED.workspaces;
const REMOVE = { workspace: standard.id, member: SEED.leaver.id };
const WORKSPACE = "DELETE /organizations/{id}/members/{idMember}";

let stack: Stack;
let faults: Fault[];
beforeEach(async () => {
  faults = [];
  stack = await startStack({
    sandbox: { faults, rateLimits: false },
    clock: hastyClock,
    random: () => 0,
  });
  // What is tried again and again here would use up a budget that is not what is tested.
  vi.spyOn(stack.store.ledger, "take").mockResolvedValue(0);
});
afterEach(() => stack.close());

const strike = (operation: string, kind: FaultKind, attempt: Fault["attempt"]) =>
  faults.push({ operation, kind, attempt });

async function expectApplied(run: Run): Promise<void> {
  expect(run).toMatchObject({ state: "applied", evidence: { result: "PASS", unfinished: [] } });
  expect(run.effects.every(({ state }) => state === "applied")).toBe(true);
  expect(boardsWith(stack.sandbox, SEED.leaver.id, standard.id)).toEqual([]);
  expect(inWorkspace(stack.sandbox, standard.id, SEED.leaver.id)).toBeUndefined();
}

describe("credentials that end in the middle", () => {
  test("leave the run to be taken up with new ones: nothing failed for good", async () => {
    const plan = await confirm(stack, "remove_from_workspace", REMOVE);
    const token = stack.sandbox.world.trello.tokens.get(SEED.tokens.full);
    const engine = stack.another({
      newId: (prefix) => {
        if (prefix === "run" && token) token.revoked = true;
        return `${prefix}_revoked`;
      },
    });
    const error = await failure(engine.apply(plan.id, stack.caller));
    expect(error).toMatchObject({
      code: "UNAUTHENTICATED",
      retry: "resume",
      details: { runId: "run_revoked" },
    });
    expect((await stack.store.runs.get("run_revoked"))?.effects.some(({ state }) => state === "failed")).toBe(
      false,
    );
    if (token) token.revoked = false;
    const [run] = await stack.another().recover();
    expect(run).toBeDefined();
    if (run) await expectApplied(run);
  });
});

describe("an outage", () => {
  test("longer than the patience of one call leaves the run to be taken up, told to the caller by its id", async () => {
    strike(WORKSPACE, "503", "every");
    const error = await failure(confirmAndApply(stack, "remove_from_workspace", REMOVE));
    expect(error).toMatchObject({ code: "OUTCOME_UNKNOWN", applied: "yes", retry: "resume" });
    const runId = error.details["runId"] as string;
    expect(await stack.store.runs.get(runId)).toMatchObject({ state: "running", evidence: null });
    const paused = (await stack.store.audit.read({ limit: 100 })).at(-1);
    expect(paused).toMatchObject({ event: "run.paused", facts: { why: "OUTCOME_UNKNOWN", done: 30 } });

    faults.length = 0;
    const [run] = await stack.another().recover();
    expect(run?.id).toBe(runId);
    if (run) await expectApplied(run);
  });

  test("of rate limits only, too: nothing was refused, so nothing failed", async () => {
    strike(WORKSPACE, "429", "every");
    const error = await failure(confirmAndApply(stack, "remove_from_workspace", REMOVE));
    expect(error).toMatchObject({ code: "RATE_LIMITED", retry: "resume" });
    faults.length = 0;
    const [run] = await stack.another().recover();
    if (run) await expectApplied(run);
    expect(run).toBeDefined();
  });

  test("while everything is read again is waited for: it ends well, and nothing is written twice", async () => {
    // Plan and plan again are the first two; each look is four tries.
    for (let attempt = 3; attempt < 19; attempt += 1) strike("GET /batch", "503", attempt);
    const run = await confirmAndApply(stack, "remove_from_workspace", REMOVE);
    await expectApplied(run);
    expect(writesIn(stack.sandbox)).toHaveLength(31);
    // To plan again takes two: the workspace, and the cards of the person.
    expect(run.evidence?.requests).toBe(2 + 31 + 16 + 1);
  });

  test("while everything is read again, longer than is waited: no PASS without having looked", async () => {
    const plan = await confirm(stack, "remove_from_workspace", REMOVE);
    for (let attempt = 3; attempt < 40; attempt += 1) strike("GET /batch", "503", attempt);
    const error = await failure(stack.engine.apply(plan.id, stack.caller));
    expect(error).toMatchObject({ code: "UPSTREAM_UNAVAILABLE", applied: "yes", retry: "resume" });
    const runId = error.details["runId"] as string;
    expect(await stack.store.runs.get(runId)).toMatchObject({
      state: "verifying",
      evidence: null,
      endedAt: null,
    });
    expect(writesIn(stack.sandbox)).toHaveLength(31);

    const [run] = await stack.another().recover();
    expect(run?.id).toBe(runId);
    if (run) await expectApplied(run);
    expect(writesIn(stack.sandbox)).toHaveLength(31);
  });

  test("of hours does not fill the audit: each try in vain makes the next one later", async () => {
    const plan = await confirm(stack, "remove_from_workspace", REMOVE);
    strike(WORKSPACE, "503", "every");
    await failure(stack.engine.apply(plan.id, stack.caller));
    let now = Date.now();
    const patient = stack.another({ clock: { ...hastyClock, now: () => now } });
    for (let pass = 0; pass < 40; pass += 1) {
      expect(await patient.recover(undefined, "abandoned")).toEqual([]);
      now += 15_000;
    }
    const events = (await stack.store.audit.read({ limit: 1000 })).map(({ event }) => event);
    expect(events.filter((event) => event === "run.resumed").length).toBe(6);
    faults.length = 0;
    now += 3_600_000;
    const [run] = await patient.recover(undefined, "abandoned");
    if (run) await expectApplied(run);
    expect(run).toBeDefined();
  }, 120_000);

  test("of a day ends the run all the same, with evidence that nobody could look", async () => {
    const plan = await confirm(stack, "remove_from_workspace", REMOVE);
    for (let attempt = 3; attempt < 200; attempt += 1) strike("GET /batch", "wrong_body", attempt);
    const error = await failure(stack.engine.apply(plan.id, stack.caller));
    expect(error).toMatchObject({ code: "UPSTREAM_CONTRACT", retry: "resume" });
    expect(await stack.store.runs.get(error.details["runId"] as string)).toMatchObject({
      state: "verifying",
    });

    const tomorrow = Date.now() + 2 * 86_400_000;
    const later = stack.another({ clock: { ...hastyClock, now: () => tomorrow } });
    const [run] = await later.recover();
    // Every removal was accepted, so nothing is known to be undone; nothing of it could be read, so nothing is proven.
    expect(run).toMatchObject({ state: "applied", evidence: { result: "UNVERIFIED", unfinished: [] } });
    expect(run?.evidence?.unverified).toHaveLength(31 + 1);
    for (const line of run?.evidence?.unverified ?? [])
      expect(line).toContain("could not be read again (UPSTREAM_CONTRACT)");
  });
});

describe("a refusal for the rate that does not end", () => {
  test("is not repeated by the run on top of the gateway: six requests, and the run waits", async () => {
    strike(WORKSPACE, "429", "every");
    const error = await failure(confirmAndApply(stack, "remove_from_workspace", REMOVE));
    expect(error).toMatchObject({ code: "RATE_LIMITED", applied: "yes", retry: "resume" });
    const refused = () => writesIn(stack.sandbox).filter(({ status }) => status === 429);
    expect(refused()).toHaveLength(6);
    faults.length = 0;
    const [run] = await stack.another().recover();
    expect(run).toMatchObject({ id: error.details["runId"] });
    if (run) await expectApplied(run);
    expect(refused()).toHaveLength(6);
  });
});
