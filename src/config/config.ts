import type { ApplicationConnection } from "../domain/application.ts";
import type { ConfirmationLevel } from "../domain/confirmation.ts";
import { type Hidden, type RosterConnection, secretIn } from "../domain/roster.ts";
import type { HttpConfig } from "./http.ts";
import type { OAuth2Config } from "./oauth2.ts";
import type { Policy } from "./policy.ts";
import { createSecret, type Secret } from "./secret.ts";
import type { LOG_LEVELS, ToolsetName } from "./settings.ts";

/** All settings, checked and frozen. Made once, when the process starts. */
export interface Config {
  /** Key and token of Trello. null if they are not set, which is allowed for commands that send no requests. */
  readonly trello: {
    readonly baseUrl: string;
    readonly apiKey: Secret;
    readonly apiToken: Secret;
    readonly apiSecret: Secret | null;
    /** The earlier secret of the app. Webhooks that are signed with it are still accepted. */
    readonly previousSecret: Secret | null;
    readonly tokenSecret: Secret | null;
  } | null;
  /** The OAuth 2.0 app of Trello; null if key and token are used. If it is set, `trello` is null. */
  readonly oauth2: OAuth2Config | null;
  /** The port of this machine at which the command `login` receives the browser's answer. */
  readonly loginPort: number;
  readonly scim: { readonly baseUrl: string; readonly directoryId: string; readonly token: Secret } | null;
  readonly organization: { readonly baseUrl: string; readonly orgId: string; readonly apiKey: Secret } | null;
  readonly enterpriseId: string | null;
  /** The rosters in the connections file. */
  readonly rosters: readonly RosterConnection[];
  /** The other SCIM applications in the connections file (`directories:`). */
  readonly applications: readonly ApplicationConnection[];
  /** The address of the store, as a secret: it can contain a password. */
  readonly storeUrl: Secret;
  /** Whether the store is the default file in the user's data folder. Several servers of one user share that file. */
  readonly storeIsDefault: boolean;
  /** The folder for files that belong to the store: the folder of a SQLite store; otherwise the user's data folder. */
  readonly storeFolder: string;
  /** The key that encrypts sign-ins in the store. If it is null, a key file in `storeFolder` encrypts them. */
  readonly storeKey: Secret | null;
  /** After how many days plans, runs and reviews that have ended are deleted; null if they are never deleted. */
  readonly retentionDays: number | null;
  readonly readOnly: boolean;
  readonly toolsets: readonly ToolsetName[];
  /**
   * The ids of the only workspaces that this server may use. null if it may use every workspace that Trello shows it.
   */
  readonly workspaces: readonly string[] | null;
  /** The weakest confirmation level with which a plan may take something away or give more rights. */
  readonly confirmation: ConfirmationLevel;
  readonly policy: Policy;
  /** The chat webhook to which messages about waiting plans and ended runs are posted; null if there is none. */
  readonly notify: {
    readonly url: Secret;
    readonly format: "slack" | "teams" | "json";
    readonly secret: Secret | null;
  } | null;
  /** Whether the server opens the page of a waiting plan in the browser by itself. */
  readonly openBrowser: boolean;
  readonly http: HttpConfig;
  /** The name of the tenant whose configuration this is; null if it is the configuration of the service itself. */
  readonly tenant: string | null;
  /**
   * The tenants of a service; empty if the service has none. If it has tenants, the service itself has no connections.
   */
  readonly tenants: readonly TenantConfig[];
  readonly logLevel: (typeof LOG_LEVELS)[number];
}

/** The configuration of one tenant. Its connections, rules and data are separate from those of every other tenant. */
export type TenantConfig = Config & { readonly tenant: string };

/** All secrets in the settings. The log hides them. */
export function secretsOf(config: Config): readonly Hidden[] {
  return [
    passwordOf(config.storeUrl),
    config.trello?.apiKey,
    config.trello?.apiToken,
    config.trello?.apiSecret,
    config.trello?.previousSecret,
    config.trello?.tokenSecret,
    config.oauth2?.clientSecret,
    config.storeKey,
    config.scim?.token,
    config.organization?.apiKey,
    ...config.rosters.map(({ login }) => secretIn(login)),
    ...config.applications.map(({ token }) => token),
    config.notify?.url,
    config.notify?.secret,
    config.http.token,
    config.http.metricsToken,
    config.http.traces?.headers,
    config.http.approver?.clientSecret,
    ...config.tenants.flatMap(secretsOf),
  ].filter((secret) => !!secret);
}

/** The password in a database URL, as it was typed. */
function passwordOf(url: Secret): Secret | null {
  const text = url.reveal();
  const password = URL.canParse(text) ? new URL(text).password : "";
  return password === "" ? null : createSecret(password);
}
