import { setMaxListeners } from "node:events";
import type { Ledger } from "../../domain/budget.ts";
import { type Clock, type Log, type Meter, noMeter } from "../../domain/runtime.ts";
import type { Pass } from "../gateway.ts";
import type { Http } from "./client.ts";
import { sleepUnlessAborted } from "./clock.ts";
import { cancelled } from "./failures.ts";
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

/** Sends a request until it gets a 2xx reply. Any other end rejects with AppError. */
export type Send = (upstream: Upstream, request: UpstreamRequest, pass: Pass) => Promise<Reply>;

export function createSend(deps: SendDeps): Send {
  const { queues, ledger, http, lifetime, clock, random, log, meter = noMeter } = deps;

  async function attempt(upstream: Upstream, request: UpstreamRequest, pass: Pass, number: number) {
    const charges = upstream.charges(request);
    const { operation, access } = request;
    const traced = meter.tracer.requester();
    // Loaded before the turn, so that the request leaves as soon as its start is counted.
    await http.ready();
    const turn = { charges, lane: pass.priority, operation, signal: pass.signal, repeated: number > 1 };
    const ended = await queues.run(turn, async () => {
      const takenAt = clock.monotonic();
      const sent = async () => {
        try {
          // This comes first, because new credentials may have to be fetched. A write is recorded when it leaves.
          const authorization = await authorize(upstream, request);
          if (access === "write") await pass.departure?.record();
          const reading = await upstream.beforeAttempt(charges);
          if (pass.usage) pass.usage.requests++;
          const startedAt = clock.monotonic();
          const told = originalOutcome(await exchange(upstream, request, authorization, pass), access);
          const outcome = upstream.understand?.(told) ?? told;
          return { authorization, reading, outcome, ms: Math.round(clock.monotonic() - startedAt) };
        } finally {
          // This is true for every end of the request: a start without an answer counts as still under way.
          await ledger.answered(charges, takenAt);
        }
      };
      const { authorization, reading, outcome, ms } = await sent();
      await upstream.afterAttempt(reading, outcome);
      const status = outcome.kind === "reply" ? outcome.status : outcome.kind;
      const facts = { upstream: upstream.name, status: String(status), ms };
      meter.requested(facts);
      traced({ ...facts, operation, endedAt: clock.now() });
      log("debug", { upstream: upstream.name, operation, status, ms, attempt: number }, "upstream request");
      return { outcome, authorization };
    });
    return { ...ended, charges };
  }

  async function authorize(
    upstream: Upstream,
    { method, path, query }: UpstreamRequest,
  ): Promise<string | null> {
    return await upstream.authorize(method, addressOf(upstream.baseUrl, path, query));
  }

  /** The signal does not abort a write that was sent, so that its outcome becomes known. */
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
      const { outcome, authorization, charges } = await attempt(upstream, request, pass, number);
      // A request that is refused because of its credentials was certainly not applied, so a write may be sent again,
      // too.
      if (
        !isRenewed &&
        authorization &&
        (await upstream.hasNewCredentials?.(authorization, request, outcome))
      ) {
        isRenewed = true;
        continue;
      }
      const next = nextAttempt(outcome, access, number, random(), clock.now());
      const body = outcome.kind === "reply" ? outcome.text : null;
      if (next.kind === "done") return { text: body, header: (name) => headerValues(outcome, name) };
      if (next.pauseMs > 0) {
        for (const id of upstream.limited(body, charges)) await ledger.pause(id, next.pauseMs);
      }
      if (next.kind === "fail") {
        if (access === "read" && pass.signal?.aborted) throw cancelled(operation);
        throw await upstream.explain({
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

/** The life of the gateway: closing the gateway ends everything that waits. */
export interface Lifetime {
  /** Runs `work` with a new signal, which follows the caller's signal and the end of the gateway. */
  within<Value>(
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<Value>,
  ): Promise<Value>;
  end(): void;
}

export function createLifetime(): Lifetime {
  // AbortSignal.any is not used: a source that lives long keeps every signal made from it.
  const open = new Set<AbortController>();
  let ended = false;

  return {
    async within(signal, work) {
      const own = new AbortController();
      const follow = () => own.abort();
      if (ended || signal?.aborted) own.abort();
      // Many requests of one pass listen to one signal. This is not a memory leak.
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
