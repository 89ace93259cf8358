import { AppError, type ErrorCode } from "../domain/error.ts";
import type { Reads } from "../domain/reads.ts";

/** Sources that a look-up can do without. */
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
    // The token is Trello's own: where that is not taken, nothing is.
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

/** How a source refused in a pass, by the reads of that pass, which live as long as the pass. */
const refused = new WeakMap<object, ErrorCode>();

/**
 * What a configured source tells a look-up that can do without it; null if it is not configured or refuses this
 * account, which `silentSources` then says. It is not asked again in the pass. Not for guards: they refuse instead.
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

/** Whether a source is configured and has refused nothing in this pass. */
export function answers(reads: Reads, source: Optional): boolean {
  const from = reads[source];
  return from !== null && !refused.has(from);
}

/** One sentence for each source that was asked in this pass and refused. */
export function silentSources(reads: Reads): readonly string[] {
  return (Object.keys(SOURCES) as Optional[]).flatMap((source) => {
    const code = refused.get(reads[source] ?? {});
    if (code === undefined) return [];
    const { name, settings } = SOURCES[source];
    const why = code === "NOT_FOUND" ? `nothing is found by ${settings}` : `access by ${settings} is refused`;
    return [`${name} was not read: ${why}.`];
  });
}
