import { encode } from "./upstream.ts";

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

/** The most that a `/batch` carries (Trello REST API, batch). */
export const BATCH_SIZE = 10;

/**
 * The `urls` parameter of a batch: routes joined by commas. A comma inside a route is percent-encoded here and once more
 * with the whole parameter, so that it is still encoded when Trello splits the list.
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
 * The replies of a batch in order: `{"200": body}` a success, `{"404": ...}` or `{statusCode, message}` a failure.
 * null where the reply is not a list of as many.
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

/** The words of a failed sub-request, to match known phrases against. */
export function failureText(body: unknown): string {
  if (typeof body === "string") return body;
  if (typeof body !== "object" || body === null) return "";
  const words = [];
  for (const name of ["error", "message"] as const) {
    const word = (body as Record<string, unknown>)[name];
    if (typeof word === "string") words.push(word);
  }
  return words.join(" ");
}
