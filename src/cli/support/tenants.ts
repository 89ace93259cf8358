import { setMaxListeners } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import type { RequestHandler } from "express";
import type { Room } from "../../approvals/service.ts";
import type { Config, TenantConfig } from "../../config/config.ts";
import { AppError, toAppError } from "../../domain/error.ts";
import type { SignedIn } from "../../domain/planning.ts";
import type { Log, Meter } from "../../domain/runtime.ts";
import { createFrontFactory, type Offer } from "../../server/front.ts";
import type { NeededScope } from "../../server/scopes.ts";
import { listedTool } from "../../server/tool-facts.ts";
import type { Store } from "../../store/store.ts";
import { enabledTools } from "../../tools/define.ts";
import { VERSION } from "../version.ts";
import type { CommandIo } from "./command.ts";
import { type Loaded, load } from "./load-product.ts";
import { type Product, wireLog, wireServiceStore } from "./product.ts";
import { takeUp, workInBackground } from "./serve.ts";
import { createLateSecrets } from "./late-secrets.ts";
import { createRereading } from "./rereading.ts";
import { createRotation, keepRotating, type Rotation } from "./rotation.ts";
import { configure, loadToolFacts, watchedSettings } from "./settings.ts";
import { createWatchedFiles } from "./watched-files.ts";
import { receiverOfTenants } from "./webhook-receiver.ts";

/**
 * What the command `http` serves: one product (connections, rules, store and runs) for the whole service, or one
 * product for each tenant.
 */
export interface Service {
  readonly config: Config;
  readonly log: Log;
  /**
   * The store of the service itself. With tenants, it contains only what all tenants share: sign-ins and rate budgets.
   */
  readonly store: Store;
  readonly factory: ReturnType<typeof createFrontFactory>;
  readonly needed: NeededScope;
  roomOf(person: SignedIn): Promise<Room | null>;
  /** The receiver of Trello's webhooks; null if the settings do not allow checking their signatures. */
  readonly webhooks: RequestHandler | null;
  /** The products that are open now. */
  products(): readonly Product[];
  /** Whether the service can work now. The answer to `/readyz` depends on it. */
  ready(): Promise<boolean>;
  /** Replaces credentials by new ones from the files of the settings, without a restart. */
  readonly rotation: Rotation;
  /** Called when the server begins to stop. Calls that wait for a person or for a run are then answered at once. */
  hurry(): void;
  close(): Promise<void>;
}

/** A tenant that is open: its product is loaded and its store is open. */
interface OpenTenant extends Loaded {
  /** Continues the runs that waited for credentials. */
  goOn(): void;
  end(): Promise<void>;
}

/**
 * Serves each tenant as a whole product of its own: connections, rules, store, runs and approvals. Tenants share only
 * this process, its HTTP server, the sign-in and the rate budgets. So no tenant can see anything of another. A tenant
 * opens at its first request. All others are opened one after another in the background, because they may have
 * unfinished runs.
 */
export async function serveTenants(
  io: CommandIo,
  meterOf: (config: Config, log: Log) => Promise<Meter>,
): Promise<Service> {
  const files = createWatchedFiles();
  const rereading = createRereading(files, async (read) =>
    configure(io, await watchedSettings("http", io, files), { trello: true }, read),
  );
  const config = await rereading.first();
  const facts = await loadToolFacts();
  const late = createLateSecrets((line) => io.stderr.write(line));
  const log = wireLog(config, late.write);
  const store = await wireServiceStore(config);
  const stop = new AbortController();
  const stopping = new AbortController();
  // Each call under way listens.
  setMaxListeners(0, stop.signal, stopping.signal);
  const tenants = new Map(config.tenants.map((each) => [each.tenant, each]));
  const opening = new Map<string, Promise<OpenTenant>>();
  const open = new Map<string, OpenTenant>();
  const rotation = createRotation({
    config,
    files,
    reread: rereading.again,
    hide: late.hide,
    log,
    openOf: async (name) => (await opening.get(name ?? "")?.catch(() => null))?.product ?? null,
    use(next) {
      if (next.tenant === null) return;
      tenants.set(next.tenant, { ...next, tenant: next.tenant });
      open.get(next.tenant)?.goOn();
    },
  });

  async function start(tenant: TenantConfig): Promise<OpenTenant> {
    const own = await store.tenant(tenant.tenant);
    try {
      const meter = await meterOf(tenant, log);
      const loaded = await load(io, tenant, {
        sandboxed: false,
        over: "http",
        meter,
        store: own,
        stopping: stopping.signal,
        refused: rotation.look,
        writeLog: late.write,
      });
      let background: Promise<unknown> = workInBackground(loaded.product, stop.signal);
      const goOn = () => {
        const taken = takeUp(loaded.product, "all", stop.signal);
        background = Promise.all([background, taken]);
      };
      const end = async () => {
        await Promise.all([background, loaded.close()]);
        await own.dispatcher?.stop();
        await loaded.product.close();
      };
      const started = { ...loaded, goOn, end };
      open.set(tenant.tenant, started);
      return started;
    } catch (thrown) {
      await own.close();
      throw thrown;
    }
  }

  /**
   * The tenant of a caller. If the tenant is not open, it is opened. If opening fails, the next request tries again.
   */
  async function tenantOf(name: string | undefined): Promise<OpenTenant> {
    const tenant = tenants.get(name ?? "");
    // Callers without a tenant were refused before. So the error is thrown in only two cases: the tenant is unknown, or
    // the server is stopping.
    if (tenant === undefined || stop.signal.aborted) throw closed();
    const begun = opening.get(tenant.tenant);
    if (begun) return await begun;
    const started = start(tenant);
    opening.set(tenant.tenant, started);
    started.catch((thrown: unknown) => {
      opening.delete(tenant.tenant);
      const { code, message } = toAppError(thrown);
      log("error", { tenant: tenant.tenant, code, reason: message }, "a tenant could not be opened");
    });
    return await started;
  }

  // All tenants are opened, even if no person of the tenant calls, because a tenant may have unfinished runs.
  const openAll = () =>
    untilOpen([...tenants.keys()], async (name) => void (await tenantOf(name)), stop.signal);

  const offers = new Map<string, Offer>();
  for (const [name, each] of tenants) {
    const tools = enabledTools(facts, each).map((tool) =>
      listedTool(tool, each.confirmation, each.http.authorization),
    );
    offers.set(name, { tools, answering: async () => (await tenantOf(name)).answering });
  }
  const allOpened = openAll();
  const rotating = keepRotating(rotation, stop.signal);

  return {
    config,
    log,
    store,
    factory: createFrontFactory({
      version: VERSION,
      log,
      offerTo(caller) {
        const offer = offers.get(caller?.tenant ?? "");
        if (offer === undefined) throw closed();
        return offer;
      },
    }),
    needed: async (message, person) => (await tenantOf(person.tenant)).needed(message, person),
    roomOf: async ({ tenant = "" }) => (tenants.has(tenant) ? (await tenantOf(tenant)).room : null),
    webhooks: receiverOfTenants(async (tenant) =>
      tenants.has(tenant) ? (await tenantOf(tenant)).product : null,
    ),
    products: () => [...open.values()].map(({ product }) => product),
    // Only the store decides whether the service is ready. Refused credentials of one tenant must not make the whole
    // service unavailable to the other tenants.
    ready: () =>
      store.facts.get("ready").then(
        () => true,
        () => false,
      ),
    rotation,
    hurry: () => stopping.abort(),
    async close() {
      stop.abort();
      await Promise.all([allOpened, rotating]);
      await Promise.allSettled(opening.values());
      await Promise.all([...open.values()].map((each) => each.end()));
      await store.dispatcher?.stop();
      await store.close();
    },
  };
}

/** After a failure to open a tenant, the server tries again after this time (ms). */
const AGAIN_MS = 60_000;

/** Opens all tenants, one after the other. Tenants that cannot be opened are tried again until `signal` is aborted. */
export async function untilOpen(
  names: readonly string[],
  open: (name: string) => Promise<void>,
  signal: AbortSignal,
  sleep: (ms: number) => Promise<void> = (ms) => wait(ms, undefined, { signal, ref: false }),
): Promise<void> {
  let left = names;
  for (;;) {
    const failed: string[] = [];
    for (const name of left) await open(name).catch(() => failed.push(name));
    left = failed;
    if (left.length === 0 || signal.aborted) return;
    await sleep(AGAIN_MS).catch(() => {});
  }
}

function closed(): AppError {
  return new AppError("UNAUTHENTICATED", "This server does not serve your tenant now.", {
    next: "Try again in a moment. If this goes on, ask the administrator of this server.",
  });
}
