import { userInfo } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createEngine } from "../../src/engine/engine.ts";
import { SEED } from "../../src/sandbox/index.ts";
import { newFolder } from "../store/backends.ts";
import type { Endpoint, TestClient } from "../support/client.ts";
import { connect } from "../support/connect.ts";
import { failure } from "../support/failure.ts";
import { type MemoryServer, startMemoryServer } from "../support/memory-server.ts";
import { MAIN } from "../support/product.ts";
import { confirm, inWorkspace, type Stack, startStack, writesIn } from "../support/stack.ts";
import { EVERY_WAY } from "../support/suites.ts";
import { openStoreAt } from "../support/wiring.ts";
import { runCommand } from "./run-command.ts";

const REMOVE = { workspace: SEED.workspaces.standard.id, member: SEED.leaver.id };

let stack: Stack;
let url: string;
let runId: string;
let planId: string;

// A run that its process left after 5 of 31 changes, in a store of its own.
beforeEach(async () => {
  stack = await startStack({ sandbox: { rateLimits: false } });
  const path = join(await newFolder(), "identity.db");
  url = `sqlite:${path}`;
  const store = await openStoreAt(path);
  const engine = createEngine({ ...stack.deps, store });
  const plan = await confirm({ engine, caller: stack.caller }, "remove_from_workspace", REMOVE);
  const stop = new AbortController();
  const error = await failure(
    engine.apply(plan.id, {
      ...stack.caller,
      signal: stop.signal,
      onProgress: ({ done }) => done === 5 && stop.abort(),
    }),
  );
  runId = String(error.details["runId"]);
  planId = plan.id;
  await store.close();
});
afterEach(() => stack.close());

/** The commands need the store alone, no credentials. */
const runs = (...args: readonly string[]) =>
  runCommand(["runs", ...args], { env: { IDENTITY_STORE_URL: url } });

const doctor = (token?: string) =>
  runCommand(["doctor"], {
    env: { ...stack.sandbox.env, IDENTITY_STORE_URL: url, ...(token && { TRELLO_API_TOKEN: token }) },
  });

test("a run is listed and shown", async () => {
  const listed = await runs("list");
  expect(listed.code).toBe(0);
  expect(listed.stdout).toMatch(new RegExp(`^${runId} .*  running .*/31  remove_from_workspace: Remove `));
  expect(JSON.parse((await runs("list", "--json")).stdout)).toMatchObject([{ id: runId, planId, total: 31 }]);
  expect((await runs("show", runId)).stdout).toContain("**Evidence: PENDING**");
  expect(JSON.parse((await runs("show", runId, "--json")).stdout)).toMatchObject({ result: "PENDING" });
});

test("a run that is stopped says so everywhere, and its rest is not done by a server that starts", async () => {
  const { length } = writesIn(stack.sandbox);
  const stopped = await runs("stop", runId, "--reason", "wrong person");
  expect(stopped.code).toBe(0);
  expect(stopped.stdout).toContain(`apply_plan with planId ${planId}`);
  const why = `${userInfo().username} stopped the run: wrong person.`;
  expect((await runs("list")).stdout).toContain(`stopped  `);
  expect((await runs("list")).stdout).toContain(why);
  expect((await runs("show", runId)).stdout).toContain(why);
  const { code, stdout } = await doctor();
  expect(code).toBe(0);
  expect(stdout).toMatch(
    new RegExp(`^ok   Runs +none is unfinished; stopped with changes left: ${runId}`, "m"),
  );
  expect(stdout).toContain(why);

  const store = await openStoreAt(url.slice("sqlite:".length));
  expect(await createEngine({ ...stack.deps, store }).recover()).toEqual([]);
  await store.close();
  expect(writesIn(stack.sandbox)).toHaveLength(length);
  expect(inWorkspace(stack.sandbox, REMOVE.workspace, SEED.leaver.id)).toBeDefined();
});

test("a run of another account that no server finishes is told by doctor until it is stopped", async () => {
  const other = await doctor(SEED.tokens.normalMember);
  expect(other.stdout).toMatch(
    new RegExp(`^FAIL Runs .*${runId} of .*of 31 changes made.*runs stop ID`, "m"),
  );
  expect(other.code).toBe(1);
  expect((await doctor()).stdout).toMatch(/^ok {3}Runs +1 run will be continued by the server/m);
  await runs("stop", runId);
  expect((await doctor(SEED.tokens.normalMember)).stdout).toMatch(/^ok {3}Runs /m);
});

let server: MemoryServer | undefined;
/** The built program for `npm run test:every-way`; otherwise a server in this process, which costs no start of a program. */
async function serve(env: Readonly<Record<string, string>>): Promise<Endpoint> {
  if (EVERY_WAY) return { kind: "spawn", args: [MAIN, "stdio"], env };
  server = await startMemoryServer(env);
  return { kind: "memory", factory: server.factory };
}

describe.each(["modern", "legacy"] as const)("at a client of the %s era", (era) => {
  let client: TestClient;
  const asked: string[] = [];
  const connected = async (env: Readonly<Record<string, string>> = {}) => {
    asked.length = 0;
    const endpoint = await serve({ ...stack.sandbox.env, IDENTITY_STORE_URL: url, ...env });
    client = await connect({ sdk: "v2", era }, endpoint, {
      elicit: ({ message }) => {
        asked.push(message);
        return { action: "accept", content: { confirm: true } };
      },
    });
  };
  afterEach(async () => {
    await client.close();
    await server?.stop();
  });

  test("apply_plan asks about what a stopped run left, and does that", async () => {
    await runs("stop", runId, "--reason", "wrong person");
    const { length } = writesIn(stack.sandbox);
    await connected();
    const run = await client.call("get_run", { runId });
    expect(run.structured).toMatchObject({
      state: "stopped",
      stopped: expect.stringContaining("wrong person"),
    });
    expect(run.text).toContain("wrong person");
    expect((await client.call("list_runs")).text).toContain("wrong person");
    const { structured } = await client.call("apply_plan", { planId });
    expect(structured).toMatchObject({ status: "applied", run: { evidence: { result: "PASS" } } });
    expect(structured["runId"]).not.toBe(runId);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toContain(`Changes (${31 - length}`);
    expect(writesIn(stack.sandbox)).toHaveLength(31);
    // There is no rest any more.
    expect((await client.call("apply_plan", { planId })).isError).toBe(true);
    expect(asked).toHaveLength(1);
    expect(writesIn(stack.sandbox)).toHaveLength(31);
  });

  test("another account is told of a run that nobody finishes, and restores it once it is stopped, by an approval", async () => {
    await connected({ TRELLO_API_TOKEN: SEED.tokens.normalMember });
    const listed = await client.call("list_runs");
    expect(listed.structured).toMatchObject({ runs: [], others: [{ id: runId, total: 31 }] });
    expect(listed.text).toContain(`runs stop ${runId}`);
    const restore = () => client.call("restore_member", { runId, dryRun: true });
    expect((await restore()).structured).toMatchObject({ error: { code: "NOT_FOUND" } });
    await runs("stop", runId);
    expect((await client.call("list_runs")).structured).not.toHaveProperty("others");
    const { structured } = await restore();
    expect(structured).toMatchObject({ status: "planned", plan: { requires: "approval" } });
    expect(JSON.stringify(structured["plan"])).toContain(SEED.admin.fullName);
  });
});

test.each([
  [["stop", "run_none"], 1, /^NOT_FOUND: .* Next: `runs list` shows the runs /],
  [["show", "run_none"], 1, /^NOT_FOUND: .* Next: `runs list` shows the runs /],
  [["stop"], 2, /runs stop takes a run's id/],
  [["list", "run_1"], 2, /runs list takes no id/],
  [["undo", "run_1"], 2, /runs takes list, show or stop/],
])("runs %j ends with %i", async (args, code, said) => {
  const ended = await runs(...args);
  expect(ended.code).toBe(code);
  expect(ended.stderr).toMatch(said);
});
