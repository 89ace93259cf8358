import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import type { Run } from "../../src/domain/run.ts";
import { type Fault, SEED } from "../../src/sandbox/index.ts";
import { createRandom, type Random } from "../faults/random.ts";
import { MEMORY } from "../support/memory.ts";
import { applyAndDie, EFFECTS, type Lane, openLane, recover } from "./lane.ts";
import { bundleChild, type Process } from "./processes.ts";

/** `npm run test:crash` plays many; otherwise a few, and of those without a freeze, which waits for a lease to end. */
const FULL = process.env["npm_lifecycle_event"] === "test:crash";
const SEEDS = FULL ? 24 : 4;

const faults: Fault[] = [];
let lane: Lane;

type What = "kill" | "freeze" | "bring back";
interface Happening {
  /** After so many writes of the run. */
  readonly after: number;
  readonly what: What;
}

/** What happens while the run goes on: at most one process is lost, and other admins act before and after that. */
function happenings(random: Random, canFreeze: boolean): readonly Happening[] {
  const after = () => random.between(1, EFFECTS - 4);
  const lost: What = canFreeze && random.chance(0.4) ? "freeze" : "kill";
  const all: Happening[] = random.chance(0.8) ? [{ after: after(), what: lost }] : [];
  for (let n = random.between(0, 2); n > 0; n -= 1) all.push({ after: after(), what: "bring back" });
  return all.toSorted((a, b) => a.after - b.after);
}

/** Lost answers, before and after the write was made, and reads that fail. */
function faultsOf(random: Random): readonly Fault[] {
  return Array.from({ length: random.between(0, 4) }, () => ({
    operation: random.chance(0.8) ? "DELETE /boards/{id}/members/{idMember}" : "GET /batch",
    attempt: random.between(1, EFFECTS),
    kind: random.pick(["reset_before", "reset_after", "503", "truncated"] as const),
  }));
}

/** Waits until so many writes were sent, or the run has ended; says which. */
async function writesReached(count: number): Promise<boolean> {
  for (let turns = 0; ; turns += 1) {
    if (lane.writes() >= count) return true;
    // The store is asked rarely, the count of writes in each turn of the loop.
    if (turns % 500 === 499 && (await lane.run())?.endedAt) return false;
    await turn();
  }
}

/**
 * Freezes a process at a moment at which it does not hold the lock of the store's file: a frozen holder would shut out
 * every other process, as SQLite's locks end with their process only.
 */
async function freeze(child: Process): Promise<void> {
  for (;;) {
    child.signal("SIGSTOP");
    if (!lane.isLocked()) return;
    child.signal("SIGCONT");
    await turn();
  }
}

/** Another admin puts the leaver on a board that the run has taken them off already. */
function bringBack(random: Random): boolean {
  const on = new Set(lane.boards());
  const off = [...lane.world.trello.boards.values()].filter(
    ({ id, idOrganization }) => idOrganization === SEED.workspaces.standard.id && !on.has(id),
  );
  if (off.length === 0) return false;
  const id = `65ae${random
    .between(0, 2 ** 40)
    .toString(16)
    .padStart(20, "0")}`;
  random.pick(off).memberships.push({
    id,
    idMember: SEED.leaver.id,
    memberType: "normal",
    unconfirmed: false,
    deactivated: false,
  });
  return true;
}

/** The run at its end: whoever finds it unfinished takes it up, as each process does over and over. */
async function ended(by: Process): Promise<Run> {
  for (;;) {
    const run = await lane.run();
    if (run?.endedAt) return run;
    await recover(by);
  }
}

async function play(seed: number): Promise<{ readonly result: string; readonly broughtBack: number }> {
  const random = createRandom(seed);
  lane.reset();
  faults.splice(0, faults.length, ...faultsOf(random));
  const [child, rival] = [await lane.start(), await lane.start()];
  const applying = applyAndDie(child, null);
  let [frozen, broughtBack] = [false, 0];
  let finishing: Promise<Run> | null = null;
  for (const { after, what } of happenings(random, FULL)) {
    if (!(await writesReached(after))) break;
    if (what === "bring back") broughtBack += bringBack(random) ? 1 : 0;
    else if (what === "kill") child.signal("SIGKILL");
    else await freeze(child);
    frozen ||= what === "freeze";
    // A lost process writes no more: the rival goes on, while other admins act.
    if (what !== "bring back") finishing = ended(rival);
  }
  if (finishing === null) await applying;
  const run = await (finishing ?? ended(rival));
  const writes = lane.writes();
  const left = lane.boards();
  if (frozen) child.signal("SIGCONT");
  await applying;
  // Thawed after another process finished the run, it sends nothing but what had passed the check of the lease at the
  // instant of the freeze: between that check and the first byte lie some microseconds, in which it may be stopped.
  expect(lane.writes() - writes).toBeLessThanOrEqual(1);
  child.signal("SIGKILL");
  await rival.end();
  const result = run.evidence?.result ?? "none";
  if (left.length > 0) {
    expect(result).not.toBe("PASS");
    const told = run.evidence?.unfinished.join("\n") ?? "";
    for (const id of left) expect(told).toContain(lane.world.trello.boards.get(id)?.name);
  } else expect(result).toBe("PASS");
  lane.forget(run.id);
  return { result, broughtBack };
}

test("whatever happens meanwhile, the evidence is PASS exactly if the person is on no board", async () => {
  const folder = await mkdtemp(join(MEMORY, "identity-interleavings-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  lane = await openLane(await bundleChild(folder), folder, "one", faults);
  const results: string[] = [];
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const { result, broughtBack } = await play(seed);
    results.push(`${result}${broughtBack > 0 ? " brought back" : ""}`);
  }
  // Both ends were met, so that neither half of the promise went untested.
  expect(results).toContain("PASS");
  expect(results).toContain("INCOMPLETE brought back");
  await lane.close();
}, 1_200_000);
