import type { Charge, Ledger } from "../../domain/budget.ts";
import type { Clock } from "../../domain/runtime.ts";
import { rest } from "./clock.ts";
import { cancelled, overBudget } from "./failures.ts";

const LANES = ["interactive", "bulk"] as const;
export type Lane = (typeof LANES)[number];

interface Admission {
  readonly charges: readonly Charge[];
  readonly lane: Lane;
  /** For the error, for example `GET /search/members`. */
  readonly operation: string;
  /** Longest single wait, in milliseconds, that is worth it; a longer one is refused at once. */
  readonly patienceMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** The joint gate: a request starts when all its budgets have room at the same moment, and takes them together. */
export interface Gate {
  /** Resolves when the request may start now. Rejects with RATE_LIMITED, or UPSTREAM_UNAVAILABLE where it was cancelled. */
  admit(admission: Admission): Promise<void>;
}

interface Waiting extends Admission {
  readonly start: () => void;
  readonly refuse: (reason: unknown) => void;
  settled: boolean;
  /** Monotonic milliseconds before which the ledger has said that asking is useless. */
  notBefore: number;
  /** Budgets that had no room when the ledger was last asked. */
  full: readonly string[];
}

export function createGate(ledger: Ledger, clock: Clock): Gate {
  const lanes: Record<Lane, Waiting[]> = { interactive: [], bulk: [] };
  let scanning = false;
  let scanAgain = false;
  let alarm: AbortController | null = null;

  /**
   * Walks the lanes in order. Nothing that needs a full budget may overtake a request that waits for it, so that a
   * batch of ten is not starved by single requests; what needs other budgets goes on.
   */
  async function scan(): Promise<number> {
    const held = new Set<string>();
    let soonest = Number.POSITIVE_INFINITY;
    for (const lane of LANES) {
      for (const waiting of lanes[lane].slice()) {
        if (waiting.settled || waiting.charges.some(({ budget }) => held.has(budget.id))) continue;
        await ask(waiting);
        if (waiting.settled) continue;
        for (const id of waiting.full) held.add(id);
        soonest = Math.min(soonest, waiting.notBefore);
      }
    }
    return soonest;
  }

  async function ask(waiting: Waiting): Promise<void> {
    if (clock.monotonic() < waiting.notBefore) return;
    try {
      const wait = await ledger.take(waiting.charges);
      if (waiting.settled) return;
      if (wait <= 0) return waiting.start();
      if (wait > waiting.patienceMs) return waiting.refuse(overBudget(waiting.operation, wait));
      waiting.notBefore = clock.monotonic() + wait;
      waiting.full = await fullOf(waiting.charges);
    } catch (thrown) {
      waiting.refuse(thrown);
    }
  }

  async function fullOf(charges: readonly Charge[]): Promise<readonly string[]> {
    const left = await ledger.remaining(charges.map(({ budget }) => budget));
    const full = charges.filter(({ cost }, index) => (left[index] ?? 0) < cost);
    // Room has come meanwhile, or the ledger does not tell: then every budget is taken to be the one.
    return (full.length > 0 ? full : charges).map(({ budget }) => budget.id);
  }

  async function run(): Promise<void> {
    if (scanning) {
      scanAgain = true;
      return;
    }
    alarm?.abort();
    alarm = null;
    scanning = true;
    let soonest = Number.POSITIVE_INFINITY;
    try {
      do {
        scanAgain = false;
        soonest = await scan();
      } while (scanAgain);
    } finally {
      scanning = false;
    }
    if (soonest < Number.POSITIVE_INFINITY) void wakeAt(soonest);
  }

  async function wakeAt(at: number): Promise<void> {
    const mine = new AbortController();
    alarm = mine;
    if (await rest(clock, Math.max(1, Math.ceil(at - clock.monotonic())), mine.signal)) {
      if (alarm === mine) alarm = null;
      await run();
    }
  }

  return {
    admit(admission) {
      const { signal, lane, operation } = admission;
      if (signal?.aborted) return Promise.reject(cancelled(operation));
      return new Promise<void>((resolve, reject) => {
        const leave = () => {
          waiting.settled = true;
          signal?.removeEventListener("abort", onAbort);
          const at = lanes[lane].indexOf(waiting);
          if (at >= 0) lanes[lane].splice(at, 1);
        };
        const waiting: Waiting = {
          ...admission,
          settled: false,
          notBefore: Number.NEGATIVE_INFINITY,
          full: [],
          start: () => (leave(), resolve()),
          refuse: (reason) => (leave(), reject(reason)),
        };
        const onAbort = () => {
          waiting.refuse(cancelled(operation));
          // Whoever waited behind it may go now.
          void run();
        };
        signal?.addEventListener("abort", onAbort, { once: true });
        lanes[lane].push(waiting);
        void run();
      });
    },
  };
}
