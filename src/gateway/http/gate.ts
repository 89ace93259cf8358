import type { Charge, Ledger } from "../../domain/budget.ts";
import type { Clock } from "../../domain/runtime.ts";
import { sleepUnlessAborted } from "./clock.ts";
import { cancelled, overBudget } from "./failures.ts";

export interface Admission {
  readonly charges: readonly Charge[];
  /** For the error, for example `GET /search/members`. */
  readonly operation: string;
  /** A wait that would be longer than this, in milliseconds, is refused at once. */
  readonly patienceMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Ends the wait because a more urgent request needs the place. */
  readonly yielded?: AbortSignal | undefined;
}

/**
 * The gate of all budgets: a request starts when all its budgets have room at the same moment, and takes from all of
 * them at once.
 */
export interface Gate {
  /**
   * true: the request may start now. false: the request gave its place to a more urgent one and took nothing. Rejects
   * with RATE_LIMITED if the wait is too long, and with UPSTREAM_UNAVAILABLE if the caller cancelled it.
   */
  admit(admission: Admission): Promise<boolean>;
}

interface Waiting extends Admission {
  readonly end: (started: boolean) => void;
  readonly refuse: (reason: unknown) => void;
  settled: boolean;
  /** The request must give up its place, but the ledger is being asked and may still count its starts. */
  yielding: boolean;
  asked: boolean;
  /** Until this time (monotonic milliseconds) it is useless to ask the ledger again, as the ledger said. */
  notBefore: number;
  /** Budgets that had no room when the ledger was last asked. */
  full: readonly string[];
}

/** Few requests wait here at a time: one for each queue. There is one queue for each set of budgets. */
export function createGate(ledger: Ledger, clock: Clock): Gate {
  const all: Waiting[] = [];
  let scanning = false;
  let scanAgain = false;
  let alarm: AbortController | null = null;

  /**
   * Asks for each request in the order of arrival. A request must not overtake another that waits for the same full
   * budget; otherwise single requests would starve a batch of ten. Requests on other budgets continue.
   */
  async function scan(): Promise<number> {
    const held = new Set<string>();
    let soonest = Number.POSITIVE_INFINITY;
    for (const waiting of all.slice()) {
      if (waiting.settled || waiting.charges.some(({ budget }) => held.has(budget.id))) continue;
      await ask(waiting);
      if (waiting.settled) continue;
      for (const id of waiting.full) held.add(id);
      soonest = Math.min(soonest, waiting.notBefore);
    }
    return soonest;
  }

  async function ask(waiting: Waiting): Promise<void> {
    if (clock.monotonic() < waiting.notBefore) return;
    try {
      waiting.asked = true;
      const wait = await ledger.take(waiting.charges);
      waiting.asked = false;
      if (waiting.settled) {
        // The request was cancelled in the meantime. It is not sent, but its starts are counted.
        if (wait <= 0) await ledger.answered(waiting.charges, clock.monotonic());
        return;
      }
      if (wait <= 0) return waiting.end(true);
      if (waiting.yielding) return waiting.end(false);
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
    // There is room now, or the ledger does not say which budget is full. Then every budget counts as full.
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
    if (await sleepUnlessAborted(clock, Math.max(1, Math.ceil(at - clock.monotonic())), mine.signal)) {
      if (alarm === mine) alarm = null;
      await run();
    }
  }

  return {
    admit(admission) {
      const { signal, yielded, operation } = admission;
      if (signal?.aborted) return Promise.reject(cancelled(operation));
      return new Promise<boolean>((resolve, reject) => {
        const leave = () => {
          waiting.settled = true;
          signal?.removeEventListener("abort", onAbort);
          yielded?.removeEventListener("abort", onYield);
          all.splice(all.indexOf(waiting), 1);
        };
        const waiting: Waiting = {
          ...admission,
          settled: false,
          yielding: false,
          asked: false,
          notBefore: Number.NEGATIVE_INFINITY,
          full: [],
          end: (started) => (leave(), resolve(started)),
          refuse: (reason) => (leave(), reject(reason)),
        };
        // Either way, a request that waited behind this one may be able to start.
        const onAbort = () => (waiting.refuse(cancelled(operation)), void run());
        const onYield = () => {
          if (waiting.asked) waiting.yielding = true;
          else waiting.end(false);
          void run();
        };
        signal?.addEventListener("abort", onAbort, { once: true });
        yielded?.addEventListener("abort", onYield, { once: true });
        all.push(waiting);
        void run();
      });
    },
  };
}
