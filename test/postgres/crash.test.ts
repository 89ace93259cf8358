import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Death } from "../crash/dying.ts";
import { applyAndDie, EFFECTS, openLane, recover } from "../crash/lane.ts";
import { bundleChild } from "../crash/processes.ts";
import { MEMORY } from "../support/memory.ts";

/** startRun, intent and result of each effect, verifying and the end. */
const WRITES = 1 + 2 * EFFECTS + 2;

/** The beginning, the middle, and the end of a run; `npm run test:crash` goes around every write on SQLite. */
const DEATHS: readonly Death[] = [
  ...[1, 2, 3, 20, 21, WRITES - 2, WRITES - 1, WRITES].map((write) => ({ write, side: "after" as const })),
  ...[2, 3, 31, WRITES].map((write) => ({ write, side: "before" as const })),
];

test("a run on PostgreSQL that is killed between two writes of the store is finished by one of two processes", async () => {
  const folder = await mkdtemp(join(MEMORY, "identity-crash-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const here = await openLane(await bundleChild(folder), folder, "one");
  let child = await here.start();
  const rival = await here.start();
  for (const death of DEATHS) {
    here.reset();
    expect(await applyAndDie(child, death), `killed ${death.side} write ${death.write}`).toBeNull();
    child = await here.start();
    const ended = death.write === WRITES && death.side === "after";
    const answers = await Promise.all([recover(child), recover(rival)]);
    expect(answers.flatMap((answer) => answer?.runs ?? ["died"])).toHaveLength(ended ? 0 : 1);
    await here.expectFinished();
  }
  await child.end();
  await rival.end();
  await here.close();
});
