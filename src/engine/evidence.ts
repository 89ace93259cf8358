import type { Effect } from "../domain/effect.ts";
import { toAppError } from "../domain/error.ts";
import type { Reads } from "../domain/reads.ts";
import type { Evidence, Run, RunState } from "../domain/run.ts";
import { kindOf } from "../effects/kinds.ts";
import { audit } from "./audit.ts";
import { createContext } from "./context.ts";
import { type EngineDeps, isoNow } from "./deps.ts";

/** Reads everything again after the last write, keeps what was found as evidence and ends the run. */
export async function conclude(deps: EngineDeps, runId: string, spent: { requests: number }): Promise<Run> {
  await deps.store.runs.setState(runId, deps.owner, "verifying");
  const run = await deps.store.runs.get(runId);
  if (!run) throw new Error("the run is gone from the store");
  const evidence = await verify(deps, run, spent);
  const state = stateOf(run, evidence);
  // Audited first: a process that dies between the two leaves a run that is verified and audited again, not a gap.
  await audit(deps, "run.finished", run.plan, {
    run: run.id,
    state,
    evidence: evidence.result,
    requests: evidence.requests,
    effects: run.effects.map(({ effect, state, attempts }) => ({
      op: effect.op,
      id: effect.id,
      state,
      attempts,
    })),
  });
  return deps.store.runs.finish(runId, deps.owner, { state, evidence, at: isoNow(deps.clock) });
}

async function verify(deps: EngineDeps, run: Run, spent: { requests: number }): Promise<Evidence> {
  // One pass for all checks: effects of one workspace are checked by one reading of it.
  const { reads } = createContext(deps, { client: "", subject: null }, spent);
  const checks = await Promise.all(
    run.effects.map(async ({ effect, error }) => {
      const check = { label: effect.description, op: effect.op };
      try {
        const holds = await kindOf(effect).holds(effect, reads);
        if (holds) await learn(deps, effect, reads);
        return { ...check, holds, why: holds ? null : (error ?? "not as planned when read again") };
      } catch (thrown) {
        return { ...check, holds: false, why: `could not be read again (${toAppError(thrown).code})` };
      }
    }),
  );
  return {
    result: checks.every((check) => check.holds) ? "PASS" : "INCOMPLETE",
    checkedAt: isoNow(deps.clock),
    checks: checks.map(({ label, op, holds }) => ({ label, op, holds })),
    remaining: checks.flatMap(({ label, why }) => (why === null ? [] : [`${label}: ${why}`])),
    blindSpots: run.plan.blindSpots,
    remains: run.plan.remains,
    requests: spent.requests,
  };
}

/** Keeps who an invited email is: a ghost that signs up changes name, and is known by id from then on. */
async function learn(deps: EngineDeps, effect: Effect, reads: Reads): Promise<void> {
  const known = await kindOf(effect).identifies(effect, reads);
  if (!known) return;
  await deps.store.links.put({
    ...known,
    accountId: null,
    scimId: null,
    source: "invitation",
    seenAt: isoNow(deps.clock),
  });
}

function stateOf(run: Run, evidence: Evidence): RunState {
  if (evidence.result === "PASS") return "applied";
  return run.effects.some(({ state }) => state === "applied" || state === "already") ? "partial" : "failed";
}
