import { afterEach, beforeEach, expect, test } from "vitest";
import type { Engine } from "../../src/engine/engine.ts";
import type { Gateway } from "../../src/gateway/gateway.ts";
import { reportOf } from "../../src/report/record.ts";
import { SEED } from "../../src/sandbox/index.ts";
import { confirm, confirmAndApply, type Stack, startStack } from "../support/stack.ts";
import { gatewayTo } from "../support/wiring.ts";

const ROLE = { workspace: SEED.workspaces.standard.id, member: SEED.successor.id };

let stack: Stack;
let gateway: Gateway;
/** The same store, with another person's token. */
let theirs: Engine;
beforeEach(async () => {
  stack = await startStack();
  gateway = gatewayTo(stack.sandbox.env, stack.store, { token: SEED.tokens.normalMember });
  theirs = stack.another({ gateway, gone: () => true });
});
afterEach(async () => {
  await gateway.close();
  await stack.close();
});

test("plans and runs are there for their own principal alone", async () => {
  const run = await confirmAndApply(stack, "set_workspace_role", { ...ROLE, role: "admin" });
  const plan = await confirm(stack, "set_workspace_role", { ...ROLE, role: "normal" });
  const { engine, caller } = stack;
  expect((await engine.plan(plan.id, caller))?.plan).toEqual(plan);
  expect(await engine.run(run.id, caller)).toEqual(run);
  expect((await engine.runs({ caller, limit: 5 })).runs).toMatchObject([{ id: run.id, result: "PASS" }]);

  expect(await theirs.plan(plan.id, caller)).toBeNull();
  expect(await theirs.run(run.id, caller)).toBeNull();
  expect(await theirs.runs({ caller, limit: 5 })).toEqual({ runs: [], cursor: null, others: [] });
  expect(await theirs.context(caller).run(run.id)).toBeNull();
});

test("runs are paged by a cursor that is good for their own principal alone", async () => {
  const { engine, caller } = stack;
  const made: string[] = [];
  for (const role of ["admin", "normal", "admin", "normal", "admin"])
    made.unshift((await confirmAndApply(stack, "set_workspace_role", { ...ROLE, role })).id);
  const seen: string[] = [];
  let cursor: string | undefined;
  for (let pages = 1; pages <= 3; pages += 1) {
    const page = await engine.runs({ caller, limit: 2, cursor });
    seen.push(...page.runs.map(({ id }) => id));
    expect(page.cursor === null).toBe(pages === 3);
    if (page.cursor !== null) {
      cursor = page.cursor;
      await expect(theirs.runs({ caller, limit: 2, cursor })).rejects.toMatchObject({
        code: "INPUT_INVALID",
      });
    }
  }
  expect(seen).toEqual(made);
});

/** People who signed in, beside the caller without a sign-in. Each differs from the others in one thing. */
const PEOPLE = [
  { id: "https://id.example#ada", name: "Ada", email: "ada@example.com" },
  { id: "https://other.example#ada", name: "Ada", email: "ada@example.com" },
  { id: "https://id.example#Ada", name: "Ada", email: null },
] as const;

test("what one signed-in person asked for is not there for another, nor for a caller without a sign-in", async () => {
  const callers = [...PEOPLE, null].map((subject) => ({ client: "test/1.0", subject }));
  const { engine } = stack;
  for (const caller of callers) {
    const own = { engine, caller };
    const run = await confirmAndApply(own, "set_workspace_role", { ...ROLE, role: "admin" });
    const plan = await confirm(own, "set_workspace_role", { ...ROLE, role: "normal" });
    for (const other of callers) {
      const isOwn = other === caller;
      expect(await engine.plan(plan.id, other)).toEqual(isOwn ? expect.anything() : null);
      expect(await engine.run(run.id, other)).toEqual(isOwn ? expect.anything() : null);
      const { runs } = await engine.runs({ caller: other, limit: 50 });
      expect(runs.some(({ id }) => id === run.id)).toBe(isOwn);
      if (!isOwn) await expect(engine.apply(plan.id, other)).rejects.toMatchObject({ code: "NOT_FOUND" });
    }
    await engine.apply(plan.id, caller);
  }
});

test("who asked is the signed-in person: in the plan, in the evidence and in the audit log", async () => {
  const [ada] = PEOPLE;
  const own = { engine: stack.engine, caller: { client: "test/1.0", subject: ada } };
  const { plan } = await confirmAndApply(own, "set_workspace_role", { ...ROLE, role: "admin" });
  const me = await stack.deps.gateway.reads({ priority: "interactive" }).trello.me();
  const principal = {
    id: ada.id,
    name: "Ada <ada@example.com>",
    client: "test/1.0",
    account: me.id,
    email: ada.email,
  };
  expect(plan.principal).toEqual(principal);
  const run = (await stack.engine.runs({ caller: own.caller, limit: 1 })).runs[0];
  expect(run?.id).toBeDefined();
  const found = await stack.engine.run(run?.id ?? "", own.caller);
  expect(found && reportOf(found).runs[0]?.askedBy).toMatchObject({ id: ada.id, name: principal.name });
  const events = await stack.store.audit.read({ limit: 50 });
  expect(events.length).toBeGreaterThan(2);
  expect(new Set(events.map((event) => event.principal))).toEqual(new Set([ada.id]));
});

test("a run of a signed-in person is taken up by a server with the same Trello token", async () => {
  const caller = { client: "test/1.0", subject: PEOPLE[0] };
  const plan = await confirm({ engine: stack.engine, caller }, "set_workspace_role", {
    ...ROLE,
    role: "admin",
  });
  await stack.store.plans.startRun(plan.id, {
    runId: "run_left",
    principalId: caller.subject.id,
    holder: "gone:1:place:0",
    at: new Date().toISOString(),
    leaseMs: 1,
  });
  expect(await theirs.recover()).toEqual([]);
  const taken = await stack.another({ gone: () => true }).recover();
  expect(taken).toMatchObject([{ id: "run_left", state: "applied" }]);
});
