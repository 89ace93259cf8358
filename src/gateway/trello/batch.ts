import { AppError } from "../../domain/error.ts";
import type { Clock } from "../../domain/runtime.ts";
import type { Pass } from "../gateway.ts";
import { sleepUnlessAborted } from "../http/clock.ts";
import { cancelled } from "../http/failures.ts";
import { parseJson } from "../http/parse.ts";
import { encode, type Outcome } from "../http/request.ts";
import { nextAttempt, originalOutcome } from "../http/retry.ts";
import type { Lifetime, Send } from "../http/send.ts";
import type { Upstream } from "../http/upstream.ts";

export interface BatchDeps {
  readonly send: Send;
  readonly upstream: Upstream;
  readonly clock: Clock;
  readonly lifetime: Lifetime;
  readonly random: () => number;
  readonly pause: (id: string, ms: number) => Promise<void> | void;
}

/**
 * Sends up to ten GETs in one request to Trello. The result of each GET is its body, or the AppError that the GET alone
 * would have given.
 */
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
        access: "read",
        counted: requests.map(({ path }) => path),
      },
      pass,
    );
    const replies = batchReplies(parseJson(text, FROM), requests.length);
    if (replies) return replies;
    throw new AppError(
      "UPSTREAM_CONTRACT",
      `${FROM.operation} gave an unexpected answer: the number of replies is not the number of requests.`,
      {
        next: "Check TRELLO_API_BASE_URL. If it is already right, the API has changed, and this server needs a newer version.",
        details: FROM,
      },
    );
  }

  const explain = ({ operation }: SubRequest, outcome: Outcome) =>
    upstream.explain({
      ...FROM,
      origin: new URL(upstream.baseUrl).origin,
      operation,
      access: "read",
      outcome,
      at: clock.now(),
    });

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
        const text = refusalWords(body);
        const outcome = outcomeOf(status, body, text);
        const next = nextAttempt(outcome, "read", attempt, random(), clock.now());
        if (next.kind === "done") results[index] = { body };
        else if (next.kind === "fail") {
          const error = await explain(request, outcome);
          const isOdd = error.code === "UNAUTHENTICATED" && error.details["reason"] === undefined;
          // Trello accepted the credentials of the whole batch. So if one part is refused without a known reason, the
          // credentials are not the cause.
          if (!isOdd) results[index] = error;
          else if (attempt < ODD_TRIES) again.push({ request, index });
          else results[index] = await explain(request, { kind: "reply", status: 403, headers: {}, text });
        } else {
          again.push({ request, index });
          afterMs = Math.max(afterMs, next.afterMs);
        }
        if (next.kind !== "done" && next.pauseMs > 0) {
          for (const id of upstream.limited(text, upstream.charges(request))) await pause(id, next.pauseMs);
        }
      }
      if (again.length > 0 && !(await sleepUnlessAborted(clock, afterMs, pass.signal)))
        throw cancelled(FROM.operation);
      open = again;
    }
    return results;
  }

  return (requests, pass) => lifetime.within(pass.signal, (signal) => all(requests, { ...pass, signal }));
}

/** How often a part of a batch is sent again after a 401 without a known reason. */
const ODD_TRIES = 3;

/** One GET inside a batch. */
export interface SubRequest {
  readonly operation: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
}

export interface SubReply {
  readonly status: number;
  readonly body: unknown;
}

/** One `/batch` can contain at most 10 GETs (Trello REST API, batch). */
const BATCH_SIZE = 10;

/**
 * The `urls` parameter of a batch: the routes, separated by commas. Trello first decodes the list once, and then splits
 * it at the commas. So a comma inside a route is encoded twice.
 */
export function batchUrls(requests: readonly SubRequest[]): string {
  return requests
    .map(({ path, query }) => {
      const pairs = Object.entries(query ?? {}).map(([name, value]) => `${encode(name)}=${encode(value)}`);
      return `${path}${pairs.length > 0 ? `?${pairs.join("&")}` : ""}`;
    })
    .join(",");
}

/**
 * The replies of a batch, in the order of the requests: `{"200": body}` for a success, `{"404": ...}` or `{statusCode,
 * message}` for a failure. null if the number of replies is wrong.
 */
export function batchReplies(reply: unknown, expected: number): SubReply[] | null {
  if (!Array.isArray(reply) || reply.length !== expected) return null;
  const replies = reply.map(subReply);
  return replies.includes(null) ? null : (replies as SubReply[]);
}

function subReply(row: unknown): SubReply | null {
  if (typeof row !== "object" || row === null) return null;
  if ("statusCode" in row && typeof row.statusCode === "number") return { status: row.statusCode, body: row };
  const [entry] = Object.entries(row);
  if (!entry || !/^[1-5]\d\d$/.test(entry[0])) return null;
  return { status: Number(entry[0]), body: entry[1] as unknown };
}

function outcomeOf(status: number, body: unknown, text: string): Outcome {
  const headers = {};
  if (status !== 449) return { kind: "reply", status, headers, text };
  return originalOutcome({ kind: "reply", status, headers, text: JSON.stringify(body) }, "read");
}

/** The text with which Trello refused a part of a batch. The caller compares it with known texts to find the reason. */
export function refusalWords(body: unknown): string {
  if (typeof body === "string") return body;
  if (typeof body !== "object" || body === null) return "";
  const words = [];
  for (const name of ["error", "message"] as const) {
    const word = (body as Record<string, unknown>)[name];
    if (typeof word === "string") words.push(word);
  }
  return words.join(" ");
}
