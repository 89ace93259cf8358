// A process of its own on a store and a sandbox: `child STORE-PATH`, the sandbox's settings in the environment. It takes
// a line of JSON for each thing to do and answers with one; told to die, it sends itself SIGKILL.
import { createInterface } from "node:readline";
import { clock } from "../../src/cli/support/product.ts";
import { AppError } from "../../src/domain/error.ts";
import { createEngine } from "../../src/engine/engine.ts";
import { openLedger } from "../../src/store/ledger.ts";
import { engineDeps, gatewayTo, openStoreAt } from "../support/wiring.ts";
import { createDying } from "./dying.ts";
import type { Answer, Order } from "./processes.ts";

const store = await openStoreAt(process.argv[2] ?? "");
const env = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
);
// A budget of its own: many processes in a row would wait for the one that they share.
const gateway = gatewayTo(env, { ledger: await openLedger(":memory:", clock.monotonic) });
/** The store of one lane sees the same offboarding over and over within a day. */
const MANY_RUNS = { peoplePerDay: 1_000_000, destructiveEffectsPerDay: 1_000_000, percentOfWorkspace: 100 };
const caller = { client: "crash/1.0", subject: null };

async function obey(order: Order): Promise<Answer> {
  try {
    return await done(order);
  } catch (thrown) {
    if (thrown instanceof AppError) return { runs: [], writes: 0, refused: thrown.code };
    throw thrown;
  }
}

async function done({ death, apply, limit }: Order): Promise<Answer> {
  const dying = createDying(store, death, () => process.kill(process.pid, "SIGKILL"));
  const engine = createEngine(
    engineDeps(gateway, dying.store, {
      limits: { ...MANY_RUNS, ...(limit !== undefined && { peoplePerDay: limit }) },
    }),
  );
  if (!apply) {
    const runs = await engine.recover();
    return { runs: runs.map(({ id }) => id), writes: dying.count() };
  }
  const plan = await engine.propose(apply.tool, apply.args, caller);
  await engine.storePlan(plan);
  await engine.decide(plan.id, { accepted: true, level: "approval", by: "a person" });
  const run = await engine.apply(plan.id, caller);
  return { runs: [run.id], writes: dying.count() };
}

const say = (answer: Answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
say({ runs: [], writes: 0 });
for await (const line of createInterface({ input: process.stdin }))
  say(await obey(JSON.parse(line) as Order));
await gateway.close();
await store.close();
