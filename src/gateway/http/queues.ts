import PQueue from "p-queue";
import type { Charge } from "../../domain/budget.ts";
import { cancelled } from "./failures.ts";
import type { Gate } from "./gate.ts";

/** `interactive`: a person waits for the answer. `bulk`: part of a large run. */
export type Lane = "interactive" | "bulk";

/** One attempt of a request, before it starts. */
export interface Turn {
  readonly charges: readonly Charge[];
  readonly lane: Lane;
  /** For errors, for example `GET /search/members`. */
  readonly operation: string;
  readonly signal?: AbortSignal | undefined;
  /** A request that is sent again goes before others in its lane. */
  readonly repeated: boolean;
}

/** Decides which request starts next. */
export interface Queues {
  /** Runs `exchange` when it is its turn and its budgets are taken. Rejects as `Gate.admit` does. */
  run<Value>(turn: Turn, exchange: () => Promise<Value>): Promise<Value>;
}

const INTERACTIVE_PATIENCE_MS = 60_000;

const PRIORITY: Readonly<Record<Lane, number>> = { bulk: 0, interactive: 2 };

interface Queue {
  readonly tasks: PQueue;
  /** The one task that waits at the gate, if any. */
  atGate: { readonly lane: Lane; readonly giveWay: AbortController } | null;
}

/**
 * One p-queue for each set of budgets, because a request that waits for one budget must not delay requests that do
 * not need it. At most one task of a queue waits at the gate. So the priority in the queue decides which task is
 * next, and a bulk task gives its place to an interactive one. `concurrency` is the most exchanges of one queue at
 * once. An interactive caller gets an error at once if a budget has no room for `interactivePatienceMs`; a bulk
 * caller waits.
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
   * Waits at the gate while the queue is paused. The task has its slot already, so its request leaves as soon as its
   * start is counted.
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
          // p-queue drops an aborted task even after the task began. A task that began watches the signal itself,
          // because a sent write must be waited for.
          if (begun) return begun;
          throw signal?.aborted ? cancelled(operation) : thrown;
        });
        if (done) return done.value;
      }
    },
  };
}
