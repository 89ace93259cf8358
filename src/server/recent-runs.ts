import { AppError } from "../domain/error.ts";
import type { Principal } from "../domain/plan.ts";
import type { Run } from "../domain/run.ts";
import type { Engine } from "../engine/engine.ts";

const SHOWN = 25;
const READ_AT_ONCE = 50;
/** Pages of other principals' runs that one call looks through before it hands on to the next. */
const MOST_PAGES = 10;

/**
 * The newest runs of a principal and a cursor for those before them, null where there are none. A page can have fewer
 * runs than the next one, where many belong to others. INPUT_INVALID for a cursor that this server did not write.
 */
export async function recentRuns(
  engine: Pick<Engine, "run" | "runs">,
  principal: Pick<Principal, "id">,
  cursor: string | undefined,
): Promise<{ readonly runs: readonly Run[]; readonly next: string | null }> {
  let before = cursor === undefined ? undefined : await startOf(engine, cursor);
  const found: Run[] = [];
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const runs = await engine.runs({
      limit: READ_AT_ONCE,
      ...(before === undefined ? {} : { before }),
    });
    for (const [index, run] of runs.entries()) {
      if (found.length === SHOWN) return { runs: found, next: cursorOf(before) };
      before = run.id;
      if (run.plan.principal.id === principal.id) found.push(run);
      if (index === runs.length - 1 && runs.length < READ_AT_ONCE) return { runs: found, next: null };
    }
    if (runs.length === 0) return { runs: found, next: null };
  }
  return { runs: found, next: cursorOf(before) };
}

function cursorOf(before: string | undefined): string | null {
  return before === undefined ? null : Buffer.from(before).toString("base64url");
}

async function startOf(engine: Pick<Engine, "run">, cursor: string): Promise<string> {
  const runId = Buffer.from(cursor, "base64url").toString();
  if ((await engine.run(runId)) !== null) return runId;
  throw new AppError("INPUT_INVALID", "This cursor was not given out by this server.", {
    next: "List again without a cursor.",
  });
}
