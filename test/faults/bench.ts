import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as soon } from "node:timers/promises";
import { clock } from "../../src/cli/support/product.ts";
import type { Ledger } from "../../src/domain/budget.ts";
import type { Clock } from "../../src/domain/runtime.ts";
import { createEngine, type Engine } from "../../src/engine/engine.ts";
import type { GatewayOptions } from "../../src/gateway/create.ts";
import type { Gateway } from "../../src/gateway/gateway.ts";
import { type FaultSchedule, type Sandbox, startSandbox, type World } from "../../src/sandbox/index.ts";
import type { Rules } from "../../src/policy/rules.ts";
import type { Store } from "../../src/store/store.ts";
import { MEMORY } from "../support/memory.ts";
import { engineDeps, gatewayTo, openStoreAt } from "../support/wiring.ts";
import { newPlace } from "../support/place.ts";

/** Waiting takes no time, so that what is waited out costs nothing; time itself runs as usual. */
const restlessClock: Clock = {
  ...clock,
  sleep: async (_ms, signal) => {
    await soon(undefined, signal ? { signal } : {});
  },
};

/** Budgets that are never used up. */
const endless: Ledger = {
  take: async () => 0,
  answered: async () => {},
  pause: async () => {},
  remaining: async (budgets) => budgets.map(({ limit }) => limit),
};

/** Engine, store and sandbox in this process, made for many short lives. */
export interface Bench {
  readonly sandbox: Sandbox;
  readonly store: Store;
  readonly gateway: Gateway;
  readonly engine: Engine;
  readonly caller: { readonly client: string; readonly subject: null };
  /** Another engine on the same store, as another process would have. */
  another(): Engine;
  close(): Promise<void>;
}

export async function openBench(
  world: World,
  options: {
    readonly faults?: FaultSchedule;
    readonly http?: GatewayOptions["http"];
    readonly rules?: Partial<Rules>;
  } = {},
): Promise<Bench> {
  const sandbox = await startSandbox({
    world,
    rateLimits: false,
    ...(options.faults && { faults: options.faults }),
  });
  const folder = await mkdtemp(join(MEMORY, "identity-faults-"));
  const store = await openStoreAt(await newPlace(folder));
  const gateway = gatewayTo(
    sandbox.env,
    { ledger: endless },
    { clock: restlessClock, ...(options.http && { http: options.http }) },
  );
  const another = () =>
    createEngine({ ...engineDeps(gateway, store, options.rules, restlessClock), gone: () => false });
  return {
    sandbox,
    store,
    gateway,
    engine: another(),
    another,
    caller: { client: "faults/1.0", subject: null },
    async close() {
      await gateway.close();
      await store.close();
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
