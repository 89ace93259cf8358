import PQueue from "p-queue";
import type { Charge } from "../../domain/budget.ts";
import { cancelled } from "./failures.ts";
import type { Gate } from "./gate.ts";

/** The priority of a request. `interactive`: a user waits for the answer. `bulk`: it belongs to a large run. */
export type Lane = "interactive" | "bulk";

/** One try of a request that waits to be sent. */
export interface Turn {
  readonly charges: readonly Charge[];
  readonly lane: Lane;
  /** For errors, for example `GET /search/members`. */
  readonly operation: string;
  readonly signal?: AbortSignal | undefined;
  /** True if the request is sent again. It then goes before new requests of the same priority. */
  readonly repeated: boolean;
}

/** Decides which request starts next. */
export interface Queues {
  /**
   * Waits until it is the request's turn and its rate budgets have room. Then calls `exchange`, which sends the
   * request. Rejects with the errors of `Gate.admit`.
   */
  run<Value>(turn: Turn, exchange: () => Promise<Value>): Promise<Value>;
}

const INTERACTIVE_PATIENCE_MS = 60_000;

const PRIORITY: Readonly<Record<Lane, number>> = { bulk: 0, interactive: 2 };

interface Queue {
  readonly tasks: PQueue;
  /** The request of this queue that waits at the gate, which checks the rate budgets. There is at most one. */
  atGate: { readonly lane: Lane; readonly giveWay: AbortController } | null;
}

/**
 * Makes the queues of requests, one for each set of rate budgets. So a request that waits for one budget does not delay
 * requests that do not need this budget.
 * Only one request of a queue waits for the budgets. The others are sorted by priority. If an interactive request
 * arrives, a bulk request at the gate lets it go first.
 * `concurrency`: how many requests of a queue are sent at the same time. An interactive request fails at once if it
 * would have to wait longer than `interactivePatienceMs`; a bulk request waits as long as needed.
 */
export function createQueues(
  gate: Gate,
  concurrency: number,
  interactivePatienceMs = INTERACTIVE_PATIENCE_MS,
): Queues {
  const queues = new Map<string, Queue>();

  function queueOf(charges: readonly Charge[]): Queue {
    const key = charges.map(({ budget }) => budget.id).join(" ");
    let queue = queues.get(key);
    if (!queue) {
      queue = { tasks: new PQueue({ concurrency }), atGate: null };
      queues.set(key, queue);
    }
    return queue;
  }

  /**
   * Waits for the rate budgets. The queue is paused meanwhile. When the budgets have room, the request is sent at once.
   */
  async function admit(queue: Queue, turn: Turn): Promise<boolean> {
    const { charges, lane, operation, signal } = turn;
    const giveWay = new AbortController();
    queue.tasks.pause();
    queue.atGate = { lane, giveWay };
    const patienceMs = lane === "interactive" ? interactivePatienceMs : Number.POSITIVE_INFINITY;
    try {
      return await gate.admit({ charges, operation, patienceMs, signal, yielded: giveWay.signal });
    } finally {
      queue.atGate = null;
      queue.tasks.start();
    }
  }

  return {
    async run(turn, exchange) {
      const { lane, signal, operation } = turn;
      const queue = queueOf(turn.charges);
      for (let { repeated } = turn; ; repeated = true) {
        let begun: Promise<{ readonly value: Awaited<ReturnType<typeof exchange>> } | null> | undefined;
        const task = async () => ((await admit(queue, turn)) ? { value: await exchange() } : null);
        const priority = PRIORITY[lane] + (repeated ? 1 : 0);
        const added = queue.tasks.add(() => (begun = task()), { priority, ...(signal && { signal }) });
        if (lane === "interactive" && queue.atGate?.lane === "bulk") queue.atGate.giveWay.abort();
        const done = await added.catch((thrown: unknown) => {
          // p-queue (the library of the queues) drops a cancelled task even if the task has started. But a write that
          // was sent must be waited for. So this code waits for every task that has started.
          if (begun) return begun;
          throw signal?.aborted ? cancelled(operation) : thrown;
        });
        if (done) return done.value;
      }
    },
  };
}
