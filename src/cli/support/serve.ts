import { setMaxListeners } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import type { Config } from "../../config/config.ts";
import { requireNoSecondPerson } from "../../config/second-person.ts";
import { requireNoTenants } from "../../config/load-tenants.ts";
import { toAppError } from "../../domain/error.ts";
import type { Log, Meter } from "../../domain/runtime.ts";
import type { Engine } from "../../engine/engine.ts";
import type { WorldName } from "../../sandbox/index.ts";
import { createFrontFactory } from "../../server/front.ts";
import { listedTool } from "../../server/tool-facts.ts";
import { enabledTools } from "../../tools/define.ts";
import { VERSION } from "../version.ts";
import type { CommandIo } from "./command.ts";
import { keepDeleting } from "./keep-deleting.ts";
import { createLateSecrets } from "./late-secrets.ts";
import { createRereading } from "./rereading.ts";
import { createRotation, keepRotating, type Rotation } from "./rotation.ts";
import { startSandboxed } from "./sandboxed.ts";
import type { Loaded } from "./load-product.ts";
import type { Product } from "./product.ts";
import { configure, loadToolFacts, watchedSettings } from "./settings.ts";
import { createWatchedFiles } from "./watched-files.ts";

export interface Serving {
  readonly config: Config;
  readonly factory: ReturnType<typeof createFrontFactory>;
  /** Loads the whole program, if it is not loaded yet. */
  loaded(): Promise<Loaded>;
  /** A promise that rejects if loading the program in the background failed. The server must then end. */
  readonly failed: Promise<never>;
  /**
   * The log of the program. Its first line makes the whole program load, because only the loaded program can write log
   * lines.
   */
  readonly log: Log;
  /** Reads new credentials from the files that the settings name, and uses them without a restart. */
  readonly rotation: Rotation;
  /** Called when the server is stopping. Calls that wait for a person or a run are then answered at once. */
  hurry(): void;
  close(): Promise<void>;
}

/** The program is loaded 100 ms after a client listed the tools; or at once, if a client calls a tool earlier. */
const AFTER_LISTING_MS = 100;
/** Without a client that lists the tools, the program is loaded 2 seconds after the start. */
const AFTER_START_MS = 2_000;

/**
 * The common part of `stdio` and `http`. Settings are checked at once. `initialize` and `tools/list` are answered from
 * prepared data, without the whole program. The whole program is loaded at the first tool call or in the background.
 * `world`: the sandbox's company; null for the real Trello. `meterOf`: makes the object that counts what the server
 * does; called while the whole program is loaded.
 */
export async function serve(
  io: CommandIo,
  world: WorldName | null,
  over: "stdio" | "http",
  meterOf?: (config: Config, log: Log) => Promise<Meter>,
): Promise<Serving> {
  const sandboxed = world ? await startSandboxed(io.env, world) : null;
  try {
    const files = createWatchedFiles();
    const rereading = createRereading(files, async (read) => {
      const settings = await watchedSettings(over, io, files);
      return await configure({ ...io, env: sandboxed?.env ?? io.env }, settings, { trello: true }, read);
    });
    const config = await rereading.first();
    let inUse = config;
    if (over === "stdio") {
      requireNoSecondPerson(config);
      requireNoTenants(config);
    }
    const facts = enabledTools(await loadToolFacts(), config);
    let fail: (reason: unknown) => void = () => {};
    const failed = new Promise<never>((_resolve, reject) => {
      fail = reject;
    });
    // If the server has already ended, nothing handles a failed loading. Without this line, the failure would end the
    // process as an unhandled rejection.
    failed.catch(() => {});
    const stop = new AbortController();
    const stopping = new AbortController();
    // Every running call listens to this signal, so Node's limit for the number of listeners is removed.
    setMaxListeners(0, stopping.signal);
    let background: Promise<unknown> | undefined;
    let loading: Promise<Loaded> | undefined;
    const load = async () => {
      const product = await (await import("./load-product.ts")).load(io, inUse, {
        sandboxed: sandboxed !== null,
        meter: await meterOf?.(config, log),
        over,
        stopping: stopping.signal,
        refused: rotation.look,
        writeLog: late.write,
      });
      // A server that runs beside a desktop client should need little memory, so this flag makes V8 clean up more
      // often. It is set only after the program is loaded, because it would make the loading slower.
      setFlagsFromString("--optimize-for-size");
      // From now on, V8's memory for new objects may grow as needed (see `load-command.ts`).
      setFlagsFromString("--semi-space-growth-factor=2");
      const works = [workInBackground(product.product, stop.signal), keepRotating(rotation, stop.signal)];
      background = Promise.all(works);
      return product;
    };
    const loaded = () => {
      clearTimeout(idle);
      return (loading ??= load());
    };
    const loadIdly = () => void loaded().catch(fail);
    let idle = setTimeout(loadIdly, AFTER_START_MS);
    const log: Log = (...line) => void loaded().then(({ product }) => product.log(...line), fail);
    const late = createLateSecrets((line) => io.stderr.write(line));
    const rotation = createRotation({
      config,
      files,
      reread: rereading.again,
      openOf: async () => (await loading?.catch(() => null))?.product ?? null,
      use(next) {
        inUse = next;
        background = Promise.all([background, loading?.then(goOn, () => {})]);
      },
      hide: late.hide,
      log,
    });
    const goOn = ({ product }: Loaded) => takeUp(product, "all", stop.signal);
    const offer = {
      tools: facts.map((each) => listedTool(each, config.confirmation, config.http.authorization)),
      answering: async () => (await loaded()).answering,
      listed() {
        if (loading) return;
        clearTimeout(idle);
        idle = setTimeout(loadIdly, AFTER_LISTING_MS);
      },
    };
    return {
      config,
      factory: createFrontFactory({ version: VERSION, log, lasting: over === "stdio", offerTo: () => offer }),
      loaded,
      failed,
      log,
      rotation,
      hurry: () => stopping.abort(),
      async close() {
        clearTimeout(idle);
        stop.abort();
        const open = await loading?.catch(() => undefined);
        await Promise.all([background, open?.close()]);
        await open?.product.store.dispatcher?.stop();
        await open?.product.close();
        await sandboxed?.close();
      },
    };
  } catch (thrown) {
    await sandboxed?.close();
    throw thrown;
  }
}

/** Until `signal` is aborted: continues unfinished runs, and deletes old plans, runs and reviews. */
export async function workInBackground(product: Product, signal: AbortSignal): Promise<void> {
  const clock = { now: Date.now, sleep: sleepUnheld };
  await Promise.all([takeUpRuns(product, signal), keepDeleting(product, clock, signal)]);
}

/** Waits for a time. The timer does not keep the process running. */
async function sleepUnheld(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal, ref: false });
}

/**
 * The most runs that one process continues at the same time. The number can be high for two reasons. The rate budgets
 * limit the requests of all runs together. One write to the store renews all leases (a process's right to continue a
 * run).
 */
const SLOTS = 100;

/**
 * Continues unfinished runs. A PostgreSQL store hands each run to one process; with a SQLite store, this process looks
 * for the runs itself.
 */
async function takeUpRuns(product: Product, signal: AbortSignal): Promise<void> {
  const { engine, log, store } = product;
  const { dispatcher } = store;
  if (dispatcher === null) return await keepRecovering(product, sleepUnheld, signal);
  const failed = (thrown: unknown) => {
    const { code, message } = toAppError(thrown);
    log("error", { code, reason: message }, "unfinished runs could not be searched for");
  };
  const carry = async (runId: string, stopping: AbortSignal) => {
    const run = await engine.carry(runId, stopping);
    if (run) log("info", { runId, state: run.state }, "unfinished run continued");
    return run ? "ended" : "left";
  };
  while (!signal.aborted) {
    try {
      return await dispatcher.start(carry, { slots: SLOTS, prepare: engine.prepare, failed });
    } catch (thrown) {
      failed(thrown);
      await sleepUnheld(RECOVERY_INTERVAL_MS, signal).catch(() => {});
    }
  }
}

interface RecoveryDeps {
  readonly engine: Pick<Engine, "recover">;
  readonly log: Log;
}

/** How often (ms) a process looks for unfinished runs whose process has ended. */
const RECOVERY_INTERVAL_MS = 15_000;

/**
 * Continues unfinished runs, again and again, until `signal` is aborted. The first search takes all unfinished runs.
 * Later searches take only the runs of processes that have ended, on this or another machine. A search that failed is
 * logged and repeated.
 */
export async function keepRecovering(
  product: RecoveryDeps,
  sleep: (ms: number, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  await takeUp(product, "all", signal);
  while (!signal.aborted) {
    // The sleep ends early only if the signal was aborted; the loop then ends too.
    await sleep(RECOVERY_INTERVAL_MS, signal).catch(() => {});
    if (!signal.aborted) await takeUp(product, "abandoned", signal);
  }
}

/** Continues unfinished runs once: all of them, or only those of processes that died. Never throws. */
export async function takeUp(
  { engine, log }: RecoveryDeps,
  which: "all" | "abandoned",
  signal: AbortSignal,
): Promise<void> {
  try {
    for (const run of await engine.recover(signal, which)) {
      log("info", { runId: run.id, state: run.state }, "unfinished run continued");
    }
  } catch (thrown) {
    const { code, message } = toAppError(thrown);
    if (!signal.aborted) log("error", { code, reason: message }, "unfinished runs could not be continued");
  }
}
