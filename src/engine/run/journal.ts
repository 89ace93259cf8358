import { type AppError, storedFailure } from "../../domain/error.ts";
import type { EffectState } from "../../domain/run.ts";
import { type EngineDeps, isoNow } from "../context.ts";

/** Writes down what is about to happen and what happened, for one run held by this process. */
export interface Journal {
  record(index: number, state: EffectState, error?: AppError): Promise<void>;
}

/** `usage` counts the run's upstream requests while they are sent. */
export function journalOf(deps: EngineDeps, runId: string, usage: { readonly requests: number }): Journal {
  return {
    record: (index, state, error) =>
      deps.store.runs.append(runId, deps.owner, {
        index,
        state,
        at: isoNow(deps.clock),
        error: error ? storedFailure(error) : null,
        requests: usage.requests,
      }),
  };
}
