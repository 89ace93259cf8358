import type { Fault, FaultKind } from "../../src/sandbox/index.ts";
import { createRandom } from "./random.ts";

/** What a seed stands for. */
export interface Schedule {
  readonly seed: number;
  readonly faults: readonly Fault[];
  /** Whether slow replies outlast the client, so that a write can arrive after its sender gave it up. */
  readonly late: boolean;
}

const WRITES: readonly (readonly [string, number])[] = [
  ["DELETE /boards/{id}/members/{idMember}", 40],
  ["DELETE /organizations/{id}/members/{idMember}", 6],
  ["DELETE /organizations/{id}/members/{idMember}/all", 5],
  ["PUT /cards/{id}", 10],
];
const READS: readonly (readonly [string, number])[] = [
  ["GET /batch", 16],
  ["GET /organizations/{id}", 16],
  ["GET /organizations/{id}/memberships", 16],
  ["GET /organizations/{id}/boards", 16],
  ["GET /members/{id}/organizations", 5],
  ["GET /members/{id}/cards", 10],
  ["GET /members/{id}", 3],
];
const KINDS: readonly FaultKind[] = [
  "429",
  "500",
  "503",
  "slow",
  "reset_before",
  "reset_after",
  "wrong_body",
  "truncated",
];

/** How long the client of a late schedule waits, in milliseconds: many times what an ordinary answer takes. */
export const PATIENCE_MS = 250;

/** The faults of a seed: single ones, and outages in which one operation fails many times in a row. */
export function scheduleOf(seed: number): Schedule {
  const random = createRandom(seed);
  const late = random.chance(0.1);
  const faults: Fault[] = [];
  const struck = new Set<string>();
  const strike = (operation: string, attempt: number, kind: FaultKind): void => {
    const key = `${operation} ${attempt}`;
    if (struck.has(key)) return;
    struck.add(key);
    faults.push({ operation, attempt, kind, ...(kind === "slow" && { ms: late ? 3 * PATIENCE_MS : 10 }) });
  };
  for (let left = random.between(1, 40); left > 0; left -= 1) {
    const [operation, most] = random.pick(random.chance(0.6) ? WRITES : READS);
    strike(operation, random.between(1, most), random.pick(KINDS));
  }
  for (let left = random.between(0, 3); left > 0; left -= 1) {
    const [operation, most] = random.pick(random.chance(0.5) ? WRITES : READS);
    const kind = random.pick(KINDS.filter((each) => each !== "slow"));
    const first = random.between(1, most);
    for (let attempt = first; attempt < first + random.between(3, 30); attempt += 1)
      strike(operation, attempt, kind);
  }
  return { seed, faults, late };
}
