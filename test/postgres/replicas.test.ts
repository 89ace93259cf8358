import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { createEngine } from "../../src/engine/engine.ts";
import { SEED, startSandbox } from "../../src/sandbox/index.ts";
import type { Store } from "../../src/store/store.ts";
import { freshWorld } from "../support/fresh-world.ts";
import { type HttpProcess, startHttpProcess } from "../support/http-process.ts";
import { MAIN } from "../support/product.ts";
import { confirm, writesIn } from "../support/stack.ts";
import { engineDeps, gatewayTo, openStoreAt } from "../support/wiring.ts";
import { query } from "./databases.ts";
import { type Server, startServer } from "./server.ts";

/** `RUNS=300 REPLICAS=3 npm run test:postgres -- test/postgres/replicas.test.ts` is the long one. */
const RUNS = Number(process.env["RUNS"] ?? "12");
const REPLICAS = Number(process.env["REPLICAS"] ?? "3");

const POLICY = fileURLToPath(new URL("../tools/wide-limits.yaml", import.meta.url));
const { standard } = SEED.workspaces;

/** A server of its own, because it is restarted in the middle. */
let server: Server;
beforeAll(async () => {
  server = await startServer();
  await query(`${server.url}/postgres`, "create database identity");
});
afterAll(() => server.stop());

/** Somebody stops working at a run at a moment: the run is taken over when it is resumed after that. */
interface Loss {
  readonly runId: string;
  readonly at: number;
  readonly how: "killed" | "stopped";
}

test("runs of replicas that are killed, stopped and thawed, and whose database is restarted, all end, each write made once", async () => {
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
  const gateway = gatewayTo(sandbox.env, store);
  onTestFinished(() => gateway.close());
  const deps = engineDeps(gateway, store);
  const engine = createEngine(deps);
  const boardAdmins = new Set(
    [...sandbox.world.trello.boards.values()].flatMap(({ memberships }) =>
      memberships.filter(({ memberType }) => memberType === "admin").map(({ idMember }) => idMember),
    ),
  );
  const leavers = [...(sandbox.world.trello.workspaces.get(standard.id)?.memberships ?? [])]
    .filter(({ memberType, deactivated }) => memberType === "normal" && !deactivated)
    .filter(({ idMember }) => !boardAdmins.has(idMember))
    .slice(0, RUNS);
  expect(leavers).toHaveLength(RUNS);

  const plans = [];
  for (const { idMember } of leavers)
    plans.push(
      await confirm({ engine, caller: { client: "trial/1.0", subject: null } }, "remove_from_workspace", {
        workspace: standard.id,
        member: idMember,
      }),
    );
  const effects = plans.flatMap((plan) => plan.effects).length;
  sandbox.resetRequests();
  // Begun by a process that dies at once: all of them are to be handed out.
  for (const plan of plans)
    await store.plans.startRun(plan.id, {
      runId: `run_${plan.id}`,
      principalId: plan.principal.id,
      holder: "dead",
      at: new Date().toISOString(),
      leaseMs: 1,
    });

  const env = {
    ...sandbox.env,
    IDENTITY_STORE_URL: url,
    IDENTITY_POLICY_FILE: POLICY,
    IDENTITY_LOG_LEVEL: "info",
  };
  const start = () => startHttpProcess([MAIN, "http"], env);
  const replicas = await Promise.all(Array.from({ length: REPLICAS }, start));
  const logs: HttpProcess[] = [...replicas];
  onTestFinished(async () => {
    for (const replica of replicas) {
      process.kill(replica.pid, "SIGCONT");
      await replica.stop();
    }
  });

  const losses: Loss[] = [];
  const begun = Date.now();
  for (let round = 1; !(await allEnded(store)); round += 1) {
    await sleep(1_500 + Math.random() * 2_500);
    const index = Math.floor(Math.random() * REPLICAS);
    const replica = replicas[index];
    if (!replica || (await allEnded(store))) continue;
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
    if (Date.now() - begun > 15_000 * RUNS + 120_000) throw new Error("the runs do not come to an end");
  }
  const seconds = Math.round((Date.now() - begun) / 1000);

  for (const plan of plans) {
    const run = await store.runs.get(`run_${plan.id}`);
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

  const taken = await takeOvers(store, losses);
  const line = (how: Loss["how"]) => {
    const ms = taken.filter((each) => each.how === how).map((each) => each.ms);
    const at = (share: number) =>
      ms.toSorted((a, b) => a - b)[Math.ceil(ms.length * share) - 1] ?? Number.NaN;
    return `${how}: ${ms.length} take-overs, p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, most ${at(1)} ms`;
  };
  console.log(
    `${RUNS} runs, ${effects} writes, ${sandbox.requests.length} requests in ${seconds} s; ${line("killed")}; ${line("stopped")}`,
  );
}, 900_000);

/** The database may be away. */
async function allEnded(store: Store): Promise<boolean> {
  const runs = await store.runs.list({ limit: RUNS }).catch(() => null);
  return runs !== null && runs.every(({ state }) => state !== "running" && state !== "verifying");
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

/** How long (ms) each lost run waited for its next process. */
async function takeOvers(store: Store, losses: readonly Loss[]) {
  const resumed = (await store.audit.read({ limit: 100_000 })).filter(({ event }) => event === "run.resumed");
  return losses.flatMap(({ runId, at, how }) => {
    const next = resumed.find(
      (record) => (record.facts as { run?: string }).run === runId && Date.parse(record.at) >= at,
    );
    return next ? [{ how, ms: Date.parse(next.at) - at }] : [];
  });
}
