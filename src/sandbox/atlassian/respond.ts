/** Shapes that both SCIM and the admin APIs share: bearer tokens and reading of unknown bodies. */
import type { RouteContext } from "../route.ts";

/** A JSON object as it came in. */
export type JsonObject = Record<string, unknown>;

/** The bearer token of a request, or null where the header is missing or of another scheme (RFC 6750 section 2.1). */
export function bearerToken(context: RouteContext): string | null {
  return /^Bearer +(\S+)$/i.exec(context.headers.authorization ?? "")?.[1] ?? null;
}

/** Whether a value is a JSON object (not an array, not null). */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
