import type { EffectState } from "../domain/run.ts";
import { type EngineDeps, isoNow } from "./deps.ts";

/** Writes down what is about to happen and what happened, for one run held by this process. */
export interface Journal {
  record(index: number, state: EffectState, error?: string): Promise<void>;
}

export function journalOf(deps: EngineDeps, runId: string): Journal {
  return {
    record: (index, state, error) =>
      deps.store.runs.append(runId, deps.owner, {
        index,
        state,
        at: isoNow(deps.clock),
        error: error ?? null,
      }),
  };
}
