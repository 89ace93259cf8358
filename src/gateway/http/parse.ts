import { z } from "zod";
import { AppError } from "../../domain/error.ts";
import { type Rows, withUnread } from "../../domain/wire.ts";
import type { UpstreamName } from "./request.ts";

export interface ReplyOf {
  readonly upstream: UpstreamName;
  readonly operation: string;
}

/** Parses a reply's text as JSON. Throws UPSTREAM_CONTRACT if it is not JSON. */
export function parseJson(text: string | null, from: ReplyOf): unknown {
  try {
    return JSON.parse(text ?? "") as unknown;
  } catch {
    // The parser's own message is not used, because it quotes the text.
    throw broken(from, "the reply is not JSON", []);
  }
}

/** The body of a refusal as an object; empty if it is not an object, because a refusal may be a page of a proxy. */
export function objectOf(text: string | null): Readonly<Record<string, unknown>> {
  try {
    const value = JSON.parse(text ?? "") as unknown;
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/**
 * If a write was answered with 2xx but not with JSON, throws UPSTREAM_CONTRACT with an open outcome: the answer may
 * come from another server. If the body was cut, the status counts.
 */
export function assertAnswered(text: string | null, { upstream, operation }: ReplyOf): void {
  if (text === null || isJson(text)) return;
  throw new AppError("UPSTREAM_CONTRACT", `The answer to ${operation} is not JSON.`, {
    next: "Check the base URL and any proxy on the way: the answer may come from another server.",
    applied: "unknown",
    retry: "reconcile",
    details: { upstream, operation },
  });
}

/**
 * As `assertAnswered`, for a write that no read can confirm. The answer must be about `id`, the place of the write: an
 * answer of another route, or an error with status 200, leaves the outcome open.
 */
export function assertAnsweredAbout(id: string, text: string | null, from: ReplyOf): void {
  assertAnswered(text, from);
  if (text === null) return;
  const parsed = ABOUT.safeParse(JSON.parse(text));
  if (parsed.success && (parsed.data.id === undefined || parsed.data.id === id)) return;
  throw new AppError("UPSTREAM_CONTRACT", `The answer to ${from.operation} is the answer of another route.`, {
    next: "Check the base URL and any proxy on the way: the answer may come from another server.",
    applied: "unknown",
    retry: "reconcile",
    details: { ...from },
  });
}

/** Either the id of the place or the people in it must be there. */
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

/** Parses a reply by its schema. UPSTREAM_CONTRACT names the first fields that do not fit, without their content. */
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
 * The rows of a list that fit, and the number of rows that do not. Only the row that does not fit is left out. Throws
 * UPSTREAM_CONTRACT if the reply is not a list, or if no row fits.
 */
export function parseRows<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  from: ReplyOf,
): { readonly rows: Rows<z.output<Schema>>; readonly odd: number } {
  const parsed = (Array.isArray(value) ? value : []).map((row) => schema.safeParse(row));
  const rows = parsed.flatMap((row) => (row.success ? [row.data] : []));
  // Names what is wrong with the list, or with its rows.
  if (!Array.isArray(value) || (rows.length === 0 && value.length > 0))
    parseReply(z.array(schema), value, from);
  const odd = parsed.length - rows.length;
  return { rows: withUnread(rows, { unread: odd }), odd };
}

/**
 * `memberships[3].member.id` becomes `memberships[].member.id`: the place without the row's number. Keys come from our
 * schemas.
 */
function memberOf(path: readonly PropertyKey[]): string {
  const place = path.map((key) => (typeof key === "number" ? "[]" : `.${String(key)}`)).join("");
  return place.replace(/^\./, "") || "the whole reply";
}

function broken({ upstream, operation }: ReplyOf, what: string, members: readonly string[]): AppError {
  return new AppError("UPSTREAM_CONTRACT", `${operation} answered something unexpected: ${what}.`, {
    next: "Check the base URL in the settings. If it is right, the API has changed, and this server needs a newer version.",
    details: { upstream, operation, members },
  });
}
