import { AppError } from "../domain/error.ts";
import type { Clock } from "../domain/runtime.ts";
import { BATCH_SIZE, batchReplies, batchUrls, failureText, type SubReply, type SubRequest } from "./batch.ts";
import { rest } from "./clock.ts";
import type { Pass } from "./gateway.ts";
import type { Lifetime } from "./lifetime.ts";
import type { Outcome } from "./outcome.ts";
import { parseJson } from "./parse.ts";
import { cancelled } from "./refusals.ts";
import { decide } from "./retry.ts";
import type { Send } from "./send.ts";
import type { Upstream } from "./upstream.ts";

export interface BatchDeps {
  readonly send: Send;
  readonly upstream: Upstream;
  readonly clock: Clock;
  readonly lifetime: Lifetime;
  readonly random: () => number;
  readonly pause: (id: string, ms: number) => Promise<void> | void;
}

/** Up to ten GETs in one request; each comes back as its body or as the AppError that it alone would have been. */
export type Batch = (
  requests: readonly SubRequest[],
  pass: Pass,
) => Promise<readonly (SubSuccess | AppError)[]>;

export interface SubSuccess {
  readonly body: unknown;
}

const FROM = { upstream: "trello", operation: "GET /batch" } as const;

export function createBatch({ send, upstream, clock, lifetime, random, pause }: BatchDeps): Batch {
  async function once(requests: readonly SubRequest[], pass: Pass): Promise<SubReply[]> {
    const { text } = await send(
      upstream,
      {
        operation: FROM.operation,
        method: "GET",
        path: "/batch",
        query: { urls: batchUrls(requests) },
        effect: "read",
        counted: requests.map(({ path }) => path),
      },
      pass,
    );
    const replies = batchReplies(parseJson(text, FROM), requests.length);
    if (replies) return replies;
    throw new AppError(
      "UPSTREAM_CONTRACT",
      `${FROM.operation} answered something unexpected: not one reply a request.`,
      {
        next: "Check TRELLO_API_BASE_URL; if it is right, the API has changed and this needs a new version.",
        details: FROM,
      },
    );
  }

  async function all(requests: readonly SubRequest[], pass: Pass): Promise<(SubSuccess | AppError)[]> {
    if (requests.length > BATCH_SIZE)
      throw new RangeError(`a batch takes ${BATCH_SIZE}, not ${requests.length}`);
    const results = [] as (SubSuccess | AppError)[];
    let open = requests.map((request, index) => ({ request, index }));
    for (let attempt = 1; open.length > 0; attempt++) {
      const replies = await once(
        open.map(({ request }) => request),
        pass,
      );
      const again: typeof open = [];
      let afterMs = 0;
      for (const [at, { request, index }] of open.entries()) {
        const { status, body } = replies[at] as SubReply;
        const text = failureText(body);
        const outcome: Outcome = { kind: "reply", status, headers: {}, text };
        const decision = decide(outcome, "read", attempt, random(), clock.now());
        if (decision.kind === "done") results[index] = { body };
        else if (decision.kind === "fail") {
          const { operation } = request;
          results[index] = await upstream.explain({
            ...FROM,
            operation,
            effect: "read",
            outcome,
            at: clock.now(),
          });
        } else {
          again.push({ request, index });
          afterMs = Math.max(afterMs, decision.afterMs);
        }
        if (decision.kind !== "done" && decision.pauseMs > 0) {
          for (const id of upstream.limited(text, upstream.charges(request)))
            await pause(id, decision.pauseMs);
        }
      }
      if (again.length > 0 && !(await rest(clock, afterMs, pass.signal))) throw cancelled(FROM.operation);
      open = again;
    }
    return results;
  }

  return (requests, pass) => lifetime.within(pass.signal, (signal) => all(requests, { ...pass, signal }));
}
