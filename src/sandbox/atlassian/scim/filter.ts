/** The one kind of filter that Atlassian takes: a single `eq` on an attribute that it names. */
import { parse } from "scim2-parse-filter";
import type { Filter } from "scim2-parse-filter";
import { refuseScim } from "./reply.ts";

/**
 * Reads `filter` as `attribute eq "value"`, null where there is none; anything else is refused as
 * `invalidFilter` (SCIM API, "Get users" and "Get groups"). Attribute names have no case (RFC 7643 section 2.1).
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
