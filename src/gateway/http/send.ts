import { setMaxListeners } from "node:events";
import type { Ledger } from "../../domain/budget.ts";
import { type Clock, type Log, type Meter, noMeter } from "../../domain/runtime.ts";
import type { Pass } from "../gateway.ts";
import type { Http } from "./client.ts";
import { sleepUnlessAborted } from "./clock.ts";
import { cancelled, credentialsReplaced } from "./failures.ts";
import type { Queues } from "./queues.ts";
import { addressOf, headerValues, type Reply, type UpstreamRequest } from "./request.ts";
import { nextAttempt, originalOutcome } from "./retry.ts";
import type { Upstream } from "./upstream.ts";

export interface SendDeps {
  readonly queues: Queues;
  readonly ledger: Ledger;
  readonly http: Http;
  readonly lifetime: Lifetime;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly meter?: Meter | undefined;
}

/**
 * Sends a request again and again, as long as another try may succeed, until a reply has a 2xx status. If no try
 * succeeds, rejects with AppError.
 */
export type Send = (upstream: Upstream, request: UpstreamRequest, pass: Pass) => Promise<Reply>;

export function createSend(deps: SendDeps): Send {
  const { queues, ledger, http, lifetime, clock, random, log, meter = noMeter } = deps;

  async function attempt(upstream: Upstream, request: UpstreamRequest, pass: Pass, number: number) {
    for (;;) {
      const ended = await attemptBy(credentialsNow(upstream), upstream, request, pass, number);
      if (ended) return ended;
    }
  }

  /** One try with the credentials `used`; null if they were replaced while the request waited for its turn. */
  async function attemptBy(
    used: Upstream,
    upstream: Upstream,
    request: UpstreamRequest,
    pass: Pass,
    number: number,
  ) {
    const charges = used.charges(request);
    const { operation, access } = request;
    const traced = meter.tracer.requester();
    // The HTTP library is loaded before the request is counted against the rate limits. So the request is sent as soon
    // as it was counted.
    await http.ready();
    const turn = { charges, lane: pass.priority, operation, signal: pass.signal, repeated: number > 1 };
    const ended = await queues.run(turn, async () => {
      const takenAt = clock.monotonic();
      if (credentialsNow(upstream) !== used) {
        await ledger.answered(charges, takenAt);
        return null;
      }
      const sent = async () => {
        try {
          // The credentials are fetched first, because fetching may take time. Only then is a write recorded in the
          // run's journal, directly before the write is sent.
          const authorization = await authorize(used, request);
          if (access === "write") await pass.departure?.record();
          const reading = await used.beforeAttempt(charges);
          if (pass.usage) pass.usage.requests++;
          const startedAt = clock.monotonic();
          const told = originalOutcome(await exchange(used, request, authorization, pass), access);
          const outcome = used.understand?.(told) ?? told;
          return { authorization, reading, outcome, ms: Math.round(clock.monotonic() - startedAt) };
        } finally {
          // The ledger, which counts requests against the rate limits, must always learn that the request has ended.
          // Otherwise it would count the request as still being sent.
          await ledger.answered(charges, takenAt);
        }
      };
      const { authorization, reading, outcome, ms } = await sent();
      await used.afterAttempt(reading, outcome);
      const status = outcome.kind === "reply" ? outcome.status : outcome.kind;
      const facts = { upstream: upstream.name, status: String(status), ms };
      meter.requested(facts);
      traced({ ...facts, operation, endedAt: clock.now() });
      log("debug", { upstream: upstream.name, operation, status, ms, attempt: number }, "upstream request");
      return { outcome, authorization };
    });
    return ended && { ...ended, charges, used };
  }

  async function authorize(
    upstream: Upstream,
    { method, path, query }: UpstreamRequest,
  ): Promise<string | null> {
    return await upstream.authorize(method, addressOf(upstream.baseUrl, path, query));
  }

  /**
   * Sends a request once. If it is a write, no signal aborts it after it was sent, because its result must become
   * known.
   */
  function exchange(
    upstream: Upstream,
    request: UpstreamRequest,
    authorization: string | null,
    { signal, departure }: Pass,
  ) {
    const url = addressOf(upstream.baseUrl, request.path, request.query);
    const headers: Record<string, string> = {
      accept: upstream.mediaType,
      "user-agent": "trello-identity-mcp",
    };
    if (authorization !== null) headers["authorization"] = authorization;
    const form = request.form && new URLSearchParams(request.form).toString();
    const body = form ?? (request.body === undefined ? null : JSON.stringify(request.body));
    if (body !== null)
      headers["content-type"] = form === undefined ? upstream.mediaType : "application/x-www-form-urlencoded";
    const path = `${url.pathname}${url.search}`;
    const guard = request.access === "write" ? { mayLeave: departure?.mayLeave } : { signal };
    return http.exchange({ origin: url.origin, path, method: request.method, headers, body, ...guard });
  }

  async function until(upstream: Upstream, request: UpstreamRequest, pass: Pass): Promise<Reply> {
    const { operation, access } = request;
    let isRenewed = false;
    for (let number = 1; ; number++) {
      const { outcome, authorization, charges, used } = await attempt(upstream, request, pass, number);
      // If the credentials were refused, the change was certainly not made. So even a write may be sent again.
      if (!isRenewed && authorization && (await used.hasNewCredentials?.(authorization, request, outcome))) {
        isRenewed = true;
        continue;
      }
      if (!isRenewed && outcome.kind === "reply" && outcome.status === 401) {
        await upstream.refused?.(outcome);
        const isReplaced = credentialsNow(upstream) !== used;
        // A write is not sent again here. The run gets the error, because it must read the state before it sends the
        // write again.
        if (isReplaced && access === "write") throw credentialsReplaced(operation);
        isRenewed = isReplaced;
        if (isReplaced) continue;
      }
      const next = nextAttempt(outcome, access, number, random(), clock.now());
      const body = outcome.kind === "reply" ? outcome.text : null;
      if (next.kind === "done") return { text: body, header: (name) => headerValues(outcome, name) };
      if (next.pauseMs > 0) {
        for (const id of used.limited(body, charges)) await ledger.pause(id, next.pauseMs);
      }
      if (next.kind === "fail") {
        if (access === "read" && pass.signal?.aborted) throw cancelled(operation);
        throw await used.explain({
          upstream: upstream.name,
          called: upstream.called,
          origin: new URL(upstream.baseUrl).origin,
          operation,
          access,
          outcome,
          at: clock.now(),
        });
      }
      const why = outcome.kind === "reply" ? outcome.status : outcome.kind;
      const facts = { upstream: upstream.name, operation, why, attempt: number, afterMs: next.afterMs };
      log("warn", facts, "upstream request is tried again");
      if (!(await sleepUnlessAborted(clock, next.afterMs, pass.signal))) throw cancelled(operation);
    }
  }

  return (upstream, request, pass) =>
    lifetime.within(pass.signal, (signal) => until(upstream, request, { ...pass, signal }));
}

function credentialsNow(upstream: Upstream): Upstream {
  return upstream.current?.() ?? upstream;
}

/** Ends everything that waits in the gateway when the gateway is closed, for example a pause before the next try. */
export interface Lifetime {
  /**
   * Calls `work` with a new signal. The signal is aborted if the caller's signal is aborted, or if the gateway closes.
   */
  within<Value>(
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<Value>,
  ): Promise<Value>;
  end(): void;
}

export function createLifetime(): Lifetime {
  // `AbortSignal.any` is not used, because a signal with a long life would keep all signals that are made from it in
  // memory.
  const open = new Set<AbortController>();
  let ended = false;

  return {
    async within(signal, work) {
      const own = new AbortController();
      const follow = () => own.abort();
      if (ended || signal?.aborted) own.abort();
      // Many requests of one call listen to the same signal. Without this line, Node would warn about a memory leak.
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
