import { AppError, type ErrorCode } from "../domain/error.ts";
import type { Reads } from "../domain/reads.ts";

/** Sources that are asked only if they are configured. If one of them refuses, a search continues without it. */
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
    // The enterprise is asked with Trello's own token. If Trello refuses the token, every other request fails too. So
    // UNAUTHENTICATED is not ignored for this source.
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

/** For each call: the sources that have refused, with the error code. */
const refused = new WeakMap<object, ErrorCode>();

/**
 * Asks a source that a search can do without. null if the source is not configured, or if it refuses this account. It
 * is then not asked again in this call, and `silentSources` names it.
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
