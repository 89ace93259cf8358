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

/** Sends a request, and repeats it if useful, until the reply has a 2xx status. Otherwise rejects with AppError. */
export type Send = (upstream: Upstream, request: UpstreamRequest, pass: Pass) => Promise<Reply>;

export function createSend(deps: SendDeps): Send {
  const { queues, ledger, http, lifetime, clock, random, log, meter = noMeter } = deps;

  async function attempt(upstream: Upstream, request: UpstreamRequest, pass: Pass, number: number) {
    const charges = upstream.charges(request);
    const { operation, access } = request;
    const traced = meter.tracer.requester();
    // The HTTP client is loaded before, so that the request is sent as soon as it was counted.
    await http.ready();
    const turn = { charges, lane: pass.priority, operation, signal: pass.signal, repeated: number > 1 };
    const ended = await queues.run(turn, async () => {
      const takenAt = clock.monotonic();
      const sent = async () => {
        try {
          // The credentials come first, because they may have to be fetched. A write is recorded after that, when it is
          // sent.
          const authorization = await authorize(upstream, request);
          if (access === "write") await pass.departure?.record();
          const reading = await upstream.beforeAttempt(charges);
          if (pass.usage) pass.usage.requests++;
          const startedAt = clock.monotonic();
          const told = originalOutcome(await exchange(upstream, request, authorization, pass), access);
          const outcome = upstream.understand?.(told) ?? told;
          return { authorization, reading, outcome, ms: Math.round(clock.monotonic() - startedAt) };
        } finally {
          // The ledger is told in any case. A request without this call would count as still being sent.
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

  /** A signal does not abort a write that was sent, because its result must become known. */
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
      // After a refusal of the credentials, the change was certainly not made. So even a write may be sent again.
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

/** The lifetime of the gateway. Closing the gateway ends everything that waits. */
export interface Lifetime {
  /** Runs `work` with a new signal, which is aborted by the caller's signal or when the gateway closes. */
  within<Value>(
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<Value>,
  ): Promise<Value>;
  end(): void;
}

export function createLifetime(): Lifetime {
  // `AbortSignal.any` is not used, because a long-lived signal would keep all signals made from it in memory.
  const open = new Set<AbortController>();
  let ended = false;

  return {
    async within(signal, work) {
      const own = new AbortController();
      const follow = () => own.abort();
      if (ended || signal?.aborted) own.abort();
      // Many requests of one call listen to the same signal. This switches off Node's warning about a memory leak.
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
