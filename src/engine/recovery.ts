import { toAppError } from "../domain/error.ts";
import type { Run } from "../domain/run.ts";
import { audit } from "./audit.ts";
import { type EngineDeps, isoNow, LEASE_MS } from "./deps.ts";
import { execute } from "./runner.ts";

/** Takes up every unfinished run that nobody works on; of several processes that try, one gets each run. */
export async function recover(
  deps: EngineDeps,
  signal?: AbortSignal,
  which: "all" | "abandoned" = "all",
): Promise<readonly Run[]> {
  const finished: Run[] = [];
  // A run of this very process is in hand even where its lease lapsed, as on a machine that has slept.
  const wanted = (owner: string | null) => owner !== deps.owner && (owner !== null || which === "all");
  const ids = await deps.store.runs.claimable(isoNow(deps.clock), deps.gone, wanted);
  for (const id of ids) {
    if (signal?.aborted) break;
    if (!(await deps.store.runs.claim(id, deps.owner, isoNow(deps.clock), LEASE_MS, deps.gone))) continue;
    const run = await deps.store.runs.get(id);
    if (!run) continue;
    try {
      await audit(deps, "run.resumed", run.plan, { run: id });
      finished.push(await execute(deps, run, signal ? { signal } : {}, { requests: 0 }));
    } catch (error) {
      deps.log(
        "warn",
        { run: id, error: toAppError(error).code },
        "run could not be finished and stays resumable",
      );
      await deps.store.runs.release(id, deps.owner).catch(() => {});
    }
  }
  return finished;
}
