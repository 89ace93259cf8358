import type { EffectState } from "../domain/run.ts";
import { type EngineDeps, isoNow } from "./deps.ts";

/** Writes down what is about to happen and what happened, for one run held by this process. */
export interface Journal {
  record(index: number, state: EffectState, error?: string): Promise<void>;
}

/** `spent` counts the run's upstream requests while they are sent. */
export function journalOf(deps: EngineDeps, runId: string, spent: { readonly requests: number }): Journal {
  return {
    record: (index, state, error) =>
      deps.store.runs.append(runId, deps.owner, {
        index,
        state,
        at: isoNow(deps.clock),
        error: error ?? null,
        requests: spent.requests,
      }),
  };
}
