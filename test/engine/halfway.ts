import type { Plan } from "../../src/domain/plan.ts";
import type { Caller } from "../../src/domain/planning.ts";
import { SEED } from "../../src/sandbox/index.ts";
import { failure } from "../support/failure.ts";
import { confirm, type Stack } from "../support/stack.ts";

/** The leaver out of a workspace and off its boards: 31 changes. */
export const REMOVE = { workspace: SEED.workspaces.standard.id, member: SEED.leaver.id };

/** Begins that removal and ends its call after the first 10 changes. `how` says why the call ends. */
export async function leaveHalfway(
  stack: Stack,
  how: Pick<Caller, "cancelled"> = {},
): Promise<{ readonly plan: Plan; readonly runId: string }> {
  const plan = await confirm(stack, "remove_from_workspace", REMOVE);
  const stop = new AbortController();
  const error = await failure(
    stack.engine.apply(plan.id, {
      ...stack.caller,
      ...how,
      signal: stop.signal,
      onProgress: ({ done }) => done === 10 && stop.abort(),
    }),
  );
  return { plan, runId: String(error.details["runId"]) };
}
