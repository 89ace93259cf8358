/** A run whose sign-in by OAuth 2.0 ends in the middle waits for a new one, and goes on. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { failure } from "../../support/failure.ts";
import { CLIENT, createMovingClock, signedInGateway, signInTo, STORE_KEY } from "../../support/oauth2.ts";
import { boardsWith, confirm, type Stack, startStack, writesIn } from "../../support/stack.ts";

const { standard } = SEED.workspaces;
const REMOVE = { workspace: standard.id, member: SEED.leaver.id };

let stack: Stack;
const clock = createMovingClock();
beforeEach(async () => {
  stack = await startStack({ sandbox: { now: clock.now, rateLimits: false } });
});
afterEach(() => stack.close());

test.each([
  ["that was revoked", true],
  ["whose tokens Atlassian no longer knows", false],
])("a sign-in %s: nothing failed for good, and a new one finishes the run", async (_how, isRevoked) => {
  const grants = stack.store.grants(CLIENT.id, STORE_KEY);
  const grant = await signInTo(stack.sandbox, grants, clock);
  const { gateway } = await signedInGateway(stack.sandbox, grants, clock);
  const { refreshTokens, accessTokens } = stack.sandbox.world.trello.oauth2;
  let runId = "";
  const engine = stack.another({
    gateway,
    newId: (prefix) => {
      if (prefix === "run") {
        clock.advance(60_000);
        grant.revoked = isRevoked;
        accessTokens.clear();
        refreshTokens.clear();
        runId = "run_waits";
        return runId;
      }
      return `${prefix}_of_sign_in`;
    },
  });
  const plan = await confirm({ engine, caller: stack.caller }, "remove_from_workspace", REMOVE);
  const error = await failure(engine.apply(plan.id, stack.caller));
  expect(error).toMatchObject({ code: "UNAUTHENTICATED", retry: "resume", details: { runId: "run_waits" } });
  expect(error.next).toContain("`login`");
  const waiting = await stack.store.runs.get(runId);
  expect(waiting).toMatchObject({ state: "running", evidence: null });
  expect(waiting?.effects.some(({ state }) => state === "failed")).toBe(false);
  expect(await stack.another({ gateway }).recover()).toEqual([]);

  await signInTo(stack.sandbox, grants, clock);
  const [run] = await stack.another({ gateway }).recover();
  expect(run).toMatchObject({ id: runId, state: "applied", evidence: { result: "PASS" } });
  expect(boardsWith(stack.sandbox, SEED.leaver.id, standard.id)).toEqual([]);
  const done = writesIn(stack.sandbox).filter(({ status, method }) => method === "DELETE" && status === 200);
  expect(done).toHaveLength(31);
});
