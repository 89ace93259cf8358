import type { JWTPayload } from "jose";
import type { SignedIn } from "../../domain/planning.ts";
import { clean } from "../../domain/text.ts";

/**
 * The person of a token: the issuer and the named claims. null if one of these claims has no value. `sub` of Entra
 * differs from application to application, so there `oid` and `tid` make the person.
 */
export function personOf(payload: JWTPayload, issuer: string, claims: readonly string[]): SignedIn | null {
  const values = claims.map((claim) => textOf(payload[claim]));
  if (values.includes(null)) return null;
  // Encoded, so that two people never get one identity: a value may contain the comma.
  const id = `${issuer}#${values.map((value) => encodeURIComponent(value ?? "")).join(",")}`;
  const email = payload["email_verified"] === false ? null : textOf(payload["email"]);
  const name = textOf(payload["name"]) ?? textOf(payload["preferred_username"]) ?? email ?? values.join(", ");
  return { id, name: clean(name), email: email === null ? null : clean(email, 254) };
}

/**
 * The scopes of a token, without the prefix. Issuers write `scope` or `scp`, each as a text with spaces or as a list;
 * Entra always writes the short names.
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
