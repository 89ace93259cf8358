import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { createEngine } from "../../src/engine/engine.ts";
import type { Plan } from "../../src/domain/plan.ts";
import { SEED, startSandbox, type World } from "../../src/sandbox/index.ts";
import type { Store } from "../../src/store/store.ts";
import { freshWorld } from "../support/fresh-world.ts";
import { type HttpProcess, startHttpProcess } from "../support/http-process.ts";
import { MAIN } from "../support/product.ts";
import { confirm, writesIn } from "../support/stack.ts";
import { engineDeps, gatewayTo, openStoreAt } from "../support/wiring.ts";
import { startAddress, submit } from "./address.ts";
import { query } from "./databases.ts";
import { addLeavers } from "./leavers.ts";
import { type Server, startServer } from "./server.ts";
import { type Loss, recordTickets, takeOverLine, takeOvers } from "./take-overs.ts";

/** `npm run trial` is the long one; `REPLICA_RUNS=60 REPLICAS=2,3` before it chooses another size. */
const IS_TRIAL = process.env["npm_lifecycle_event"] === "trial";
const RUNS = Number(process.env["REPLICA_RUNS"] ?? (IS_TRIAL ? "300" : "12"));
const SIZES = (process.env["REPLICAS"] ?? (IS_TRIAL ? "2,3" : "3")).split(",").map(Number);
/** After so many disturbances the rest is left in peace, so that a slow machine comes to an end too. */
const DISTURBANCES = 8 + RUNS / 10;
/** Far longer than the runs take on a machine with other work. */
const LONGEST_MS = 15_000 * RUNS + 240_000;

const POLICY = fileURLToPath(new URL("../tools/wide-limits.yaml", import.meta.url));
const { standard } = SEED.workspaces;

/** A server of its own, because it is restarted in the middle. */
let server: Server;
beforeEach(async () => {
  server = await startServer();
  await query(`${server.url}/postgres`, "create database identity");
});
afterEach(() => server.stop());

test.each(SIZES)(
  "runs of %i replicas that are killed, stopped and thawed, and whose database is restarted, all end, each write made once",
  async (size) => {
    const url = `${server.url}/identity`;
    const sandbox = await startSandbox({
      world: freshWorld(),
      // Slow, so that something is on its way whenever a process dies.
      faults: [
        { operation: "DELETE /boards/{id}/members/{idMember}", attempt: "every", kind: "slow", ms: 150 },
      ],
    });
    onTestFinished(() => sandbox.close());
    const store = await openStoreAt(url);
    onTestFinished(() => store.close());
    const leavers = addLeavers(sandbox.world, standard.id, RUNS);
    const plans = await approvedPlans(store, sandbox.world, leavers);
    const effects = plans.flatMap((plan) => plan.effects).length;

    const env = {
      ...sandbox.env,
      IDENTITY_STORE_URL: url,
      IDENTITY_POLICY_FILE: POLICY,
      IDENTITY_LOG_LEVEL: "info",
    };
    const start = () => startHttpProcess([MAIN, "http"], env);
    const replicas = await Promise.all(Array.from({ length: size }, start));
    const logs: HttpProcess[] = [...replicas];
    onTestFinished(async () => {
      for (const replica of replicas) {
        // A replica that could not start again has ended already.
        if (isThere(replica.pid)) process.kill(replica.pid, "SIGCONT");
        await replica.stop();
      }
    });

    const address = await startAddress(() => replicas.map((replica) => Number(new URL(replica.url).port)));
    onTestFinished(() => address.close());

    await recordTickets(url);
    const losses: Loss[] = [];
    const begun = Date.now();
    const submitted = Promise.all(plans.map(({ id }) => submit(address.url, store, id, begun + LONGEST_MS)));
    submitted.catch(() => {});
    for (let round = 1; !(await allEnded(store)); round += 1) {
      if (Date.now() - begun > LONGEST_MS) throw new Error("the runs do not come to an end");
      await sleep(IS_TRIAL ? 4_000 + Math.random() * 8_000 : 1_500 + Math.random() * 2_500);
      const index = Math.floor(Math.random() * size);
      const replica = replicas[index];
      if (!replica || round > DISTURBANCES || (await allEnded(store))) continue;
      const held = await heldBy(url, replica.pid);
      if (round === 3) await server.restart();
      else if (round % 3 === 0) {
        process.kill(replica.pid, "SIGSTOP");
        losses.push(...held.map((runId) => ({ runId, at: Date.now(), how: "stopped" as const })));
        await sleep(13_000);
        process.kill(replica.pid, "SIGCONT");
      } else {
        process.kill(replica.pid, "SIGKILL");
        losses.push(...held.map((runId) => ({ runId, at: Date.now(), how: "killed" as const })));
        await sleep(1_000);
        replicas[index] = await start();
        logs.push(replicas[index]);
      }
    }
    await submitted;
    const seconds = Math.round((Date.now() - begun) / 1000);

    for (const plan of plans) {
      const run = await store.runs.get((await store.plans.get(plan.id))?.runId ?? "");
      expect(run).toMatchObject({ state: "applied", evidence: { result: "PASS", unfinished: [] } });
    }
    const writes = writesIn(sandbox);
    expect(writes.filter(({ status }) => status !== 200)).toEqual([]);
    const paths = writes.map(({ method, path }) => `${method} ${path}`);
    expect(paths.filter((path, index) => paths.indexOf(path) !== index)).toEqual([]);
    expect(paths).toHaveLength(effects);
    // The sandbox refuses what is over the budget of any window.
    expect(sandbox.requests.filter(({ status }) => status === 429)).toEqual([]);
    expect(await store.audit.verify()).toMatchObject({ broken: null, changed: [] });
    for (const log of logs) expect(log.stderr()).not.toContain("INTERNAL");

    const taken = await takeOvers(url, store, losses);
    console.log(
      `${size} replicas: ${RUNS} runs, ${effects} writes, ${sandbox.requests.length} requests in ${seconds} s; ${takeOverLine(taken, "killed")}; ${takeOverLine(taken, "stopped")}`,
    );
  },
  LONGEST_MS + 240_000,
);

/**
 * Plans that a person has approved. They are made by way of a second server of the same world without limits, because the
 * trial is about what comes after.
 */
async function approvedPlans(store: Store, world: World, members: readonly string[]) {
  const unlimited = await startSandbox({ world, rateLimits: false });
  const own = await openStoreAt(":memory:");
  const gateway = gatewayTo(unlimited.env, own, { windowMs: 20 });
  const engine = createEngine(engineDeps(gateway, store));
  const caller = { client: "trial/1.0", subject: null };
  const plans: Plan[] = [];
  for (const member of members)
    plans.push(
      await confirm({ engine, caller }, "remove_from_workspace", { workspace: standard.id, member }),
    );
  await gateway.close();
  await own.close();
  await unlimited.close();
  return plans;
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The database may be away. */
async function allEnded(store: Store): Promise<boolean> {
  const runs = await store.runs.list({ limit: RUNS + 1 }).catch(() => []);
  return runs.length === RUNS && runs.every(({ state }) => state !== "running" && state !== "verifying");
}

/** A holder's name begins with its host and its process. */
async function heldBy(url: string, pid: number): Promise<readonly string[]> {
  const rows = await query<{ id: string }>(
    url,
    "select id from identity.runs where split_part(owner, ':', 2) = $1 and state in ('running', 'verifying')",
    [String(pid)],
  );
  return rows.map(({ id }) => id);
}
