import { setTimeout as wait } from "node:timers/promises";
import type { Config } from "../../config/config.ts";
import type { Variable } from "../../config/settings.ts";
import { toAppError } from "../../domain/error.ts";
import type { Plan } from "../../domain/plan.ts";
import type { Log } from "../../domain/runtime.ts";
import type { Engine } from "../../engine/engine.ts";
import type { WorldName } from "../../sandbox/index.ts";
import { createDesk } from "../../approvals/desk.ts";
import { createServerFactory } from "../../server/server.ts";
import { catalog, enabledTools } from "../../tools/catalog.ts";
import { VERSION } from "../version.ts";
import type { CommandIo } from "./command.ts";
import { approvalsText, deskDeps } from "./desk.ts";
import { type Product, wire } from "./product.ts";
import { startSandboxed } from "./sandboxed.ts";
import { configure } from "./settings.ts";
import { terminalRefusal } from "./terminal.ts";

export interface Serving {
  readonly product: Product;
  readonly factory: ReturnType<typeof createServerFactory>;
  close(): Promise<void>;
}

/**
 * What `stdio` and `http` share: the product and its MCP server. Unfinished runs are taken up in the background.
 * `world` is the sandbox's, or null for the real upstream.
 */
export async function serve(
  io: CommandIo,
  settings: Readonly<Partial<Record<Variable, string>>>,
  world: WorldName | null,
): Promise<Serving> {
  const sandboxed = world ? await startSandboxed(io.env, world) : null;
  try {
    const config = await configure({ ...io, env: sandboxed?.env ?? io.env }, settings, { trello: true });
    const tools = enabledTools(catalog, config);
    const product = await wire(config, { tools, writeLog: (line) => io.stderr.write(line) });
    const desk = createDesk(deskDeps(io, product, sandboxed !== null));
    const factory = createServerFactory({
      engine: product.engine,
      tools,
      weakest: config.confirmation,
      approvals: {
        present: async (plan) =>
          terminalRefusal(plan) ? { url: null, opened: false } : await desk.present(plan),
        start: desk.start,
        command: (plan) => approvalCommand(io.program, config, plan),
      },
      budgets: () => product.gateway.budgets(),
      version: VERSION,
      log: product.log,
    });
    const stop = new AbortController();
    const recovery = takeUpRuns(product, stop.signal);
    return {
      product,
      factory,
      async close() {
        stop.abort();
        await Promise.all([recovery, desk.close()]);
        await product.store.dispatcher?.stop();
        await product.close();
        await sandboxed?.close();
      },
    };
  } catch (thrown) {
    await sandboxed?.close();
    throw thrown;
  }
}

/** Waits, and does not keep the process alive. */
async function sleepUnheld(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal, ref: false });
}

/** The command that approves a plan, or null if a terminal cannot. */
function approvalCommand(program: string, config: Config, plan: Plan): string | null {
  return terminalRefusal(plan) ? null : approvalsText(program, config, "approve", plan.id);
}

/** Runs that one process carries at once. The rate budgets hold them back, so there are plenty. */
const SLOTS = 25;

/** Takes up unfinished runs: those that the store hands out, or, on a store of one machine, those that it finds there. */
async function takeUpRuns(product: Product, signal: AbortSignal): Promise<void> {
  const { engine, log, store } = product;
  const { dispatcher } = store;
  if (dispatcher === null) return await keepRecovering(product, sleepUnheld, signal);
  const failed = (thrown: unknown) => {
    const { code, message } = toAppError(thrown);
    log("error", { code, reason: message }, "unfinished runs could not be looked for");
  };
  const carry = async (runId: string, stopping: AbortSignal) => {
    const run = await engine.carry(runId, stopping);
    if (run) log("info", { runId, state: run.state }, "unfinished run taken up");
    return run ? "ended" : "left";
  };
  while (!signal.aborted) {
    try {
      return await dispatcher.start(carry, { slots: SLOTS, failed });
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

/** How often (ms) a process looks for runs whose process died. */
const RECOVERY_INTERVAL_MS = 15_000;

/**
 * Takes up unfinished runs, pass after pass, until `signal` is aborted. The first pass takes every run. Later passes take
 * the runs whose process died, on this machine or on another one with the same store. A pass that fails is logged, and the
 * next one tries again.
 */
export async function keepRecovering(
  product: RecoveryDeps,
  sleep: (ms: number, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  await takeUp(product, "all", signal);
  while (!signal.aborted) {
    // If the sleep ends early, it was aborted, and the loop ends.
    await sleep(RECOVERY_INTERVAL_MS, signal).catch(() => {});
    if (!signal.aborted) await takeUp(product, "abandoned", signal);
  }
}

async function takeUp(
  { engine, log }: RecoveryDeps,
  which: "all" | "abandoned",
  signal: AbortSignal,
): Promise<void> {
  try {
    for (const run of await engine.recover(signal, which)) {
      log("info", { runId: run.id, state: run.state }, "unfinished run taken up");
    }
  } catch (thrown) {
    const { code, message } = toAppError(thrown);
    if (!signal.aborted) log("error", { code, reason: message }, "unfinished runs could not be taken up");
  }
}
