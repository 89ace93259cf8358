import type { CredentialChange } from "../../config/credential-changes.ts";
import type { Config } from "../../config/config.ts";
import { AppError, toAppError } from "../../domain/error.ts";
import type { RenewableGateway } from "../../gateway/create.ts";
import { trySearch } from "../../people/sources.ts";
import { tryRoster } from "../../rosters/read.ts";
import { clock, type Product } from "./product.ts";
import { connectionsOf, wireGateway } from "./wire-gateway.ts";

/**
 * A trial request with new credentials may take this long (ms). After that, it is cancelled, and the credentials are
 * tried again later.
 */
const PATIENCE_MS = 30_000;

/** The parts of a running server that are needed to replace its credentials. */
export type Renewing = Pick<Product, "gateway" | "store" | "log">;

/**
 * Checks new credentials by a request to the upstream, before they are used. Rejects if the upstream refuses them. Also
 * rejects if a new Trello token belongs to another member, or lacks a scope of the old token.
 */
export async function assertUsable(change: CredentialChange, now: Config, product: Renewing): Promise<void> {
  const { store } = product;
  const next = change.in(now);
  // The trial requests are not logged, because they belong to no tool call. If the check fails, its error contains the
  // upstream's answer.
  const gateway = wireGateway(next, { store, clock, log: () => {}, meter: undefined });
  try {
    const reads = gateway.reads({ priority: "interactive", signal: AbortSignal.timeout(PATIENCE_MS) });
    const name = /^(?:roster|directory) (.*)$/s.exec(change.upstream)?.[1];
    if (change.upstream === "Trello") await assertSameAccount(gateway, now, product);
    else if (change.upstream === "SCIM") await reads.scim?.users({ count: 1 });
    else if (change.upstream === "organization") await (reads.organization && trySearch(reads.organization));
    else if (change.upstream.startsWith("roster ")) {
      const feed = reads.rosters?.find((each) => each.name === name);
      if (feed) await tryRoster(feed);
    } else await reads.applications?.find((each) => each.name === name)?.count();
  } finally {
    await gateway.close();
  }
}

/**
 * Checks that a new token has the same owner and all scopes of the old token. The owner must be the same Trello member,
 * because plans, runs and the audit log name one member. A token of another member is accepted only when the server
 * starts. Then this server does not continue the runs of the old member.
 */
async function assertSameAccount(next: RenewableGateway, now: Config, product: Renewing): Promise<void> {
  const pass = { priority: "interactive", signal: AbortSignal.timeout(PATIENCE_MS) } as const;
  const { id } = await next.reads(pass).trello.me();
  const owner = (await product.gateway.owner()) ?? (await ownerOf(now, product));
  if (owner !== null && owner !== id)
    throw new AppError("UNAUTHENTICATED", "The new token belongs to another Trello member.", {
      next: "Make the token with the account of the old one. To change to another account, restart the server: runs of the old account are then left as they are.",
    });
  const [held, before] = await Promise.all([next.scopes(), product.gateway.scopes()]);
  const has = new Set<string>(held?.scopes);
  const missing = held === null ? [] : (before?.scopes ?? []).filter((scope) => !has.has(scope));
  if (missing.length > 0)
    throw new AppError(
      "UPSTREAM_FORBIDDEN",
      `The new token lacks a scope of the old one: ${missing.join(", ")}.`,
      {
        next: "Make the token with these scopes, or restart the server to work without them.",
      },
    );
}

/**
 * The owner of the old token. Trello is asked for the owner only if no call has read the owner yet. null if Trello no
 * longer accepts the old token.
 */
async function ownerOf(now: Config, { store }: Renewing): Promise<string | null> {
  const old = wireGateway(now, { store, clock, log: () => {}, meter: undefined });
  try {
    const pass = { priority: "interactive", signal: AbortSignal.timeout(PATIENCE_MS) } as const;
    return (await old.reads(pass).trello.me()).id;
  } catch (thrown) {
    if (toAppError(thrown).code === "UNAUTHENTICATED") return null;
    throw thrown;
  } finally {
    await old.close();
  }
}

/** Makes the running server use the changed credentials from now on. */
export function renewCredentials(
  changes: readonly CredentialChange[],
  now: Config,
  { gateway, store }: Renewing,
): Config {
  const next = changes.reduce((config, change) => change.in(config), now);
  const connections = connectionsOf(next, store);
  if (connections === null) return now;
  const { trello, scim, organization, rosters, applications } = connections;
  const isNew = (upstream: string) => changes.some((each) => each.upstream === upstream);
  gateway.renew({
    ...(isNew("Trello") && { trello }),
    ...(isNew("SCIM") && { scim }),
    ...(isNew("organization") && { organization }),
    ...(rosters && { rosters }),
    ...(applications && { applications }),
  });
  return next;
}
