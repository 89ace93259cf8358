import { setMaxListeners } from "node:events";
import PQueue from "p-queue";
import type { Charge, Ledger } from "../../domain/budget.ts";
import type { Clock, Log } from "../../domain/runtime.ts";
import type { Pass } from "../gateway.ts";
import type { Http } from "./client.ts";
import { rest } from "./clock.ts";
import { cancelled } from "./failures.ts";
import type { Gate } from "./gate.ts";
import { addressOf, header, type Outcome, type Reply, type UpstreamRequest } from "./request.ts";
import { decide } from "./retry.ts";
import type { Upstream } from "./upstream.ts";

export interface SendDeps {
  readonly gate: Gate;
  readonly ledger: Ledger;
  readonly http: Http;
  readonly lifetime: Lifetime;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** Requests under way at once in each queue. */
  readonly concurrency: number;
}

/** Sends a request until it is answered with 2xx; everything else rejects with AppError. */
export type Send = (upstream: Upstream, request: UpstreamRequest, pass: Pass) => Promise<Reply>;

/** A caller who waits for an answer is told at once where a budget has no room for this long. */
const INTERACTIVE_PATIENCE_MS = 60_000;

export function createSend(deps: SendDeps): Send {
  const { gate, ledger, http, lifetime, clock, random, log, concurrency } = deps;
  const queues = new Map<string, PQueue>();

  /** One queue a lane and set of budgets: work that waits for one budget holds no slot of work that does not need it. */
  function queueOf(pass: Pass, charges: readonly Charge[]): PQueue {
    const key = [pass.priority, ...charges.map(({ budget }) => budget.id)].join(" ");
    let queue = queues.get(key);
    if (!queue) {
      queue = new PQueue({ concurrency });
      queues.set(key, queue);
    }
    return queue;
  }

  /** The slot is had before the starts are counted, so that a counted start leaves at once. */
  async function attempt(upstream: Upstream, request: UpstreamRequest, pass: Pass, number: number) {
    const charges = upstream.charges(request);
    const { operation, effect } = request;
    const task = async (): Promise<Outcome> => {
      await http.ready();
      const patienceMs = pass.priority === "interactive" ? INTERACTIVE_PATIENCE_MS : Number.POSITIVE_INFINITY;
      await gate.admit({ charges, lane: pass.priority, operation, patienceMs, signal: pass.signal });
      const takenAt = clock.monotonic();
      const sight = await upstream.began(charges);
      if (pass.spent) pass.spent.requests++;
      const startedAt = clock.monotonic();
      const outcome = await exchange(upstream, request, effect === "read" ? pass.signal : undefined);
      await ledger.answered(charges, takenAt);
      await upstream.ended(sight, outcome);
      const status = outcome.kind === "reply" ? outcome.status : outcome.kind;
      const ms = Math.round(clock.monotonic() - startedAt);
      log("debug", { upstream: upstream.name, operation, status, ms, attempt: number }, "upstream request");
      return outcome;
    };
    const outcome = await queued(queueOf(pass, charges), task, pass.signal, number > 1 ? 1 : 0, operation);
    return { outcome, charges };
  }

  function exchange(upstream: Upstream, request: UpstreamRequest, signal: AbortSignal | undefined) {
    const url = addressOf(upstream.baseUrl, request.path, request.query);
    const headers: Record<string, string> = {
      accept: upstream.mediaType,
      authorization: upstream.authorize(request.method, url),
      "user-agent": "trello-identity-mcp",
    };
    const body = request.body === undefined ? null : JSON.stringify(request.body);
    if (body !== null) headers["content-type"] = upstream.mediaType;
    const path = `${url.pathname}${url.search}`;
    return http.exchange({ origin: url.origin, path, method: request.method, headers, body, signal });
  }

  async function until(upstream: Upstream, request: UpstreamRequest, pass: Pass): Promise<Reply> {
    const { operation, effect } = request;
    for (let number = 1; ; number++) {
      const { outcome, charges } = await attempt(upstream, request, pass, number);
      const decision = decide(outcome, effect, number, random(), clock.now());
      const body = outcome.kind === "reply" ? outcome.text : null;
      if (decision.kind === "done") return { text: body, header: (name) => header(outcome, name) };
      if (decision.pauseMs > 0) {
        for (const id of upstream.limited(body, charges)) await ledger.pause(id, decision.pauseMs);
      }
      if (decision.kind === "fail") {
        if (effect === "read" && pass.signal?.aborted) throw cancelled(operation);
        throw await upstream.explain({
          upstream: upstream.name,
          operation,
          effect,
          outcome,
          at: clock.now(),
        });
      }
      const why = outcome.kind === "reply" ? outcome.status : outcome.kind;
      const facts = { upstream: upstream.name, operation, why, attempt: number, afterMs: decision.afterMs };
      log("warn", facts, "upstream request is tried again");
      if (!(await rest(clock, decision.afterMs, pass.signal))) throw cancelled(operation);
    }
  }

  return (upstream, request, pass) =>
    lifetime.within(pass.signal, (signal) => until(upstream, request, { ...pass, signal }));
}

/**
 * Runs a task in a queue. The signal takes it out of the queue; once it runs, it minds the signal itself, because a
 * write that is under way must be waited for.
 */
async function queued<T>(
  queue: PQueue,
  task: () => Promise<T>,
  signal: AbortSignal | undefined,
  priority: number,
  operation: string,
): Promise<T> {
  const whileWaiting = new AbortController();
  let begun = false;
  const onAbort = () => {
    if (!begun) whileWaiting.abort();
  };
  if (signal?.aborted) throw cancelled(operation);
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    return await queue.add(
      () => {
        begun = true;
        return task();
      },
      { priority, signal: whileWaiting.signal },
    );
  } catch (thrown) {
    throw begun ? thrown : cancelled(operation);
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}

/** The life of the gateway: closing it ends everything that waits. */
export interface Lifetime {
  /** Runs `work` with a signal of its own, which follows the caller's and the end of the gateway. */
  within<Value>(
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<Value>,
  ): Promise<Value>;
  end(): void;
}

export function createLifetime(): Lifetime {
  // Not AbortSignal.any: a long-lived source keeps every signal made of it.
  const open = new Set<AbortController>();
  let ended = false;

  return {
    async within(signal, work) {
      const own = new AbortController();
      const follow = () => own.abort();
      if (ended || signal?.aborted) own.abort();
      // Many requests of one pass listen to one signal; that is no leak.
      if (signal) setMaxListeners(0, signal);
      signal?.addEventListener("abort", follow, { once: true });
      open.add(own);
      try {
        return await work(own.signal);
      } finally {
        open.delete(own);
        signal?.removeEventListener("abort", follow);
      }
    },
    end() {
      ended = true;
      for (const own of open) own.abort();
    },
  };
}
