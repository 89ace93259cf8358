import type { ApplicationConnection } from "../domain/application.ts";
import type { ConfirmationLevel } from "../domain/confirmation.ts";
import { type Hidden, type RosterConnection, secretIn } from "../domain/roster.ts";
import type { HttpConfig } from "./http.ts";
import type { OAuth2Config } from "./oauth2.ts";
import type { Policy } from "./policy.ts";
import { createSecret, type Secret } from "./secret.ts";
import type { LOG_LEVELS, ToolsetName } from "./settings.ts";

/** Everything that the administrator set, checked and frozen. It is made once, when the process starts. */
export interface Config {
  /** null if the credentials are not set, for commands that need no upstream. */
  readonly trello: {
    readonly baseUrl: string;
    readonly apiKey: Secret;
    readonly apiToken: Secret;
    readonly apiSecret: Secret | null;
    readonly tokenSecret: Secret | null;
  } | null;
  /** The app of Trello's OAuth 2.0; null if key and token are used. Then `trello` is null. */
  readonly oauth2: OAuth2Config | null;
  /** The port of this machine to which the browser comes back after a sign-in. */
  readonly loginPort: number;
  readonly scim: { readonly baseUrl: string; readonly directoryId: string; readonly token: Secret } | null;
  readonly organization: { readonly baseUrl: string; readonly orgId: string; readonly apiKey: Secret } | null;
  readonly enterpriseId: string | null;
  /** The named rosters of the connections file. */
  readonly rosters: readonly RosterConnection[];
  /** The further SCIM applications of the connections file (`directories:`). */
  readonly applications: readonly ApplicationConnection[];
  /** A secret, because a store's address can contain a password. */
  readonly storeUrl: Secret;
  /** Whether the store is the default file in the user's data folder, which all processes share. */
  readonly storeIsDefault: boolean;
  /** The folder of a store in a file, or else the user's data folder. Files of the store are kept there. */
  readonly storeFolder: string;
  /** Encrypts the sign-ins in the store; null: a key file in `storeFolder`. */
  readonly storeKey: Secret | null;
  readonly readOnly: boolean;
  readonly toolsets: readonly ToolsetName[];
  /** null means every workspace of the token. */
  readonly workspaces: readonly string[] | null;
  /** The weakest confirmation that is accepted for destructive or privileged plans. */
  readonly confirmation: ConfirmationLevel;
  readonly policy: Policy;
  /** The webhook for waiting plans and finished runs; null if there is none. */
  readonly notify: {
    readonly url: Secret;
    readonly format: "slack" | "teams" | "json";
    readonly secret: Secret | null;
  } | null;
  /** Whether the page of a waiting plan opens by itself. */
  readonly openBrowser: boolean;
  readonly http: HttpConfig;
  readonly logLevel: (typeof LOG_LEVELS)[number];
}

/** All secrets of a configuration. The log replaces them. */
export function secretsOf(config: Config): readonly Hidden[] {
  return [
    passwordOf(config.storeUrl),
    config.trello?.apiKey,
    config.trello?.apiToken,
    config.trello?.apiSecret,
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
  ].filter((secret) => !!secret);
}

/** The password in a database's address, as it was typed. */
function passwordOf(url: Secret): Secret | null {
  const text = url.reveal();
  const password = URL.canParse(text) ? new URL(text).password : "";
  return password === "" ? null : createSecret(password);
}
