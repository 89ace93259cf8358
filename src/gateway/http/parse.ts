import { z } from "zod";
import { AppError } from "../../domain/error.ts";
import { type Rows, withUnread } from "../../domain/wire.ts";
import type { UpstreamName } from "./request.ts";

export interface ReplyOf {
  readonly upstream: UpstreamName;
  readonly operation: string;
}

/** Reads a reply as JSON. UPSTREAM_CONTRACT if the reply is not JSON. */
export function parseJson(text: string | null, from: ReplyOf): unknown {
  try {
    return JSON.parse(text ?? "") as unknown;
  } catch {
    // The error does not quote the JSON parser's message, because that message would contain a part of the reply.
    throw broken(from, "the reply is not JSON", []);
  }
}

/**
 * The body of an error reply, if it is a JSON object. Any other body, such as an HTML page of a proxy, becomes an empty
 * object.
 */
export function objectOf(text: string | null): Readonly<Record<string, unknown>> {
  try {
    const value = JSON.parse(text ?? "") as unknown;
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/**
 * Checks the reply of a write request that got status 2xx. If the body is not JSON, another server may have answered.
 * Then throws UPSTREAM_CONTRACT, because it is unknown whether the change was made. If the body was cut off (`text` is
 * null), it cannot be checked, so the reply is accepted.
 */
export function assertAnswered(text: string | null, { upstream, operation }: ReplyOf): void {
  if (text === null || isJson(text)) return;
  throw new AppError("UPSTREAM_CONTRACT", `The answer to ${operation} is not JSON.`, {
    next: "Check the base URL of this API in the settings, and any proxy on the way: the answer may come from another server.",
    applied: "unknown",
    retry: "reconcile",
    details: { upstream, operation },
  });
}

/**
 * Does the same as `assertAnswered`, but for an invitation, because no later read can confirm an invitation. The reply
 * must also contain `id`, the id of the changed workspace or board. Without it, another route may have answered, and it
 * is unknown whether the change was made.
 */
export function assertAnsweredAbout(id: string, text: string | null, from: ReplyOf): void {
  assertAnswered(text, from);
  if (text === null) return;
  const parsed = ABOUT.safeParse(JSON.parse(text));
  if (parsed.success && (parsed.data.id === undefined || parsed.data.id === id)) return;
  throw new AppError(
    "UPSTREAM_CONTRACT",
    `The answer to ${from.operation} does not belong to this request: it names another workspace or board.`,
    {
      next: "Check the base URL of this API in the settings, and any proxy on the way: the answer may come from another server.",
      applied: "unknown",
      retry: "reconcile",
      details: { ...from },
    },
  );
}

/** The reply must contain the id of the workspace or board, or the list of its people. */
const ABOUT = z
  .object({
    id: z.string().optional(),
    members: z.array(z.unknown()).optional(),
    memberships: z.array(z.unknown()).optional(),
  })
  .refine(
    ({ id, members, memberships }) => id !== undefined || members !== undefined || memberships !== undefined,
  );

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Reads a reply by its schema. UPSTREAM_CONTRACT if it does not match; the error names the first wrong fields, but not
 * their values.
 */
export function parseReply<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  from: ReplyOf,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const members = [...new Set(parsed.error.issues.map(({ path }) => memberOf(path)))].slice(0, 5);
  throw broken(from, `${members.join(", ")} is missing or has the wrong type`, members);
}

/**
 * The rows of a list that match the schema, and how many rows do not match. UPSTREAM_CONTRACT if the reply is not a
 * list, or if no row matches.
 */
export function parseRows<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  from: ReplyOf,
): { readonly rows: Rows<z.output<Schema>>; readonly odd: number } {
  const parsed = (Array.isArray(value) ? value : []).map((row) => schema.safeParse(row));
  const rows = parsed.flatMap((row) => (row.success ? [row.data] : []));
  // The error says what is wrong with the list, or with its rows.
  if (!Array.isArray(value) || (rows.length === 0 && value.length > 0))
    parseReply(z.array(schema), value, from);
  const odd = parsed.length - rows.length;
  return { rows: withUnread(rows, { unread: odd }), odd };
}

/**
 * Throws UPSTREAM_CONTRACT if a reply has another id than the one that was asked for. Then a proxy or a cache has
 * answered with a wrong record, and nothing may be written because of this record.
 */
export function assertSameId<Found extends { readonly id: string }>(
  found: Found,
  id: string,
  from: ReplyOf,
): Found {
  if (found.id.toLowerCase() === id.toLowerCase()) return found;
  throw broken(from, "the record has another id than the one that was asked for", ["id"]);
}

/** The path of a field, without the numbers of rows: `memberships[3].member.id` becomes `memberships[].member.id`. */
function memberOf(path: readonly PropertyKey[]): string {
  const place = path.map((key) => (typeof key === "number" ? "[]" : `.${String(key)}`)).join("");
  return place.replace(/^\./, "") || "the whole reply";
}

function broken({ upstream, operation }: ReplyOf, what: string, members: readonly string[]): AppError {
  return new AppError("UPSTREAM_CONTRACT", `${operation} answered something unexpected: ${what}.`, {
    next: "Check the base URL of this API in the settings. If it is already right, the API has changed, and this server needs a newer version.",
    details: { upstream, operation, members },
  });
}
