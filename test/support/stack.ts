import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { clock } from "../../src/cli/support/product.ts";
import type { ApplicationConnection } from "../../src/domain/application.ts";
import type { Plan } from "../../src/domain/plan.ts";
import type { Caller } from "../../src/domain/planning.ts";
import type { Run } from "../../src/domain/run.ts";
import type { Clock } from "../../src/domain/runtime.ts";
import type { EngineDeps } from "../../src/engine/context.ts";
import { createEngine, type Engine } from "../../src/engine/engine.ts";
import type { Gateway } from "../../src/gateway/gateway.ts";
import type { Rules } from "../../src/policy/rules.ts";
import {
  type RequestRecord,
  type Sandbox,
  type SandboxOptions,
  startSandbox,
} from "../../src/sandbox/index.ts";
import type { Store } from "../../src/store/store.ts";
import { applicationsOf, connectionsOf } from "./connections.ts";
import { boundless } from "./boundless.ts";
import { freshWorld } from "./fresh-world.ts";
import { MEMORY } from "./memory.ts";
import { engineDeps, gatewayTo, openStoreAt, type WiringOptions } from "./wiring.ts";
import { newPlace } from "./place.ts";

export { OPEN_RULES } from "./wiring.ts";

/** Everything below the server, in this process, against a sandbox of its own. */
export interface Stack {
  readonly sandbox: Sandbox;
  readonly store: Store;
  readonly gateway: Gateway;
  readonly engine: Engine;
  readonly caller: Caller;
  /** What the engine was built from. */
  readonly deps: EngineDeps;
  /** Another engine on the same store and sandbox, as another process would have. */
  another(changes?: Partial<EngineDeps>): Engine;
  close(): Promise<void>;
}

export interface StackOptions extends WiringOptions {
  /** Without `rateLimits` the gateway counts none either. */
  readonly sandbox?: SandboxOptions;
  readonly rules?: Partial<Rules>;
  /** Whether the rosters of the sandbox's vendors are connected. */
  readonly vendors?: boolean;
  /** What is connected of the sandbox's applications: each as its connections file says, or as this changes it. */
  readonly connect?: (application: ApplicationConnection) => ApplicationConnection;
}

/** Time runs as usual, but waiting takes next to none: what is waited out costs a test nothing. */
export const hastyClock: Clock = {
  ...clock,
  sleep: async (ms, signal) => {
    await sleep(Math.min(ms, 5), undefined, signal ? { signal } : {});
  },
};

export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const { world = "clean", ...others } = options.sandbox ?? {};
  const sandbox = await startSandbox({
    ...others,
    world: typeof world === "string" && !others.now ? freshWorld(world) : world,
  });
  const folder = await mkdtemp(join(MEMORY, "identity-"));
  const store = await openStoreAt(await newPlace(folder));
  const ledger = options.sandbox?.rateLimits === false ? boundless : store.ledger;
  const rosters = options.vendors ? await connectionsOf(sandbox) : [];
  const applications = options.connect ? (await applicationsOf(sandbox)).map(options.connect) : [];
  const gateway = gatewayTo(
    sandbox.env,
    { ledger, webhooks: store.webhooks },
    { rosters, applications, ...options },
  );
  // All of these engines share one process, so none of them can be told dead by its process id.
  const build = (): EngineDeps => ({
    ...engineDeps(gateway, store, options.rules, options.clock),
    gone: () => false,
  });
  const deps = build();
  return {
    sandbox,
    store,
    gateway,
    deps,
    engine: createEngine(deps),
    caller: { client: "test/1.0", subject: null },
    another: (changes = {}) => createEngine({ ...build(), ...changes }),
    async close() {
      await gateway.close();
      await store.close();
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

type Args = Readonly<Record<string, string | readonly string[]>>;

/** Proposes, holds, and says yes as a person of the level that the plan needs. */
export async function confirm(
  { engine, caller }: Pick<Stack, "engine" | "caller">,
  tool: string,
  args: Args,
): Promise<Plan> {
  const plan = await engine.propose(tool, args, caller);
  await engine.storePlan(plan);
  if (plan.requires !== "none")
    await engine.decide(plan.id, { accepted: true, level: plan.requires, by: "a person" });
  return plan;
}

/** Proposes, holds, says yes as a person of the level that the plan needs, and applies. */
export async function confirmAndApply(
  stack: Pick<Stack, "engine" | "caller">,
  tool: string,
  args: Args,
): Promise<Run> {
  const plan = await confirm(stack, tool, args);
  return stack.engine.apply(plan.id, stack.caller);
}

/** Every request that could have changed something upstream. */
export function writesIn(sandbox: Pick<Sandbox, "requests">): readonly RequestRecord[] {
  return sandbox.requests.filter(
    ({ method, operation }) =>
      method !== "GET" && !operation?.endsWith("search") && !operation?.endsWith("for-email"),
  );
}

/** The boards that a person is on, of one workspace or of all. */
export function boardsWith({ world }: Pick<Sandbox, "world">, idMember: string, idOrganization?: string) {
  return [...world.trello.boards.values()].filter(
    (board) =>
      (idOrganization === undefined || board.idOrganization === idOrganization) &&
      board.memberships.some((row) => row.idMember === idMember),
  );
}

/** The person's row in a workspace, or undefined. */
export function inWorkspace({ world }: Pick<Sandbox, "world">, idOrganization: string, idMember: string) {
  return world.trello.workspaces.get(idOrganization)?.memberships.find((row) => row.idMember === idMember);
}
