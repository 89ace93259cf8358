import { toAppError } from "../../domain/error.ts";
import { accountOf } from "../../domain/plan.ts";
import type { Caller } from "../../domain/planning.ts";
import { isDone, type Run } from "../../domain/run.ts";
import { createContext, isoNow, momentOf, principalOf } from "../context.ts";
import type { RunDeps } from "./lease-keeper.ts";
import { stopIfForbidden } from "./resume.ts";
import { execute } from "./run.ts";

/** The caller for runs that the server continues by itself. It has no client and no user. */
const NOBODY: Caller = { client: "", subject: null };

const FIRST_PAUSE_MS = 15_000;
const LONGEST_PAUSE_MS = 10 * 60_000;

interface Pause {
  readonly ms: number;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** The same as in `Engine`. */
interface Recovery {
  recover(signal?: AbortSignal, which?: "all" | "abandoned"): Promise<readonly Run[]>;
  carry(runId: string, signal?: AbortSignal): Promise<Run | null>;
  prepare(signal?: AbortSignal): Promise<void>;
}

/**
 * Creates the code that continues unfinished runs that no process works on. If several processes try at the same time,
 * only one of them continues a run.
 */
export function createRecovery(deps: RunDeps): Recovery {
  // How long (ms) to wait before a run is tried again. Without a wait, an outage of some hours would write a failed try
  // to the audit log every few seconds.
  const pauses = new Map<string, Pause>();

  // By run id: the reason why this server does not continue the run. Each reason is logged only once.
  const left = new Map<string, string>();

  /** The account that this server works for. The upstream is asked once. */
  async function ownId(signal?: AbortSignal): Promise<string> {
    return (await principalOf(createContext(deps, { ...NOBODY, ...(signal && { signal }) }).reads, NOBODY))
      .id;
  }

  /** Why this server may not continue a run that no process works on; null if it may continue the run. */
  async function reservation({ plan }: Run): Promise<string | null> {
    if (!deps.planner(plan.tool)) return `the tool ${plan.tool} is not enabled here`;
    return accountOf(plan.principal) === (await ownId()) ? null : "the run belongs to another account";
  }

  /** Whether this server may continue the run. If an upstream does not answer now, this is checked again later. */
  async function isOurs(run: Run): Promise<boolean> {
    const why = await reservation(run).catch((error: unknown) => toAppError(error).code);
    if (why === null) return true;
    if (left.get(run.id) !== why) deps.log("warn", { run: run.id, why }, "unfinished run is left unchanged");
    left.set(run.id, why);
    return false;
  }

  async function takeUp(
    as: RunDeps,
    run: Run,
    isHeld: () => boolean,
    signal: AbortSignal | undefined,
  ): Promise<Run> {
    const usage = { requests: 0 };
    try {
      const stopped = await stopIfForbidden(as, run, { ...NOBODY, ...(signal && { signal }) }, usage);
      if (stopped)
        deps.log("warn", { run: run.id, why: stopped.stopped?.message }, "unfinished run is stopped");
      return stopped ?? (await execute(as, run, signal ? { signal } : {}, usage, isHeld));
    } catch (error) {
      deps.log(
        "warn",
        { run: run.id, error: toAppError(error).code },
        "run could not be finished and can be continued later",
      );
      // The run is stored as paused, with the reason, even if the error came from a read before the first write. So
      // get_run shows the reason.
      const done = run.effects.filter(isDone).length;
      const { code: why } = toAppError(error);
      await deps.store.runs
        .pause(run.id, as.processName, { at: isoNow(deps.clock), done, why })
        .catch(() => {});
      throw error;
    }
  }

  /**
   * Continues one run under the process name `as`. null if another process holds the run, or if this server may not
   * continue it.
   */
  async function carryAs(as: RunDeps, id: string, signal?: AbortSignal): Promise<Run | null> {
    const found = await deps.store.runs.get(id);
    if (!found || !(await isOurs(found))) return null;
    const { leaseMs, runs } = deps.store;
    const holder = as.processName;
    const since = momentOf(deps.clock);
    if (!(await runs.claim(id, holder, isoNow(deps.clock), leaseMs, deps.gone))) return null;
    return await deps.leases.keep({ runId: id, holder }, since, async (isHeld) => {
      // The run is read again, because the process that held it before may have changed it.
      const run = await runs.get(id);
      return run && (await takeUp(as, run, isHeld, signal));
    });
  }

  async function recover(signal?: AbortSignal, which: "all" | "abandoned" = "all"): Promise<readonly Run[]> {
    const finished: Run[] = [];
    // A run whose lease contains this process's own name is left alone. The process may still be working on it although
    // the lease has expired, for example after the machine slept.
    const wanted = (holder: string | null) => holder !== deps.processName;
    const ids = await deps.store.runs.claimable(isoNow(deps.clock), deps.gone, wanted);
    for (const id of ids) {
      if (signal?.aborted) break;
      const before = pauses.get(id);
      if (which === "abandoned" && before && before.until > deps.clock.now()) continue;
      try {
        const run = await carryAs(deps, id, signal);
        if (!run) continue;
        finished.push(run);
        pauses.delete(id);
      } catch {
        const ms = Math.min(LONGEST_PAUSE_MS, before ? before.ms * 2 : FIRST_PAUSE_MS);
        pauses.set(id, { ms, until: deps.clock.now() + ms });
      }
    }
    return finished;
  }

  let carried = 0;
  return {
    recover,
    prepare: async (signal) => void (await ownId(signal)),
    carry(id, signal) {
      carried += 1;
      // Each try gets a new process name. An older try of this process may still be running, if its lease expired while
      // the machine slept. With the same name, the two could not be distinguished.
      return carryAs({ ...deps, processName: `${deps.processName}.${carried}` }, id, signal);
    },
  };
}
