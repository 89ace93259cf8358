import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MEMORY } from "../support/memory.ts";
import type { Death } from "./dying.ts";
import { applyAndDie, EFFECTS, type Lane, openLane, recover } from "./lane.ts";
import { bundleChild } from "./processes.ts";
import { IN_FULL } from "../support/suites.ts";

/** startRun, intent and result of each effect, verifying and the end. */
const WRITES = 1 + 2 * EFFECTS + 2;

let folder: string;
let lanes: readonly Lane[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(MEMORY, "identity-crash-"));
  const program = await bundleChild(folder);
  lanes = await Promise.all(["one", "two"].map((name) => openLane(program, folder, name)));
});
afterAll(async () => {
  await Promise.all(lanes.map((lane) => lane.close()));
  await rm(folder, { recursive: true, force: true });
});

function lane(): Lane {
  const [first] = lanes;
  if (!first) throw new Error("no lane is open");
  first.reset();
  return first;
}

describe("a run of 30 effects whose process is killed with SIGKILL", () => {
  test("left alone, takes as many writes of the store as are killed around below", async () => {
    const here = lane();
    const child = await here.start();
    expect(await applyAndDie(child, null)).toMatchObject({ writes: WRITES });
    await child.end();
    await here.expectFinished();
  });

  test("between any two writes of the store, is finished by one of two processes that race for it", async () => {
    const deaths: Death[] = [];
    for (let write = 1; write <= WRITES; write += 1) {
      // In `npm test`: at the beginning, after an intent, and at the end.
      if (IN_FULL || [1, 26, WRITES].includes(write)) deaths.push({ write, side: "after" });
      // The other end of the gap differs if an answer has come in meanwhile.
      if (IN_FULL || write === 16) deaths.push({ write, side: "before" });
    }
    // Before the first there is no run yet; that is told below.
    if (IN_FULL) deaths.splice(1, 1);
    const total = deaths.length;
    let survived = 0;
    const work = async (here: Lane): Promise<void> => {
      let child = await here.start();
      const rival = await here.start();
      for (let death = deaths.shift(); death; death = deaths.shift()) {
        here.reset();
        expect(await applyAndDie(child, death), `killed ${death.side} write ${death.write}`).toBeNull();
        // The process that takes the run up is the next to be killed, as one that is restarted over and over.
        child = await here.start();
        const ended = death.write === WRITES && death.side === "after";
        const answers = await Promise.all([recover(child), recover(rival)]);
        expect(answers.flatMap((answer) => answer?.runs ?? ["died"])).toHaveLength(ended ? 0 : 1);
        await here.expectFinished();
        survived += 1;
      }
      await child.end();
      await rival.end();
    };
    await Promise.all(lanes.map(work));
    expect(survived).toBe(total);
  }, 1_800_000);

  test("before its run started, was never begun: nothing is sent and the decision still stands", async () => {
    const here = lane();
    const child = await here.start();
    expect(await applyAndDie(child, { write: 1, side: "before" })).toBeNull();
    const next = await here.start();
    expect(await recover(next)).toMatchObject({ runs: [] });
    await next.end();
    expect(await here.run()).toBeNull();
    expect(here.writes()).toBe(0);
  });

  test("again and again while it is taken up, is finished all the same", async () => {
    const here = lane();
    let child = await here.start();
    expect(await applyAndDie(child, { write: 9, side: "after" })).toBeNull();
    let restarts = 0;
    for (let answer = null; answer === null; ) {
      child = await here.start();
      // The claim and the audit record are two of them; the last restart has fewer left to write and lives.
      answer = await recover(child, { write: 14, side: restarts % 2 === 0 ? "before" : "after" });
      restarts += 1;
    }
    await child.end();
    expect(restarts).toBeGreaterThan(3);
    await here.expectFinished();
  }, 120_000);
});

describe("several processes that start after a crash", () => {
  test("race for the run: one gets it, and nothing is done twice", async () => {
    const here = lane();
    expect(await applyAndDie(await here.start(), { write: 20, side: "after" })).toBeNull();
    const children = await Promise.all([here.start(), here.start(), here.start()]);
    const answers = await Promise.all(children.map((child) => recover(child)));
    await Promise.all(children.map((child) => child.end()));
    expect(answers.flatMap((answer) => answer?.runs ?? [])).toHaveLength(1);
    await here.expectFinished();
  }, 120_000);
});
