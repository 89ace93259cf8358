import type { JWTPayload } from "jose";
import type { SignedIn } from "../../domain/planning.ts";
import type { Tenancy } from "../../domain/sign-in.ts";
import { clean } from "../../domain/text.ts";

/**
 * The person to whom an access token belongs. The issuer and the values of the configured claims identify the person.
 * null if one of these claims is missing. Entra's `sub` differs from application to application, so with Entra the
 * claims are `oid` and `tid`. On a service with tenants, a person has a tenant only if the tenant claim names the
 * tenant.
 */
export function personOf(
  payload: JWTPayload,
  issuer: string,
  claims: readonly string[],
  tenancy: Tenancy | null = null,
): SignedIn | null {
  const values = claims.map((claim) => textOf(payload[claim]));
  if (values.includes(null)) return null;
  // Each value is encoded, because it may contain a comma, which separates the values. Otherwise two people could get
  // the same identity.
  const id = `${issuer}#${values.map((value) => encodeURIComponent(value ?? "")).join(",")}`;
  const email = payload["email_verified"] === false ? null : textOf(payload["email"]);
  const name = textOf(payload["name"]) ?? textOf(payload["preferred_username"]) ?? email ?? values.join(", ");
  const tenant = tenancy && tenantIn(payload, tenancy);
  return {
    id,
    name: clean(name),
    email: email === null ? null : clean(email, 254),
    ...(tenant !== null && { tenant }),
  };
}

/**
 * The tenant in a claim, which is a text or a list with one text. If the list has two texts, it is not clear which
 * tenant is meant, so the result is no tenant.
 */
function tenantIn(payload: JWTPayload, { claim, names }: Tenancy): string | null {
  const [value, ...more] = [payload[claim]].flat();
  return typeof value === "string" && more.length === 0 && Object.hasOwn(names, value)
    ? (names[value] ?? null)
    : null;
}

/**
 * The scopes of an access token, without the prefix that some issuers put before each scope. Issuers write the scopes
 * in `scope` or `scp`, as a text with spaces or as a list. Entra always writes the scopes without a prefix.
 */
export function scopesOf(payload: JWTPayload, prefix: string): readonly string[] {
  const listed = [payload["scope"], payload["scp"]]
    .flat()
    .flatMap((each) => (typeof each === "string" ? each.split(/\s+/) : []))
    .filter((each) => each !== "")
    .map((each) => (prefix !== "" && each.startsWith(prefix) ? each.slice(prefix.length) : each));
  return [...new Set(listed)];
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value : null;
}
