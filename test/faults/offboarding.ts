import { expect } from "vitest";
import { AppError } from "../../src/domain/error.ts";
import type { Run } from "../../src/domain/run.ts";
import { SEED, type Sandbox } from "../../src/sandbox/index.ts";
import { boardsWith, writesIn } from "../support/stack.ts";
import { type Bench, openBench } from "./bench.ts";
import { PATIENCE_MS, type Schedule } from "./schedule.ts";
import { type BoardSpec, worldOf } from "./worlds.ts";

const { leaver, successor } = SEED;

/** 25 boards one by one, one of them as a guest; 3 workspaces, one of which takes 12 more boards along. */
const MEMBERSHIPS = 40;
const CARDS = 5;
const WRITES = 24 + 1 + 1 + 1 + 1 + CARDS;

/** More calls and restarts than any schedule should need. */
const PATIENCE = 80;

const boards = (count: number, spec: Partial<BoardSpec> = {}): readonly BoardSpec[] =>
  Array.from({ length: count }, () => ({ role: "normal", ...spec }));

const openWorld = () =>
  worldOf({
    places: [
      {
        tier: "standard",
        role: "normal",
        boards: [
          ...boards(CARDS, { successor: true, cards: [{}, { closed: true }] }),
          ...boards(18),
          { role: "admin" },
        ],
      },
      { tier: "premium", role: "normal", boards: boards(12) },
      { tier: "free", role: null, boards: boards(1) },
      { tier: "free", role: "normal", boards: [] },
    ],
  });

const OFFBOARD = { member: leaver.id, rung: "workspaces", reassignTo: successor.id };

/** Offboards under a schedule, as often resumed as it takes, and judges what the sandbox saw. */
export async function surviveSchedule(schedule: Schedule): Promise<void> {
  const { late } = schedule;
  const bench = await openBench(openWorld(), {
    faults: [...schedule.faults],
    ...(late && { http: { timeoutMs: PATIENCE_MS } }),
  });
  try {
    const run = await offboard(bench, OFFBOARD);
    expect(run.plan.effects).toHaveLength(WRITES);
    // What arrives late must have arrived before it is counted.
    if (late)
      await expect
        .poll(() => writesIn(bench.sandbox).every(isAnswered(schedule, bench.sandbox)), { timeout: 20_000 })
        .toBe(true);
    expectEverythingGone(bench.sandbox);
    expectSentOnce(schedule, bench.sandbox);
    await expectWrittenDown(bench, run, late);
  } finally {
    await bench.close();
  }
}

/** Goes on until the run has ended: plans again, applies again, or lets the next process take it up. */
export async function offboard(bench: Bench, args: Readonly<Record<string, string>>): Promise<Run> {
  const { caller } = bench;
  const plan = await insisting(async () => {
    const proposed = await bench.engine.propose("offboard_member", args, caller);
    await bench.engine.storePlan(proposed);
    await bench.engine.decide(proposed.id, { accepted: true, level: "approval", by: "a person" });
    return proposed;
  });
  return insisting(async () => {
    const [begun] = await bench.store.runs.list({ limit: 1 });
    if (!begun) return bench.engine.apply(plan.id, caller);
    const [run] = await bench.another().recover();
    return run ?? null;
  });
}

/** The first answer of an attempt that is not an outage; an outage of the upstream is the only failure allowed. */
async function insisting<T>(attempt: () => Promise<T | null>): Promise<T> {
  for (let left = PATIENCE; left > 0; left -= 1) {
    try {
      const answer = await attempt();
      if (answer !== null) return answer;
    } catch (thrown) {
      if (!(thrown instanceof AppError) || !OUTAGES.has(thrown.code)) throw thrown;
    }
  }
  return expect.unreachable(`not done after ${PATIENCE} tries`);
}

const OUTAGES: ReadonlySet<string> = new Set([
  "UPSTREAM_UNAVAILABLE",
  "UPSTREAM_CONTRACT",
  "RATE_LIMITED",
  "OUTCOME_UNKNOWN",
]);

function expectEverythingGone(sandbox: Sandbox): void {
  const { workspaces, cards } = sandbox.world.trello;
  expect(boardsWith(sandbox, leaver.id)).toEqual([]);
  const members = [...workspaces.values()].flatMap(({ memberships }) => memberships);
  expect(members.filter(({ idMember }) => idMember === leaver.id)).toEqual([]);
  expect(members.filter(({ idMember }) => idMember !== leaver.id)).toHaveLength(3 * workspaces.size);
  const assigned = [...cards.values()].map(({ closed, idMembers }) => `${closed} ${idMembers.join()}`);
  expect(assigned.toSorted()).toEqual([
    ...Array.from({ length: CARDS }, () => `false ${successor.id}`),
    ...Array.from({ length: CARDS }, () => "true "),
  ]);
}

interface Sent {
  readonly path: string;
  readonly status: number | null;
  /** Whether the request reached the handler, whatever was answered. */
  readonly handled: boolean;
  readonly slow: boolean;
}

/** Every write that arrived, in order, with what the schedule did to it. */
function sentOf({ faults }: Schedule, sandbox: Pick<Sandbox, "requests">): readonly Sent[] {
  const counts = new Map<string, number>();
  return writesIn(sandbox).map(({ operation, path, status }) => {
    const attempt = (counts.get(operation ?? "") ?? 0) + 1;
    counts.set(operation ?? "", attempt);
    const kinds = faults.filter((fault) => fault.operation === operation && fault.attempt === attempt);
    const stopped = kinds.some(({ kind }) => ["429", "500", "503", "reset_before"].includes(kind));
    return { path, status, handled: !stopped, slow: kinds.some(({ kind }) => kind === "slow") };
  });
}

function isAnswered(schedule: Schedule, sandbox: Sandbox): (_: unknown, index: number) => boolean {
  const sent = sentOf(schedule, sandbox);
  return (_, index) => !sent[index]?.slow || sent[index]?.status !== null;
}

/** Each effect reached the upstream once; after it had, nothing was sent again. */
function expectSentOnce(schedule: Schedule, sandbox: Sandbox): void {
  const byPath = groupByPath(sentOf(schedule, sandbox));
  expect(byPath.size).toBe(WRITES);
  for (const [path, sent] of byPath) {
    // An answer that outlasts the client's patience cannot be told from none: it may be sent once more, to no effect.
    if (schedule.late && sent.some(({ slow }) => slow)) {
      expect(sent.filter(({ handled, status }) => handled && status !== 404).length, path).toBeGreaterThan(0);
      continue;
    }
    expect(
      sent.filter(({ handled }) => handled),
      `${path}: ${JSON.stringify(sent)}`,
    ).toHaveLength(1);
    expect(sent.at(-1)?.handled, path).toBe(true);
    expect([200, null]).toContain(sent.at(-1)?.status);
  }
  // The upstream's own account of what it did: one departure each.
  const left = sandbox.world.trello.actions
    .filter(({ type }) => type.startsWith("removeMemberFrom") && !type.endsWith("Card"))
    .map(({ type, idOrganization, data }) => JSON.stringify([type, idOrganization, data["board"]]));
  expect(new Set(left).size).toBe(left.length);
  expect(left).toHaveLength(MEMBERSHIPS);
}

/** The journal has an intent for every request and one result for every effect; the audit tells the whole story. */
async function expectWrittenDown({ store, sandbox }: Bench, run: Run, late: boolean): Promise<void> {
  expect(run).toMatchObject({ state: "applied", evidence: { result: "PASS", unfinished: [] } });
  expect(run.effects.map(({ state }) => state)).toEqual(run.effects.map(() => "applied"));
  const journal = await store.runs.journal(run.id);
  let intents = 0;
  for (const { index } of run.effects) {
    const states = journal.filter((entry) => entry.index === index).map(({ state }) => state);
    expect(states.join(" ")).toMatch(/^sent( sent| lost| pending)* applied$/);
    intents += states.filter((state) => state === "sent").length;
  }
  // The gateway repeats by itself only what was refused for the rate.
  const asked = writesIn(sandbox).filter(({ status }) => status !== 429);
  if (!late) expect(asked.length).toBeLessThanOrEqual(intents);

  expect(await store.audit.verify()).toMatchObject({ broken: null, changed: [] });
  const records = await store.audit.read({ limit: 1_000 });
  const events = records.filter(({ subject }) => subject === run.plan.id).map(({ event }) => event);
  expect(events.join(" ")).toMatch(
    /^plan\.held plan\.decided run\.started( run\.paused run\.resumed)* run\.finished$/,
  );
}

function groupByPath(sent: readonly Sent[]): ReadonlyMap<string, readonly Sent[]> {
  const groups = new Map<string, Sent[]>();
  for (const each of sent) groups.set(each.path, [...(groups.get(each.path) ?? []), each]);
  return groups;
}
