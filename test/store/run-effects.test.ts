import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toAppError } from "../../src/domain/error.ts";
import type { EffectState } from "../../src/domain/run.ts";
import { foldJournal } from "../../src/store/run-effects.ts";
import type { JournalEntry } from "../../src/store/store.ts";
import { BACKENDS, newStore } from "./backends.ts";
import { aRun, at, someEffects } from "./fixtures.ts";

const EFFECTS = 4;
const effects = someEffects(EFFECTS);
const states: readonly EffectState[] = ["pending", "sent", "applied", "already", "lost", "failed"];

const entry = (index: fc.Arbitrary<number>): fc.Arbitrary<JournalEntry> =>
  fc.record({
    index,
    state: fc.constantFrom(...states),
    at: fc.integer({ min: 0, max: 20 }).map(at),
    error: fc.option(
      fc.record({
        code: fc.constantFrom("CONFLICT" as const, "RATE_LIMITED" as const),
        message: fc.string(),
        next: fc.option(fc.string(), { nil: null }),
      }),
      { nil: null },
    ),
    requests: fc.nat(1000),
  });
const journal = fc.array(entry(fc.nat(EFFECTS - 1)), { maxLength: 40 });

describe("folding a journal", () => {
  it("keeps the plan's effects in the plan's order, pending where nothing is written", () => {
    expect(foldJournal(effects, []).map((row) => [row.index, row.effect, row.state])).toEqual(
      effects.map((effect, index) => [index, effect, "pending"]),
    );
  });

  it("counts every sent record exactly once", () => {
    fc.assert(
      fc.property(journal, (records) => {
        const attempts = foldJournal(effects, records).reduce((sum, row) => sum + row.attempts, 0);
        expect(attempts).toBe(records.filter(({ state }) => state === "sent").length);
      }),
    );
  });

  it("has an effect stand where its last record left it", () => {
    fc.assert(
      fc.property(journal, entry(fc.nat(EFFECTS - 1)), (records, last) => {
        const row = foldJournal(effects, [...records, last])[last.index];
        expect(row).toMatchObject({ state: last.state, error: last.error });
        expect(row?.settledAt).toBe(["applied", "already", "failed"].includes(last.state) ? last.at : null);
        const before = foldJournal(effects, records)[last.index];
        expect(row?.sentAt).toBe(last.state === "sent" ? last.at : before?.sentAt);
      }),
    );
  });

  it("does not depend on how the records of different effects are interleaved", () => {
    fc.assert(
      fc.property(journal, (records) => {
        const grouped = effects.flatMap((_, index) => records.filter((record) => record.index === index));
        expect(foldJournal(effects, grouped)).toEqual(foldJournal(effects, records));
      }),
    );
  });

  it("never forgets that something was sent", () => {
    fc.assert(
      fc.property(journal, entry(fc.nat(EFFECTS - 1)), (records, next) => {
        const before = foldJournal(effects, records);
        for (const row of foldJournal(effects, [...records, next])) {
          expect(row.attempts).toBeGreaterThanOrEqual(before[row.index]?.attempts ?? 0);
          expect(row.sentAt === null).toBe(row.attempts === 0);
        }
      }),
    );
  });

  it("passes over records of effects that the plan does not have", () => {
    fc.assert(
      fc.property(fc.array(entry(fc.integer({ min: EFFECTS, max: 99 }))), (records) => {
        expect(foldJournal(effects, records)).toEqual(foldJournal(effects, []));
      }),
    );
  });
});

describe.each(BACKENDS)("a journal kept on $name", (backend) => {
  it("reads back as it was written and folds to the run", async () => {
    const store = await newStore(backend);
    await fc.assert(
      fc.asyncProperty(journal, async (records) => {
        const run = await aRun(store, { effects });
        const written: JournalEntry[] = [];
        for (const record of records) {
          const settled = written.some(
            ({ index, state }) => index === record.index && (state === "applied" || state === "already"),
          );
          const refused = settled && record.state === "sent";
          const outcome = await store.runs.append(run.id, "one", record).then(
            () => "kept",
            (thrown: unknown) => toAppError(thrown).code,
          );
          expect(outcome).toBe(refused ? "CONFLICT" : "kept");
          if (!refused) written.push(record);
        }
        expect(await store.runs.journal(run.id)).toEqual(written);
        expect((await store.runs.get(run.id))?.effects).toEqual(foldJournal(effects, written));
      }),
      { numRuns: 20 },
    );
  });
});
