import Database from "libsql";
import { expect } from "vitest";
import type { Run } from "../../src/domain/run.ts";
import {
  type FaultSchedule,
  SEED,
  type Sandbox,
  seedWorld,
  startSandbox,
  type World,
} from "../../src/sandbox/index.ts";
import type { Store } from "../../src/store/store.ts";
import { boardsWith, inWorkspace, writesIn } from "../support/stack.ts";
import { openStoreAt } from "../support/wiring.ts";
import type { Death } from "./dying.ts";
import { type Answer, type Process, startProcess } from "./processes.ts";
import { newPlace } from "../support/place.ts";

/** The run that is killed: the leaver off 30 boards. */
const OFFBOARD = {
  tool: "remove_from_boards",
  args: { workspace: SEED.workspaces.standard.id, member: SEED.leaver.id },
} as const;
export const EFFECTS = SEED.leaverBoards.standard;

/** A sandbox and a store, and processes on them, one after the other. */
export interface Lane {
  readonly store: Store;
  readonly world: World;
  start(): Promise<Process>;
  /** The world and the records of requests as at the beginning. */
  reset(): void;
  /** The run that was begun since the last `reset`, or null. */
  run(): Promise<Run | null>;
  /** Whether a process holds the lock of the store's file. */
  isLocked(): boolean;
  /** Makes `run` find only runs that are begun later. */
  forget(runId: string): void;
  /** Ids of the boards that the leaver is on. */
  boards(): readonly string[];
  /** Requests since then that could have changed something. */
  writes(): number;
  /** That the run ended well, each effect applied exactly once and everything written down. */
  expectFinished(): Promise<void>;
  close(): Promise<void>;
}

export async function openLane(
  program: string,
  folder: string,
  name: string,
  faults: FaultSchedule = [],
): Promise<Lane> {
  const sandbox = await startSandbox({ rateLimits: false, world: smallWorld(), faults });
  const path = await newPlace(folder, name);
  const store = await openStoreAt(path);
  const { boards } = sandbox.world.trello;
  const seats = new Map([...boards].map(([id, board]) => [id, [...board.memberships]]));
  const seen = new Set<string>();
  let audited = 0;
  const newRun = async (): Promise<Run | null> => {
    const [latest] = await store.runs.list({ limit: 1 });
    return latest && !seen.has(latest.id) ? await store.runs.get(latest.id) : null;
  };
  return {
    store,
    world: sandbox.world,
    start: () => startProcess(program, path, sandbox.env),
    reset() {
      for (const [id, board] of boards) board.memberships = [...(seats.get(id) ?? [])];
      sandbox.resetRequests();
    },
    run: newRun,
    isLocked: () => isLocked(path),
    forget: (runId) => void seen.add(runId),
    boards: () => boardsWith(sandbox, SEED.leaver.id, SEED.workspaces.standard.id).map(({ id }) => id),
    writes: () => writesIn(sandbox).length,
    async expectFinished() {
      const run = await newRun();
      if (!run) throw new Error("no run was begun");
      seen.add(run.id);
      expectWorld(sandbox);
      expectRun(run);
      await expectJournal(store, run);
      const records = await store.audit.read({ after: audited, limit: 1_000 });
      audited = records.at(-1)?.seq ?? audited;
      expectAudit(records.filter(({ subject }) => subject === run.plan.id).map(({ event }) => event));
    },
    async close() {
      expect(await store.audit.verify()).toMatchObject({ broken: null, changed: [] });
      await store.close();
      await sandbox.close();
    },
  };
}

function isLocked(path: string): boolean {
  // A database server ends the transactions of a client that is gone.
  if (path.startsWith("postgres")) return false;
  const file = new Database(path, { timeout: 20 });
  try {
    file.exec("BEGIN IMMEDIATE");
    file.exec("ROLLBACK");
    return false;
  } catch {
    return true;
  } finally {
    file.close();
  }
}

/** Only the boards that the leaver is on, with nobody but admins beside, so that each of many runs reads little. */
function smallWorld(): World {
  const world = seedWorld();
  const kept: ReadonlySet<string> = new Set(
    [SEED.admin, SEED.deputy, SEED.soleBoardAdmin, SEED.leaver].map(({ id }) => id),
  );
  for (const workspace of world.trello.workspaces.values()) {
    workspace.memberships = workspace.memberships.filter(({ idMember }) => kept.has(idMember));
  }
  for (const [id, board] of world.trello.boards) {
    board.memberships = board.memberships.filter(({ idMember }) => kept.has(idMember));
    if (!board.memberships.some(({ idMember }) => idMember === SEED.leaver.id))
      world.trello.boards.delete(id);
  }
  return world;
}

function expectWorld(sandbox: Sandbox): void {
  expect(boardsWith(sandbox, SEED.leaver.id, SEED.workspaces.standard.id)).toEqual([]);
  expect(inWorkspace(sandbox, SEED.workspaces.standard.id, SEED.leaver.id)).toBeDefined();
  // Not one request too many: none repeated after it took effect, none to anything else.
  const writes = writesIn(sandbox);
  expect(writes.map(({ operation }) => operation)).toEqual(
    Array.from({ length: EFFECTS }, () => "DELETE /boards/{id}/members/{idMember}"),
  );
  expect(writes.every(({ status }) => status === 200)).toBe(true);
  expect(new Set(writes.map(({ path }) => path)).size).toBe(EFFECTS);
}

function expectRun(run: Run): void {
  expect(run.state).toBe("applied");
  expect(run.evidence?.result).toBe("PASS");
  expect(run.evidence?.unfinished).toEqual([]);
  expect(run.evidence?.checks).toHaveLength(EFFECTS);
  expect(run.evidence?.checks.every(({ holds }) => holds)).toBe(true);
  expect(run.effects.map(({ state }) => state)).toEqual(Array.from({ length: EFFECTS }, () => "applied"));
  expect(run.endedAt).not.toBeNull();
}

/** Every effect has its intent before its result, one result, and nothing after it. */
async function expectJournal(store: Store, { id }: Run): Promise<void> {
  const journal = await store.runs.journal(id);
  for (let index = 0; index < EFFECTS; index += 1) {
    const states = journal.filter((entry) => entry.index === index).map(({ state }) => state);
    expect(states.join(" ")).toMatch(/^(sent )+applied$/);
  }
}

function expectAudit(events: readonly string[]): void {
  expect(events.slice(0, 2)).toEqual(["plan.held", "plan.decided"]);
  expect(events.includes("run.started") || events.includes("run.resumed")).toBe(true);
  expect(events.at(-1)).toBe("run.finished");
}

/** Lets a process begin the run and die where `death` says; what it answered where it did not. */
export function applyAndDie(child: Process, death: Death | null): Promise<Answer | null> {
  return child.tell({ death, apply: OFFBOARD });
}

/** Lets a process take up what is unfinished. */
export function recover(child: Process, death: Death | null = null): Promise<Answer | null> {
  return child.tell({ death, apply: null });
}
