/**
 * Reads what a query may contain: one kind of filter, and `attributes` or `excludedAttributes` (RFC 7644 section 3.9).
 */
import { parse } from "scim2-parse-filter";
import type { Filter } from "scim2-parse-filter";
import { isObject } from "../../route.ts";
import type { JsonObject } from "../../route.ts";
import { refuseScim } from "./reply.ts";

/**
 * Makes a function that removes attributes from a resource: all that the query does not ask for, except `schemas` and
 * `id`.
 */
export function projection(query: URLSearchParams): (resource: JsonObject) => JsonObject {
  const only = namesOf(query, "attributes");
  const without = namesOf(query, "excludedAttributes");
  if (only && without) {
    refuseScim(400, "attributes and excludedAttributes exclude each other", "invalidValue");
  }
  if (only) return (resource) => keep(resource, (name) => wanted(name, only));
  if (without) return (resource) => keep(resource, (name) => !without.has(name));
  return (resource) => resource;
}

function namesOf(query: URLSearchParams, key: string): Set<string> | null {
  const names = (query.get(key) ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "");
  return names.length === 0 ? null : new Set(names);
}

/**
 * Whether a query asks for an attribute. The query may name the attribute itself, its parent (`name` for
 * `name.givenName`), or one of its parts (`name.givenName` for `name`).
 */
function wanted(name: string, only: ReadonlySet<string>): boolean {
  const [parent = ""] = name.split(".", 1);
  return only.has(name) || only.has(parent) || [...only].some((each) => each.startsWith(`${name}.`));
}

function keep(resource: JsonObject, take: (name: string) => boolean): JsonObject {
  const kept = Object.entries(resource).flatMap(([key, value]): [string, unknown][] => {
    if (key === "schemas" || key === "id") return [[key, value]];
    const name = key.toLowerCase();
    return take(name) ? [[key, keepParts(value, name, take)]] : [];
  });
  return Object.fromEntries(kept);
}

function keepParts(value: unknown, name: string, take: (name: string) => boolean): unknown {
  if (Array.isArray(value)) return value.map((each) => keepParts(each, name, take));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([part]) => take(`${name}.${part.toLowerCase()}`)));
}

/**
 * Reads a filter of the form `attribute eq "value"`; null if there is none. Any other filter is refused with
 * `invalidFilter` (SCIM API, "Get users" and "Get groups"). The attribute's name may be in upper or lower case (RFC
 * 7643 section 2.1).
 */
export function eqFilter<Name extends string>(
  query: URLSearchParams,
  names: readonly Name[],
): { readonly name: Name; readonly value: string } | null {
  const text = query.get("filter");
  if (text === null) return null;
  const parsed = parseOrNull(text);
  if (parsed && "compValue" in parsed && parsed.op === "eq" && typeof parsed.compValue === "string") {
    const name = names.find((each) => each.toLowerCase() === parsed.attrPath.toLowerCase());
    if (name !== undefined) return { name, value: parsed.compValue };
  }
  return refuseScim(
    400,
    `Filter is not supported: only a single eq on ${names.join(" or ")} is`,
    "invalidFilter",
  );
}

function parseOrNull(text: string): Filter | null {
  try {
    return parse(text);
  } catch {
    return null;
  }
}
