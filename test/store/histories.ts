import * as fc from "fast-check";
import type { Effect, EffectOp } from "../../src/domain/effect.ts";
import type { RunState } from "../../src/domain/run.ts";
import type { JournalEntry, Store } from "../../src/store/store.ts";
import { anEffect, anEntry, aPlan, at, LEASE_MS, PASS } from "./fixtures.ts";

export const OPS: readonly EffectOp[] = [
  "invite_workspace_member",
  "remove_board_member",
  "set_board_member",
];
export const WORKSPACES = ["w1", "w2"];
export const PEOPLE = ["ada", "bob"];
/** Few, so that much happens at one time. */
export const SECONDS = 4;
/** After any of its records, and before a lease lapses. */
const END = SECONDS + 1;

const effect: fc.Arbitrary<Effect> = fc
  .record({
    op: fc.constantFrom(...OPS),
    target: fc
      .tuple(
        fc.constantFrom<Record<string, string>>(
          {},
          { idOrganization: "" },
          ...WORKSPACES.map((idOrganization) => ({ idOrganization })),
        ),
        fc.constantFrom("m1", "m2", "m3"),
      )
      .map(([where, idMember]) => ({ ...where, idMember })),
  })
  .map(anEffect);

const record = fc.record({
  index: fc.nat(),
  state: fc.constantFrom("pending", "sent", "sent", "applied", "applied", "already", "lost", "failed"),
  seconds: fc.nat(SECONDS),
});

/** Runs as they may have gone: by whom, of which effects, with which records, and how they ended, if they did. */
export const history = fc.array(
  fc.record({
    who: fc.constantFrom(...PEOPLE),
    effects: fc.array(effect, { minLength: 1, maxLength: 4 }),
    records: fc.array(record, { maxLength: 14 }),
    state: fc.constantFrom<RunState>("running", "verifying", "applied", "partial", "failed", "cancelled"),
  }),
  { maxLength: 5 },
);
export type History = typeof history extends fc.Arbitrary<infer H> ? H : never;

/** What a run left behind: its records as the store took them. */
export interface Played {
  readonly id: string;
  readonly who: string;
  readonly ticket: string;
  readonly state: RunState;
  readonly effects: readonly Effect[];
  readonly journal: readonly JournalEntry[];
}

/** Lets a history happen in the store, the records of all runs in turns. */
export async function play(store: Store, told: History): Promise<readonly Played[]> {
  const runs: { id: string; journal: JournalEntry[]; ticket: string }[] = [];
  for (const [n, { who, effects }] of told.entries()) {
    const principal = { id: who, name: who, client: "test/1" };
    const plan = aPlan({ requires: "none", effects, principal, ticket: `IT-${n}` });
    await store.plans.put(plan);
    const start = { runId: `run_${n}`, principalId: who, holder: "one", at: at(0), leaseMs: LEASE_MS };
    const { id } = await store.plans.startRun(plan.id, start);
    runs.push({ id, journal: [], ticket: `IT-${n}` });
  }
  for (let turn = 0; turn < Math.max(0, ...told.map(({ records }) => records.length)); turn += 1) {
    for (const [n, { id, journal }] of runs.entries()) {
      const { effects = [], records = [] } = told[n] ?? {};
      const next = records[turn];
      if (!next) continue;
      const entry = anEntry(next.index % effects.length, next.state, next.seconds);
      const before = journal.filter(({ index }) => index === entry.index);
      const settled = before.some(({ state }) => state === "applied" || state === "already");
      // The store takes no intent for it, which tests of the journal hold.
      if (settled && entry.state === "sent") continue;
      await store.runs.append(id, "one", entry);
      journal.push(entry);
    }
  }
  const played: Played[] = [];
  for (const [n, { who, effects, state }] of told.entries()) {
    const run = runs[n];
    if (!run) continue;
    if (state === "running" || state === "verifying") await store.runs.setState(run.id, "one", state);
    else await store.runs.finish(run.id, "one", { state, evidence: PASS, at: at(END) });
    played.push({ ...run, who, effects, state });
  }
  return played;
}
