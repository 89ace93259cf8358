import { randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import { type Config, secretsOf } from "../../config/config.ts";
import type { MembershipEvent } from "../../domain/membership-event.ts";
import type { Log, Meter } from "../../domain/runtime.ts";
import { takesAway } from "../../effects/kinds.ts";
import { losersOf } from "../../effects/taking.ts";
import { createEngine, type Engine } from "../../engine/engine.ts";
import type { RenewableGateway } from "../../gateway/create.ts";
import { openStore, type ServiceStore } from "../../store/open.ts";
import type { Store } from "../../store/store.ts";
import { catalog, plannerOf, toolsMaking } from "../../tools/catalog.ts";
import type { Tool } from "../../tools/define.ts";
import { createLog } from "./log.ts";
import { createWebhookAddress } from "./webhook-address.ts";
import { wireGateway } from "./wire-gateway.ts";

/** Everything that a command needs, made from the settings: store, gateway, engine and log. */
export interface Product {
  readonly config: Config;
  readonly log: Log;
  readonly store: Store;
  readonly gateway: RenewableGateway;
  readonly engine: Engine;
  readonly tools: readonly Tool[];
  /** Tells people about an event that a webhook reported, if they must know of it. Never throws. */
  readonly heard?: (event: MembershipEvent) => void;
  /** Closes everything, so that the process can end. */
  close(): Promise<void>;
}

/** Opens the store of the whole service. The stores of its tenants are separate parts of it. */
export async function wireServiceStore({ storeUrl }: Pick<Config, "storeUrl">): Promise<ServiceStore> {
  return await openStore(storeUrl.reveal(), {
    now: clock.now,
    monotonic: clock.monotonic,
    isDestructive: takesAway,
    losersOf,
  });
}

/** Opens the store for a configuration. A tenant's configuration opens the tenant's own store. */
export async function wireStore(config: Config): Promise<Store> {
  const service = await wireServiceStore(config);
  if (config.tenant === null) return service;
  try {
    const store = await service.tenant(config.tenant);
    const close = async () => {
      await store.close();
      await service.close();
    };
    return { ...store, close };
  } catch (thrown) {
    await service.close();
    throw thrown;
  }
}

/** Makes everything from the settings. `writeLog` gets the lines of the log. */
export async function wire(
  config: Config,
  deps: {
    readonly writeLog: (line: string) => void;
    readonly tools: readonly Tool[];
    readonly meter?: Meter | undefined;
    /** The store of the configuration, if the caller has already opened it. Otherwise this function opens it. */
    readonly store?: Store | undefined;
    /**
     * Called if an upstream refuses the credentials. The function reads the files of the settings again, to find new
     * credentials.
     */
    readonly refused?: (() => Promise<void>) | undefined;
  },
): Promise<Product> {
  const log = wireLog(config, deps.writeLog);
  const store = deps.store ?? (await wireStore(config));
  const gateway = wireGateway(config, { store, log, clock, meter: deps.meter, refused: deps.refused });
  const processName = createProcessName(randomBytes(6).toString("hex"));
  openProducts.add(processName);
  const tools = deps.tools;
  const engine = createEngine({
    gateway,
    store,
    rules: {
      weakest: config.confirmation,
      confirmation: {
        default: config.policy.confirmation.default,
        tools: new Map(Object.entries(config.policy.confirmation.tools)),
      },
      protected: config.policy.protected,
      limits: config.policy.limits,
      approvers: config.policy.approvers,
      invitations: config.policy.invitations,
      workspaces: config.workspaces,
      beyondWorkspaces: config.policy.beyondWorkspaces,
      teamBoards: config.policy.teamBoards,
      rosters: config.policy.rosters,
    },
    webhookAddress: createWebhookAddress(config),
    planner: plannerOf(tools),
    toolsMaking: toolsMaking(catalog),
    clock,
    newId: (prefix) => `${prefix}_${randomBytes(12).toString("hex")}`,
    processName,
    // Whether the process `other` has certainly ended. With a shared database this is never certain, because `other`
    // may run on another machine. Then the runs of `other` can be continued only after its lease (its right to work on
    // them) has expired. With a shared database, leases are short.
    gone: (other) => store.dispatcher === null && isGone(other, processName),
    log,
  });
  return {
    config,
    log,
    store,
    gateway,
    engine,
    tools,
    async close() {
      await gateway.close();
      await store.close();
      openProducts.delete(processName);
    },
  };
}

/** The log of a configuration. Each line of a tenant names the tenant. */
export function wireLog(config: Config, write: (line: string) => void): Log {
  const secrets = secretsOf(config).map((secret) => secret.reveal());
  const log = createLog(config.logLevel, secrets, write);
  const { tenant } = config;
  return tenant === null ? log : (level, facts, message) => log(level, { tenant, ...facts }, message);
}

/**
 * The process names that are in use in this process: one for each `Product` that is open. A name contains the process
 * id and a random text.
 */
const openProducts = new Set<string>();

/** The clock of this machine, which is passed to every part that needs the time. */
export const clock = {
  /** Milliseconds since 1970. */
  now: (): number => Date.now(),
  /**
   * Milliseconds since the machine started. All processes of the machine see the same value, and it is never set back.
   */
  monotonic: (): number => Number(process.hrtime.bigint() / 1000n) / 1000,
  /** Rejects when `signal` is aborted. */
  sleep: async (ms: number, signal?: AbortSignal): Promise<void> => {
    await wait(ms, undefined, signal ? { signal } : {});
  },
};

/** Names this process in leases: `host:pid:place:random`. */
export function createProcessName(random: string): string {
  return `${hostname()}:${process.pid}:${processPlace(random)}:${random}`;
}

/**
 * Names the place (machine or container) in which a process id belongs to only one process. On Linux, the place is one
 * boot of the kernel and one namespace of process ids. The host name would not be enough there, because two containers
 * can have the same host name. Other systems have no such namespaces, so the host name is enough.
 */
function processPlace(random: string): string {
  if (process.platform !== "linux") return process.platform;
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const namespace = /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? "";
    return `${boot}.${namespace}`;
  } catch {
    // Nothing identifies this machine, so a random text is used. Then other processes notice the end of this process
    // only when its lease expires.
    return random;
  }
}

/**
 * Whether the process with the name `processName` has certainly ended. This can be certain only if that process ran in
 * the same place (machine or container) as this one. If it ran in another place, other processes wait until its lease
 * expires. In the same place, it has certainly ended in two cases:
 * - Its process id is not in use.
 * - Its process id now belongs to the calling process, which does not use this name.
 */
export function isGone(processName: string, self: string): boolean {
  const [host, pid, place] = processName.split(":");
  const [ownHost, , ownPlace] = self.split(":");
  const number = Number(pid);
  if (processName === self || host !== ownHost || place !== ownPlace) return false;
  if (!Number.isInteger(number) || number <= 0) return false;
  if (number === process.pid) return !openProducts.has(processName);
  try {
    // Signal 0 stops nothing. It only asks whether the process exists.
    process.kill(number, 0);
    return false;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === "ESRCH";
  }
}
