import type { Charge, Ledger } from "../../domain/budget.ts";
import type { Clock } from "../../domain/runtime.ts";
import { sleepUnlessAborted } from "./clock.ts";
import { cancelled, overBudget } from "./failures.ts";

export interface Admission {
  readonly charges: readonly Charge[];
  /** The name of the request, such as `GET /search/members`, for error messages. */
  readonly operation: string;
  /** The longest wait (ms). If the request would have to wait longer, it is refused at once. */
  readonly patienceMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Aborted if a more urgent request must be sent first. This request then stops waiting. */
  readonly yielded?: AbortSignal | undefined;
}

/** Waits until all rate budgets of a request have room at the same time. Then counts the request in all of them. */
export interface Gate {
  /**
   * true: the request was counted and may be sent. false: the request was not counted, because a more urgent request
   * must be sent first. Rejects with RATE_LIMITED if the wait would be too long, and with UPSTREAM_UNAVAILABLE if the
   * caller gave up.
   */
  admit(admission: Admission): Promise<boolean>;
}

interface Waiting extends Admission {
  readonly end: (started: boolean) => void;
  readonly refuse: (reason: unknown) => void;
  settled: boolean;
  /**
   * True if this request must stop waiting, because a more urgent request came. The wait ends only after the ledger has
   * answered, because the ledger may be counting this request at this moment.
   */
  yielding: boolean;
  asked: boolean;
  /**
   * The ledger (the count of requests) reported that the budgets have no room before this time (monotonic
   * milliseconds).
   */
  notBefore: number;
  /** The budgets that were full when the ledger was last asked about this request. */
  full: readonly string[];
}

/**
 * Makes the gate, which lets a request pass when its rate budgets have room. Only a few requests wait at the gate: each
 * set of budgets has a queue of requests, and only one request of each queue is at the gate.
 */
export function createGate(ledger: Ledger, clock: Clock): Gate {
  const all: Waiting[] = [];
  let scanning = false;
  let scanAgain = false;
  let alarm: AbortController | null = null;

  /**
   * Asks the ledger (the count of requests) for each waiting request, in the order of arrival. A request must not
   * overtake an earlier request that waits for the same full budget. Otherwise single requests could hold back a batch
   * of ten for ever. Requests that need other budgets are not held back.
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
        // The request was cancelled while the ledger was counting it, so it is not sent. The ledger must still learn
        // that the request has ended; otherwise it would count the request as being sent.
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
    // The budgets that are full for this request. If the ledger does not say which, all budgets of the request count as
    // full.
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
          // A request can be cancelled while the ledger is asked about it. If the ledger fails after that, the
          // cancelled request must not get the error.
          if (waiting.settled) return;
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
        // Whether the request was let through or not, it no longer waits. So a request that waited behind it may now be
        // let through.
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
