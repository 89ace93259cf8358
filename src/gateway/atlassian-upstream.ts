import type { Budget } from "../domain/budget.ts";
import { explainAtlassianFailure } from "./atlassian-failures.ts";
import { bearerAuthorization } from "./authorization.ts";
import type { Upstream } from "./upstream.ts";

/** An Atlassian admin API as the sender needs it: one budget, a bearer token, nothing published of its limits. */
export function createAtlassianUpstream(
  name: "scim" | "organization",
  baseUrl: string,
  token: string,
  budget: Budget,
): Upstream {
  return {
    name,
    baseUrl,
    // A SCIM server need not take anything else (RFC 7644 section 3.1).
    mediaType: name === "scim" ? "application/scim+json" : "application/json",
    authorize: bearerAuthorization(token),
    charges: () => [{ budget, cost: 1 }],
    limited: () => [budget.id],
    began: () => Promise.resolve(null),
    ended: () => Promise.resolve(),
    explain: explainAtlassianFailure,
  };
}
