import { toAppError } from "../domain/error.ts";
import type { Engine } from "../engine/engine.ts";
import type { Log } from "../domain/runtime.ts";

interface RecoveryDeps {
  readonly engine: Pick<Engine, "recover">;
  readonly log: Log;
}

/** How often a process looks for runs whose process has died, in milliseconds. */
const RECOVERY_INTERVAL_MS = 15_000;

/**
 * Takes up unfinished runs, one pass after the other, until `signal` is aborted: at first every one, later those whose
 * process died meanwhile, on this machine or on another with the same store. A pass that fails is logged and the next
 * one tries again.
 */
export async function keepRecovering(
  product: RecoveryDeps,
  sleep: (ms: number, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  await takeUp(product, "all", signal);
  while (!signal.aborted) {
    // Woken early it is aborted, and the loop ends.
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
