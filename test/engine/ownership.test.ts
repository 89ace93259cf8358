import { afterEach, beforeEach, expect, test } from "vitest";
import type { Engine } from "../../src/engine/engine.ts";
import type { Gateway } from "../../src/gateway/gateway.ts";
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
  theirs = stack.another({ gateway });
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
