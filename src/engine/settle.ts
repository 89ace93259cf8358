import { AppError, toAppError } from "../domain/error.ts";
import type { EffectState, RunEffect } from "../domain/run.ts";
import { kindOf } from "../effects/kinds.ts";
import { createContext } from "./context.ts";
import type { EngineDeps } from "./deps.ts";
import type { Journal } from "./journal.ts";

/** Tries of one effect: a request each, not counting what the gateway repeats by itself. */
const TRIES = 6;
const FIRST_WAIT_MS = 500;

interface Settling {
  readonly journal: Journal;
  readonly signal: AbortSignal | undefined;
  readonly spent: { requests: number };
}

/**
 * Brings one effect to a settled state. Intent is journalled before the request and the result after it; a lost answer
 * (also one lost by an earlier process) is settled by reading, and the request repeated only where the state is proven absent.
 */
export async function settle(deps: EngineDeps, row: RunEffect, settling: Settling): Promise<EffectState> {
  const { effect, index } = row;
  const { journal, signal, spent } = settling;
  const kind = kindOf(effect);
  // Each look is a new pass: what an earlier one remembered is what has just changed.
  const holds = () =>
    kind.holds(
      effect,
      createContext(deps, { client: "", subject: null, ...(signal && { signal }) }, spent).reads,
    );
  const writes = deps.gateway.writes({ priority: "interactive", spent });
  const settled = async (state: EffectState, error?: AppError): Promise<EffectState> => {
    await journal.record(index, state, error && `${error.code}: ${error.message}`);
    return state;
  };

  let unknown = row.state === "sent" || row.state === "lost";
  let last: AppError | undefined;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    if (attempt > 0) await deps.clock.sleep(FIRST_WAIT_MS * 2 ** (attempt - 1), signal);
    if (unknown) {
      const applied = await answered(holds);
      if (applied === null) continue;
      if (applied) return settled("applied");
    }
    signal?.throwIfAborted();
    await journal.record(index, "sent");
    try {
      // The signal is not passed on: a write on its way is awaited, so that its answer can be written down.
      await kind.send(effect, writes);
      return await settled("applied");
    } catch (thrown) {
      const error = toAppError(thrown);
      if (
        error.code === "STORE_FAILED" ||
        (error.code === "CONFLICT" && thrown === error && error.details.lease)
      )
        throw error;
      last = error;
      unknown = error.applied !== "no";
      if (unknown) await journal.record(index, "lost", `${error.code}: ${error.message}`);
      else if (error.retry === "later")
        await journal.record(index, "pending", `${error.code}: ${error.message}`);
      else if ((await answered(holds)) === true) return settled("already");
      else {
        const lesson = kind.learns(effect, error);
        if (lesson) await deps.store.facts.set(lesson.key, lesson.value);
        return settled("failed", error);
      }
    }
  }
  // Nothing was refused, so nothing failed: the run stays where it is and goes on when the upstream answers again.
  throw (
    last ??
    new AppError("OUTCOME_UNKNOWN", "Whether a change was made could not be read.", {
      next: "Try again in a few minutes.",
      applied: "unknown",
      retry: "resume",
    })
  );
}

/** The answer of a read, or null where it could not be had just now. */
async function answered(holds: () => Promise<boolean>): Promise<boolean | null> {
  try {
    return await holds();
  } catch (error) {
    if (toAppError(error).retry === "later") return null;
    throw error;
  }
}
