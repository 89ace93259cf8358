import { afterEach, beforeEach, expect, test } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { failure } from "../../support/failure.ts";
import { confirm, type Stack, startStack, writesIn } from "../../support/stack.ts";
import { engineDeps, gatewayTo } from "../../support/wiring.ts";

const REMOVE = { workspace: SEED.workspaces.standard.id, member: SEED.leaver.id };

let stack: Stack;
let runId: string;

// A run whose caller went away in the middle.
beforeEach(async () => {
  stack = await startStack({ sandbox: { rateLimits: false } });
  const plan = await confirm(stack, "remove_from_workspace", REMOVE);
  const stop = new AbortController();
  const error = await failure(
    stack.engine.apply(plan.id, {
      ...stack.caller,
      signal: stop.signal,
      onProgress: ({ done }) => done === 5 && stop.abort(),
    }),
  );
  runId = String(error.details["runId"]);
});
afterEach(() => stack.close());

test("is left alone by a server that does not offer its tool, as a read-only one, and finished by one that does", async () => {
  const { length } = writesIn(stack.sandbox);
  const said: Record<string, unknown>[] = [];
  const readOnly = stack.another({ planner: () => undefined, log: (_level, facts) => said.push(facts) });
  expect(await readOnly.recover()).toEqual([]);
  expect(await readOnly.recover()).toEqual([]);
  expect(writesIn(stack.sandbox)).toHaveLength(length);
  expect(said).toEqual([{ run: runId, why: "the tool remove_from_workspace is not enabled here" }]);
  expect(await stack.another().recover()).toMatchObject([{ id: runId, state: "applied" }]);
});

test("is left alone by a server with another account's token", async () => {
  const { length } = writesIn(stack.sandbox);
  const gateway = gatewayTo(
    { ...stack.sandbox.env, TRELLO_API_TOKEN: SEED.tokens.normalMember },
    stack.store,
  );
  try {
    const other = stack.another({ ...engineDeps(gateway, stack.store), gone: () => false });
    expect(await other.recover()).toEqual([]);
    expect(writesIn(stack.sandbox)).toHaveLength(length);
  } finally {
    await gateway.close();
  }
  expect(await stack.another().recover()).toMatchObject([{ id: runId, state: "applied" }]);
});
