import { AppError, type ErrorCode } from "../domain/error.ts";
import type { Reads } from "../domain/reads.ts";

/**
 * Sources of facts about people. A search uses each source only if it is configured. If one of them refuses, the search
 * continues without it.
 */
type Optional = "enterprise" | "scim" | "organization";

const SOURCES: Readonly<
  Record<
    Optional,
    { readonly name: string; readonly settings: string; readonly refusals: readonly ErrorCode[] }
  >
> = {
  enterprise: {
    name: "The enterprise's directory",
    settings: "TRELLO_ENTERPRISE_ID",
    // This source is read with the same Trello token as all other data in Trello. If Trello refuses the token, all
    // other requests fail too. So UNAUTHENTICATED is not in `refusals`, and the search ends with this error.
    refusals: ["UPSTREAM_FORBIDDEN", "NOT_FOUND"],
  },
  scim: {
    name: "The SCIM directory",
    settings: "ATLASSIAN_SCIM_DIRECTORY_ID and ATLASSIAN_SCIM_TOKEN",
    refusals: ["UPSTREAM_FORBIDDEN", "NOT_FOUND", "UNAUTHENTICATED"],
  },
  organization: {
    name: "The Atlassian organization",
    settings: "ATLASSIAN_ORG_ID and ATLASSIAN_ORG_API_KEY",
    refusals: ["UPSTREAM_FORBIDDEN", "NOT_FOUND", "UNAUTHENTICATED"],
  },
};

/**
 * The error code of each source that has refused in a call. The key is the object through which the call reads the
 * source. Each call has its own objects, so a refusal counts in one call only.
 */
const refused = new WeakMap<object, ErrorCode>();

/**
 * Asks a source that a search can do without. Returns null if the source is not configured, or if it refuses. After a
 * refusal, the source is not asked again in this call, and `silentSources` names it.
 * Guards (checks of the policy) must not use this function: if a source refuses, a guard must refuse the plan.
 */
export async function askOptional<Source extends Optional, Found>(
  reads: Reads,
  source: Source,
  ask: (from: NonNullable<Reads[Source]>) => Promise<Found>,
): Promise<Found | null> {
  const from = reads[source];
  if (!from || refused.has(from)) return null;
  try {
    return await ask(from);
  } catch (thrown) {
    if (!(thrown instanceof AppError) || !SOURCES[source].refusals.includes(thrown.code)) throw thrown;
    refused.set(from, thrown.code);
    return null;
  }
}

/** Whether a source is configured and has not refused in this call. */
export function answers(reads: Reads, source: Optional): boolean {
  const from = reads[source];
  return from !== null && !refused.has(from);
}

/** One sentence for each source that refused in this call. */
export function silentSources(reads: Reads): readonly string[] {
  return (Object.keys(SOURCES) as Optional[]).flatMap((source) => {
    const code = refused.get(reads[source] ?? {});
    if (code === undefined) return [];
    const { name, settings } = SOURCES[source];
    const why =
      code === "NOT_FOUND" ? `nothing was found with ${settings}` : `access with ${settings} is refused`;
    return [`${name} was not read: ${why}.`];
  });
}

/** An email that no person has: the domain `invalid` can never exist (RFC 2606). */
export const NO_EMAIL = "nobody@invalid.example";

/** Rejects if the API key may not search the organization's directory. The search finds no person, on purpose. */
export async function trySearch(
  organization: Pick<NonNullable<Reads["organization"]>, "accountByEmail">,
): Promise<void> {
  await organization.accountByEmail(NO_EMAIL);
}
