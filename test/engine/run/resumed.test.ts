import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Plan } from "../../../src/domain/plan.ts";
import type { Run } from "../../../src/domain/run.ts";
import type { EngineDeps } from "../../../src/engine/context.ts";
import type { Rules } from "../../../src/policy/rules.ts";
import { SEED } from "../../../src/sandbox/index.ts";
import { failure } from "../../support/failure.ts";
import { leaveHalfway, REMOVE } from "../halfway.ts";
import {
  boardsWith,
  confirm,
  confirmAndApply,
  OPEN_RULES,
  type Stack,
  startStack,
  writesIn,
} from "../../support/stack.ts";

const { standard } = SEED.workspaces;
const DAY = 86_400_000;

let stack: Stack;
let plan: Plan;
let runId: string;
let written: number;

/** A run of 31 changes whose process went away after the first 10. */
beforeEach(async () => {
  stack = await startStack({ sandbox: { rateLimits: false } });
  ({ plan, runId } = await leaveHalfway(stack));
  written = writesIn(stack.sandbox).length;
});
afterEach(() => stack.close());

const rules = (over: Partial<Rules>): Partial<EngineDeps> => ({ rules: { ...OPEN_RULES, ...over } });
const limits = (over: Partial<Rules["limits"]>) => rules({ limits: { ...OPEN_RULES.limits, ...over } });

/** What an administrator may have decided between the start of the run and its being taken up again. */
const FORBIDDEN: Readonly<Record<string, () => Partial<EngineDeps>>> = {
  "the person is protected by id": () => rules({ protected: { members: [SEED.leaver.id], groups: [] } }),
  "the person is protected by username": () =>
    rules({ protected: { members: [SEED.leaver.username.toUpperCase()], groups: [] } }),
  "the person is protected by email": () =>
    rules({ protected: { members: [SEED.leaver.email], groups: [] } }),
  "another approver is named, who did not sign in": () =>
    rules({ weakest: "approval", approvers: ["a@corp.example"] }),
  "another workspace alone is allowed": () => rules({ workspaces: [SEED.workspaces.enterprise.id] }),
  "no workspace is allowed": () => rules({ workspaces: [] }),
  "a stronger level is the weakest": () => rules({ weakest: "approval" }),
  "a stronger level is the default": () =>
    rules({ confirmation: { default: "four_eyes", tools: new Map() } }),
  "the tool asks for a stronger level": () =>
    rules({ confirmation: { default: null, tools: new Map([["remove_from_workspace", "approval"]]) } }),
  "another tool with the same effects asks for a stronger level": () =>
    rules({ confirmation: { default: null, tools: new Map([["offboard_member", "approval"]]) } }),
  "a day and a minute went by": () => ({
    clock: { ...stack.deps.clock, now: () => stack.deps.clock.now() + DAY + 60_000 },
  }),
  "the clock was set back by a day": () => ({
    clock: { ...stack.deps.clock, now: () => stack.deps.clock.now() - DAY },
  }),
  "the person is the last admin by now": () => {
    const board = boardsWith(stack.sandbox, SEED.leaver.id, standard.id)[0];
    for (const row of board?.memberships ?? [])
      row.memberType = row.idMember === SEED.leaver.id ? "admin" : "normal";
    return {};
  },
};

async function stopped(engine = stack.engine): Promise<Run> {
  const run = await engine.run(runId, stack.caller);
  if (!run) throw new Error("the run is gone");
  return run;
}

describe("a run that is taken up again under rules that forbid it", () => {
  test.each(Object.keys(FORBIDDEN))("writes nothing more, is stopped and says why: %s", async (what) => {
    const engine = stack.another(FORBIDDEN[what]?.());
    const taken = await engine.recover();
    expect(taken.map(({ id, state }) => [id, state])).toEqual([[runId, "stopped"]]);
    expect(writesIn(stack.sandbox)).toHaveLength(written);
    expect(taken[0]?.stopped).toMatchObject({
      code: expect.stringMatching(/^(POLICY_DENIED|CONFIRMATION_EXPIRED)$/),
      message: expect.stringMatching(/^The run was stopped\. ./),
      next: expect.stringContaining(`apply_plan with planId ${plan.id}`),
    });

    // Not again by itself, under these rules or others.
    expect(await engine.recover()).toEqual([]);
    expect(await stack.another().recover()).toEqual([]);
    expect(writesIn(stack.sandbox)).toHaveLength(written);
    const { runs } = await stack.engine.runs({ caller: stack.caller, limit: 1 });
    expect(runs).toMatchObject([{ id: runId, state: "stopped", stopped: taken[0]?.stopped }]);
    expect(await stack.store.audit.verify()).toMatchObject({ broken: null, changed: [] });
    const last = (await stack.store.audit.read({ limit: 100 })).at(-1);
    expect(last).toMatchObject({ event: "run.stopped", facts: { run: runId, by: "the server" } });
  });

  test("is planned again for what it left, and restored for what it did", async () => {
    await stack.another(FORBIDDEN["the person is protected by id"]?.()).recover();
    const stored = await stack.engine.plan(plan.id, stack.caller);
    if (!stored) throw new Error("the plan is gone");
    const rest = await stack.engine.planRest(stored, stack.caller);
    const { effects } = await stopped();
    expect(rest?.effects.length).toBe(effects.filter(({ state }) => state === "pending").length);
    expect(rest?.id).not.toBe(plan.id);

    const restored = await confirmAndApply(stack, "restore_member", { runId });
    expect(restored).toMatchObject({ state: "applied", evidence: { result: "PASS" } });
    expect(boardsWith(stack.sandbox, SEED.leaver.id, standard.id)).toHaveLength(30);
  });

  test("is left as it is while the upstream does not answer, and stopped when it does", async () => {
    const deps = FORBIDDEN["the person is protected by email"]?.();
    const engine = stack.another({ ...deps, gateway: { ...stack.gateway, reads: failing(stack) } });
    await engine.recover();
    expect(await stack.store.runs.get(runId)).toMatchObject({ state: "running", stopped: null });
    expect(await stack.another(deps).recover()).toMatchObject([{ state: "stopped" }]);
    expect(writesIn(stack.sandbox)).toHaveLength(written);
  });
});

/** Reads of which those of workspaces do not answer. */
function failing({ gateway }: Stack): Stack["gateway"]["reads"] {
  return (pass) => {
    const reads = gateway.reads(pass);
    const workspace = () => Promise.reject(Object.assign(new Error("no answer")));
    return { ...reads, trello: { ...reads.trello, workspace } };
  };
}

/** What changes nothing for this run. */
const ALLOWED: Readonly<Record<string, () => Partial<EngineDeps>>> = {
  "nothing changed": () => ({}),
  "somebody else is protected": () => rules({ protected: { members: [SEED.successor.id], groups: [] } }),
  "its own changes alone reach the limit": () => limits({ destructiveEffectsPerDay: 31 }),
  "its own changes are more than the limit, and one person's": () => limits({ destructiveEffectsPerDay: 15 }),
  "its own person alone reaches the limit": () => limits({ peoplePerDay: 1 }),
  "one person is more than the share that is allowed": () => limits({ percentOfWorkspace: 0.1 }),
  "its workspace is among those that are allowed": () => rules({ workspaces: [standard.id] }),
  "23 hours went by": () => ({
    clock: { ...stack.deps.clock, now: () => stack.deps.clock.now() + 23 * 3_600_000 },
  }),
  "another tool asks for more": () =>
    rules({ confirmation: { default: null, tools: new Map([["scim_delete_user", "four_eyes"]]) } }),
};

test.each(Object.keys(ALLOWED))("a run that its rules still allow is finished: %s", async (what) => {
  const [run] = await stack.another(ALLOWED[what]?.()).recover();
  expect(run).toMatchObject({ id: runId, state: "applied", evidence: { result: "PASS" }, stopped: null });
  expect(writesIn(stack.sandbox)).toHaveLength(31);
});

describe("a run that a person stops", () => {
  test("while nobody works on it, is not taken up again", async () => {
    const run = await stack.engine.stop(runId, { by: "jo", reason: "wrong\nperson" });
    expect(run).toMatchObject({
      state: "stopped",
      stopped: { message: "jo stopped the run: wrong person." },
    });
    expect(await stack.another().recover()).toEqual([]);
    expect(writesIn(stack.sandbox)).toHaveLength(written);
    expect(await failure(stack.engine.stop(runId, { by: "jo", reason: null }))).toMatchObject({
      code: "CONFLICT",
    });
  });

  test("while another process works on it, sends nothing more and keeps every answer", async () => {
    let stopping: Promise<Run> | undefined;
    let sent = 0;
    const engine = stack.another();
    const reopened = stack.another({
      gateway: {
        ...stack.gateway,
        writes: (pass) => {
          sent += 1;
          if (sent === 5) stopping = engine.stop(runId, { by: "jo", reason: null });
          return stack.gateway.writes(pass);
        },
      },
    });
    expect(await reopened.recover()).toEqual([]);
    await stopping;
    const run = await stopped();
    expect(run).toMatchObject({
      state: "stopped",
      evidence: null,
      stopped: { message: "jo stopped the run." },
    });
    const done = run.effects.filter(({ state }) => state === "applied").length;
    expect(writesIn(stack.sandbox)).toHaveLength(done);
    expect(run.effects.every(({ state }) => state === "applied" || state === "pending")).toBe(true);
    expect(done).toBeLessThan(31);
    expect(await stack.another().recover()).toEqual([]);
  });

  test("is told to the caller who waits for it", async () => {
    await stack.engine.stop(runId, { by: "jo", reason: null });
    await confirmAndApply(stack, "restore_member", { runId });
    const again = await confirm(stack, "remove_from_workspace", REMOVE);
    let stopping: Promise<unknown> | undefined;
    const caller = {
      ...stack.caller,
      onProgress: ({ done }: { readonly done: number }) => {
        if (done !== 3) return;
        stopping = stack.store.runs
          .list({ limit: 1 })
          .then(([run]) => stack.engine.stop(run?.id ?? "", { by: "jo", reason: "not yet" }));
      },
    };
    const error = await failure(stack.engine.apply(again.id, caller));
    await stopping;
    expect(error).toMatchObject({
      code: "PARTIALLY_APPLIED",
      message: "jo stopped the run: not yet.",
      applied: "yes",
      next: expect.stringContaining("restore_member"),
    });
  });

  test("has to be there, and not to have ended", async () => {
    const word = { by: "jo", reason: null };
    expect(await failure(stack.engine.stop("run_none", word))).toMatchObject({ code: "NOT_FOUND" });
    const [run] = await stack.another().recover();
    expect(await failure(stack.engine.stop(run?.id ?? "", word))).toMatchObject({ code: "CONFLICT" });
    expect(await stack.store.runs.get(runId)).toMatchObject({ state: "applied", stopped: null });
  });
});
