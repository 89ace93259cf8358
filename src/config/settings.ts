import { CONFIRMATION_LEVELS } from "../domain/confirmation.ts";
import { z } from "zod";
import {
  baseUrl,
  collector,
  count,
  flag,
  headers,
  host,
  idList,
  issuer,
  list,
  oneOf,
  origin,
  port,
  proxy,
  secret,
  storeKey,
  storeUrl,
  webhook,
  word,
} from "./formats.ts";

const TOOLSETS = [
  "directory",
  "membership",
  "offboarding",
  "scim",
  "enterprise",
  "reviews",
  "webhooks",
] as const;
const NOTIFY_FORMATS = ["slack", "teams", "json"] as const;
export type ToolsetName = (typeof TOOLSETS)[number];

export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

/** One setting: an environment variable, and a flag of the same name. A secret has no flag. */
export interface Setting<T = unknown> {
  readonly format: z.ZodType<T, string>;
  /** The text for `help`. Error messages use it too, to say what a right value is. */
  readonly says: string;
  /** True for a secret, which cannot be given as a flag: other users of the machine can read flags. */
  readonly secret?: true;
  /** A flag that takes no value. */
  readonly bare?: true;
}

/** All settings, in the order of `help`. */
export const SETTINGS = {
  TRELLO_API_KEY: {
    format: secret,
    secret: true,
    says: "the API key of your Trello Power-Up (app), from https://trello.com/power-ups/admin",
  },
  TRELLO_API_TOKEN: {
    format: secret,
    secret: true,
    says: "a Trello token made with TRELLO_API_KEY, from https://trello.com/power-ups/admin",
  },
  TRELLO_API_SECRET: {
    format: secret,
    secret: true,
    says: "the secret of TRELLO_API_KEY: `login`, OAuth 1.0 signing and webhooks need it",
  },
  TRELLO_API_SECRET_PREVIOUS: { format: secret, secret: true, says: "old TRELLO_API_SECRET, for webhooks" },
  TRELLO_TOKEN_SECRET: {
    format: secret,
    secret: true,
    says: "the secret of TRELLO_API_TOKEN; if it is set, every Trello request is signed by OAuth 1.0",
  },
  TRELLO_OAUTH2_CLIENT_ID: {
    format: word,
    says: "the client id of an app of Trello's OAuth 2.0, from https://trello.com/apps/admin; then `login` signs in, without key and token",
  },
  TRELLO_OAUTH2_CLIENT_SECRET: {
    format: secret,
    secret: true,
    says: "the secret of the OAuth 2.0 app; a public client has no secret",
  },
  TRELLO_API_BASE_URL: { format: baseUrl, says: "default https://api.trello.com/1" },
  TRELLO_ENTERPRISE_ID: { format: word, says: "the Trello Enterprise's id; enables the enterprise toolset" },
  ATLASSIAN_SCIM_DIRECTORY_ID: {
    format: word,
    says: "the SCIM directory's id, from admin.atlassian.com, Identity providers",
  },
  ATLASSIAN_SCIM_TOKEN: { format: secret, secret: true, says: "the SCIM directory's API key" },
  ATLASSIAN_ORG_ID: {
    format: word,
    says: "the organization's id, from admin.atlassian.com, Settings, API keys",
  },
  ATLASSIAN_ORG_API_KEY: {
    format: secret,
    secret: true,
    says: "an API key of the organization, from admin.atlassian.com, Settings, API keys",
  },
  ATLASSIAN_API_BASE_URL: { format: baseUrl, says: "default https://api.atlassian.com" },
  ATLASSIAN_AUTH_BASE_URL: {
    format: baseUrl,
    says: "the authorization server of OAuth 2.0; default https://auth.atlassian.com",
  },
  IDENTITY_STORE_URL: {
    format: storeUrl,
    says: "sqlite:PATH, or postgres://USER:PASSWORD@HOST/DATABASE for several machines; default a file in your data folder",
  },
  IDENTITY_STORE_KEY: {
    format: storeKey,
    secret: true,
    says: "key of 32 characters or more that encrypts the sign-ins in the store; default: a key file beside the store; must be set if several machines share the store",
  },
  IDENTITY_LOGIN_PORT: {
    format: port,
    says: "port of this machine to which the browser comes back after `login`; default 8724",
  },
  IDENTITY_SANDBOX: { format: flag, bare: true, says: "true: the embedded sandbox, like --sandbox" },
  IDENTITY_READ_ONLY: { format: flag, bare: true, says: "true: only tools that change nothing" },
  IDENTITY_TOOLSETS: {
    format: list(oneOf(TOOLSETS)),
    says: `one or more of ${TOOLSETS.join(", ")}, separated by commas; default all but enterprise, reviews and webhooks`,
  },
  IDENTITY_WORKSPACES: {
    format: idList,
    says: "workspace ids, separated by commas; any other workspace is refused",
  },
  IDENTITY_POLICY_FILE: { format: z.string(), says: "path of a YAML policy" },
  IDENTITY_CONNECTIONS_FILE: {
    format: z.string(),
    says: "path of a YAML file with named connections: rosters that tell who should have access, further applications, or the tenants of a service",
  },
  IDENTITY_CONFIRMATION: {
    format: oneOf(CONFIRMATION_LEVELS),
    says: `weakest confirmation that is accepted: ${CONFIRMATION_LEVELS.join(", ")}; default client`,
  },
  IDENTITY_NOTIFY_URL: {
    format: webhook,
    secret: true,
    says: "the address to which waiting plans and ended runs are posted: of Slack, Teams or a server of your own",
  },
  IDENTITY_NOTIFY_FORMAT: {
    format: oneOf(NOTIFY_FORMATS),
    says: "format of the posts: slack, teams or json (signed); default: follows from IDENTITY_NOTIFY_URL",
  },
  IDENTITY_NOTIFY_SECRET: {
    format: secret,
    secret: true,
    says: "the secret that signs posts of format json, in the header X-Identity-Signature",
  },
  IDENTITY_OPEN_BROWSER: {
    format: flag,
    says: "false: no browser is opened for a waiting plan; the variable BROWSER can name the browser program to use",
  },
  IDENTITY_HTTP_HOST: { format: host, says: "address that `http` listens on; default 127.0.0.1" },
  IDENTITY_HTTP_PORT: {
    format: port,
    says: "port that `http` listens on; default 8723; 0 lets the system choose",
  },
  IDENTITY_HTTP_TOKEN: {
    format: secret,
    secret: true,
    says: "bearer token that clients of `http` send; made at the first start and kept beside the store if it is not set; not used with an issuer",
  },
  IDENTITY_PUBLIC_URL: {
    format: baseUrl,
    says: "address of `http` for clients, without /mcp, for example https://identity.example.com; default the address that it listens on",
  },
  IDENTITY_AUTH_ISSUER: {
    format: list(issuer),
    says: "OAuth issuers whose access tokens are accepted, separated by commas; without them, `http` listens only for this machine",
  },
  IDENTITY_AUTH_AUDIENCE: {
    format: list(word),
    says: "audiences, separated by commas; a token must name one of them; default IDENTITY_PUBLIC_URL with /mcp",
  },
  IDENTITY_AUTH_SUBJECT_CLAIM: {
    format: list(word),
    says: "claims that together identify one person, separated by commas; default sub; for Entra oid,tid",
  },
  IDENTITY_AUTH_SCOPES: {
    format: list(word),
    says: "scopes that clients ask for at the sign-in, separated by commas; default identity:read,identity:write,offline_access",
  },
  IDENTITY_AUTH_SCOPE_PREFIX: {
    format: word,
    says: "the prefix that the issuer needs before the name of an identity scope; for Entra the App ID URI and a slash",
  },
  IDENTITY_TENANT_CLAIM: {
    format: word,
    says: "the claim of an access token that tells the person's tenant; `http` then serves the tenants of IDENTITY_CONNECTIONS_FILE, each with its own connections and store",
  },
  IDENTITY_APPROVER_CLIENT_ID: {
    format: word,
    says: "the client id with which people sign in on the approval pages, at the first issuer; its redirect address is IDENTITY_PUBLIC_URL with /approvals/callback",
  },
  IDENTITY_APPROVER_CLIENT_SECRET: {
    format: secret,
    secret: true,
    says: "the secret of IDENTITY_APPROVER_CLIENT_ID; without it the client is public, and only PKCE protects the sign-in",
  },
  IDENTITY_ALLOWED_ORIGINS: {
    format: list(origin),
    says: "origins of web pages that may call `http`, separated by commas; pages of this machine may always call it",
  },
  IDENTITY_TRUSTED_PROXY: {
    format: list(proxy),
    says: "addresses or subnets of proxies, separated by commas; the log then shows the caller's address that the proxy forwards",
  },
  IDENTITY_METRICS_TOKEN: {
    format: secret,
    secret: true,
    says: "bearer token with which Prometheus reads /metrics of `http`; without it, only this machine may read the metrics",
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    format: collector,
    says: "address to which `http` sends OpenTelemetry traces, by OTLP over HTTP, for example http://localhost:4318; without it, no traces are sent",
  },
  OTEL_EXPORTER_OTLP_HEADERS: {
    format: headers,
    secret: true,
    says: "headers of the requests with traces, as NAME=VALUE,NAME=VALUE; special characters of a value are percent-encoded",
  },
  OTEL_SERVICE_NAME: {
    format: word,
    says: "the name of this service in traces; default trello-identity-mcp",
  },
  IDENTITY_MAX_SESSIONS: {
    format: count(100_000),
    says: "how many sessions `http` keeps in the store for clients with an MCP version before 2026-07-28; default 200",
  },
  IDENTITY_SESSION_IDLE_SECONDS: {
    format: count(7 * 24 * 3600),
    says: "after how many seconds without a request `http` ends a session; default 1800",
  },
  IDENTITY_RETENTION_DAYS: {
    format: count(36_500),
    says: "days after which ended plans, runs and reviews are deleted from the store; the audit log is kept; without this setting, nothing is deleted",
  },
  IDENTITY_LOG_LEVEL: { format: oneOf(LOG_LEVELS), says: `${LOG_LEVELS.join(", ")}; default info` },
} as const satisfies Record<string, Setting>;

export type Variable = keyof typeof SETTINGS;
export const VARIABLES = Object.keys(SETTINGS) as readonly Variable[];

/** The value of each setting after it was read and checked; undefined if the setting is not set. */
export type Values = { readonly [V in Variable]: z.output<(typeof SETTINGS)[V]["format"]> | undefined };

/** The name of a setting's flag without the dashes, for example `identity-read-only`. */
export function flagName(variable: Variable): string {
  return variable.toLowerCase().replaceAll("_", "-");
}
