import { type AppError, storedFailure } from "../../domain/error.ts";
import type { EffectState } from "../../domain/run.ts";
import { type EngineDeps, isoNow } from "../context.ts";

/**
 * Writes the journal of one run: an entry before each request is sent, and its result afterwards. A process may write
 * only while it works on the run, that is, while it holds the run's lease.
 */
export interface Journal {
  record(index: number, state: EffectState, error?: AppError): Promise<void>;
}

/** Creates the journal of a run. `usage` counts the upstream requests of the run. */
export function journalOf(deps: EngineDeps, runId: string, usage: { readonly requests: number }): Journal {
  return {
    record: (index, state, error) =>
      deps.store.runs.append(runId, deps.processName, {
        index,
        state,
        at: isoNow(deps.clock),
        error: error ? storedFailure(error) : null,
        requests: usage.requests,
      }),
  };
}
