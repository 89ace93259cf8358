import { toAppError } from "../domain/error.ts";
import type { Run } from "../domain/run.ts";
import { audit } from "./audit.ts";
import { type EngineDeps, isoNow, LEASE_MS } from "./deps.ts";
import { execute } from "./runner.ts";

/** Takes up every unfinished run whose process is gone; of several processes that try, one gets each run. */
export async function recover(deps: EngineDeps, signal?: AbortSignal): Promise<readonly Run[]> {
  const finished: Run[] = [];
  const ids = await deps.store.runs.claimable(isoNow(deps.clock), deps.gone);
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
