import { describe, expect, test } from "vitest";
import type { Verified } from "../../../src/domain/audit.ts";
import { createRandom } from "../../faults/random.ts";
import { IN_FULL } from "../../support/suites.ts";
import { BACKENDS, opened } from "../backends.ts";
import { fill } from "./filled.ts";
import { KINDS, KINDS_AGAINST_A_HEAD } from "./kinds.ts";
import { rawStore, type TableName, type Tables } from "./tables.ts";

/** Of a thousand, each kind has about eighteen. `npm test` tries each kind once. */
const ROUNDS = Number(process.env["CORRUPTIONS"] ?? (IN_FULL ? 1_000 : 0));
const NAMES = [...Object.keys(KINDS), ...Object.keys(KINDS_AGAINST_A_HEAD)];

function isReported({ broken, changed, hasHead }: Verified): boolean {
  return broken !== null || changed.length > 0 || !hasHead;
}

/** The tables that differ, after a corruption drawn by `seed`; the same seed always gives the same. */
function corrupted(clean: Tables, kind: string, seed: number): Partial<Tables> {
  const corrupt = KINDS[kind] ?? KINDS_AGAINST_A_HEAD[kind];
  if (!corrupt) throw new Error(kind);
  const random = createRandom(seed);
  for (let tries = 0; tries < 200; tries += 1) {
    const tables = structuredClone(clean);
    corrupt(tables, random);
    const names = (Object.keys(tables) as TableName[]).filter(
      (name) => JSON.stringify(tables[name]) !== JSON.stringify(clean[name]),
    );
    if (names.length > 0) return Object.fromEntries(names.map((name) => [name, tables[name]]));
  }
  throw new Error(`${kind}, seed ${seed}, changes nothing`);
}

describe.each(BACKENDS)("the store on $name", (backend) => {
  test("is as its chain says after each of its writes, as a kill leaves it", async () => {
    const url = await backend.newUrl();
    const store = await opened(url);
    let moments = 0;
    await fill(store, async () => {
      moments += 1;
      expect(await store.audit.verify()).toMatchObject({ broken: null, changed: [], hasHead: true });
    });
    expect(moments).toBeGreaterThan(70);
  });

  test("is told to be changed after each corruption, and not after it was put back", async () => {
    const url = await backend.newUrl();
    const store = await opened(url);
    await fill(store);
    const head = await store.audit.head();
    const raw = await rawStore(url);
    const clean = await raw.read();
    const missed: string[] = [];
    const rounds = Math.max(ROUNDS, NAMES.length);
    for (let seed = 0; seed < rounds; seed += 1) {
      const kind = NAMES[seed % NAMES.length] ?? "";
      const changed = corrupted(clean, kind, seed);
      await raw.replace(changed);
      const isFound = isReported(await store.audit.verify(kind in KINDS ? undefined : head));
      if (!isFound) missed.push(`${kind}, seed ${seed}: ${difference(clean, changed)}`);
      await raw.replace(
        Object.fromEntries((Object.keys(changed) as TableName[]).map((name) => [name, clean[name]])),
      );
      // Whatever was put back is clean again, so the next finding is about the next corruption.
      if (seed % 50 === 0) expect(isReported(await store.audit.verify(head))).toBe(false);
    }
    expect(missed.slice(0, 5)).toEqual([]);
    expect(await store.audit.verify(head)).toMatchObject({ broken: null, changed: [], hasHead: true });
  }, 900_000);
});

function difference(clean: Tables, changed: Partial<Tables>): string {
  return (Object.entries(changed) as [TableName, Tables[TableName]][])
    .map(([name, rows]) => {
      const before = new Set(clean[name].map((row) => JSON.stringify(row)));
      return `${name} ${rows
        .map((row) => JSON.stringify(row))
        .filter((row) => !before.has(row))
        .slice(0, 2)
        .join(" ")
        .slice(0, 400)}`;
    })
    .join("; ");
}
