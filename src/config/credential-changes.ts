import type { ApplicationConnection } from "../domain/application.ts";
import { type Hidden, type RosterConnection, secretIn } from "../domain/roster.ts";
import { type Config, secretsOf } from "./config.ts";

/** New credentials of one connection. Everything else about the connection is unchanged. */
export interface CredentialChange {
  /** The name of the connection for people: `Trello`, `SCIM`, `organization`, `roster NAME`, `directory NAME`. */
  readonly upstream: string;
  /** Returns the given configuration with the new credentials. Nothing else in it changes. */
  in(config: Config): Config;
}

/**
 * Compares the present configuration with one that was read again. `changes`: the new credentials. `isRestartNeeded`:
 * whether the new configuration also has changes that a running server cannot use, such as another address, policy,
 * tenant or setting. A new app secret also needs a restart, because the addresses of webhooks are made from the app
 * secret.
 */
export function credentialChanges(
  now: Config,
  next: Config,
): { readonly changes: readonly CredentialChange[]; readonly isRestartNeeded: boolean } {
  const changes: CredentialChange[] = [];
  const { trello, scim, organization } = next;
  if (
    trello &&
    isRenewed(now.trello, trello, trelloSecrets) &&
    isSame(now.trello?.apiSecret, trello.apiSecret)
  )
    changes.push({ upstream: "Trello", in: (config) => ({ ...config, trello }) });
  if (scim && isRenewed(now.scim, scim, ({ token }) => [token]))
    changes.push({ upstream: "SCIM", in: (config) => ({ ...config, scim }) });
  if (organization && isRenewed(now.organization, organization, ({ apiKey }) => [apiKey]))
    changes.push({ upstream: "organization", in: (config) => ({ ...config, organization }) });
  for (const roster of next.rosters) {
    const before = now.rosters.find(({ name }) => name === roster.name);
    if (!isRenewed(before, roster, ({ login }) => [secretIn(login)])) continue;
    const renewed = (each: RosterConnection) => (each.name === roster.name ? roster : each);
    const inConfig = (config: Config) => ({ ...config, rosters: config.rosters.map(renewed) });
    changes.push({ upstream: `roster ${roster.name}`, in: inConfig });
  }
  for (const application of next.applications) {
    const before = now.applications.find(({ name }) => name === application.name);
    if (!isRenewed(before, application, ({ token }) => [token])) continue;
    const renewed = (each: ApplicationConnection) => (each.name === application.name ? application : each);
    const inConfig = (config: Config) => ({ ...config, applications: config.applications.map(renewed) });
    changes.push({ upstream: `directory ${application.name}`, in: inConfig });
  }
  const taken = changes.reduce((config, change) => change.in(config), now);
  const isRestartNeeded = !isSameShape(taken, next) || textsOf(secretsOf(taken)) !== textsOf(secretsOf(next));
  return { changes, isRestartNeeded };
}

function trelloSecrets({ apiKey, apiToken, tokenSecret }: NonNullable<Config["trello"]>) {
  return [apiKey, apiToken, tokenSecret];
}

/** Whether a connection has new secrets, and everything else about it is the same. */
function isRenewed<Part>(
  before: Part | null | undefined,
  next: Part,
  secrets: (part: Part) => readonly (Hidden | null)[],
): boolean {
  if (!before || !isSameShape(before, next)) return false;
  return secrets(before).some((secret, index) => !isSame(secret, secrets(next)[index]));
}

/**
 * Whether two configurations differ at most in their secrets. In JSON, every secret is `[secret]`, so a difference
 * between secrets does not count.
 */
function isSameShape(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function isSame(one: Hidden | null | undefined, other: Hidden | null | undefined): boolean {
  return one?.reveal() === other?.reveal();
}

function textsOf(secrets: readonly Hidden[]): string {
  return JSON.stringify(secrets.map((secret) => secret.reveal()));
}
