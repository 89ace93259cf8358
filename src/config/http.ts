import type { Tenancy } from "../domain/sign-in.ts";
import { isLoopback } from "./formats.ts";
import type { Secret } from "./secret.ts";
import type { Values } from "./settings.ts";

/** The settings of the command `http`: the address on which it listens, and who may call it. */
export interface HttpConfig {
  readonly host: string;
  readonly port: number;
  readonly sessions: { readonly max: number; readonly idleMs: number };
  /**
   * The URL of this server for clients, without `/mcp`. If it is null, clients use the address on which the server
   * listens.
   */
  readonly publicUrl: string | null;
  /**
   * The bearer token that callers must send, for a server without an issuer. If it is null, this server makes a token
   * and keeps it in a file beside the store.
   */
  readonly token: Secret | null;
  /** The bearer token of `/metrics`. If it is null, only programs on this machine may read the metrics. */
  readonly metricsToken: Secret | null;
  /** The URL to which traces are sent (OTLP over HTTP); null if no traces are sent. */
  readonly traces: {
    readonly url: string;
    /** The headers of each request to the collector of traces, as one text: `NAME=VALUE,NAME=VALUE`. */
    readonly headers: Secret | null;
    readonly serviceName: string;
  } | null;
  /**
   * The issuer with which people sign in. If it is null, no one signs in, and only programs on this machine may call.
   */
  readonly authorization: AuthorizationConfig | null;
  /**
   * How people sign in to the approval pages: the issuer, and this server's OAuth client at the issuer. null if the
   * service has no approval pages.
   */
  readonly approver: {
    readonly issuer: string;
    /** The URL of the approval pages, without a slash at the end. */
    readonly pagesUrl: string;
    /** The URL to which the issuer sends people back after the sign-in. It must be registered at the issuer. */
    readonly redirectUri: string;
    readonly clientId: string;
    /** null: a public client. */
    readonly clientSecret: Secret | null;
  } | null;
  /** The origins of web pages that may call this server, in addition to the origins of this machine. */
  readonly allowedOrigins: readonly string[];
  /** The addresses of proxies. The header X-Forwarded-For is believed only if one of them sent it. */
  readonly trustedProxies: readonly string[];
}

/** Which access tokens are accepted. In OAuth 2.1, this server is a resource server. */
export interface AuthorizationConfig {
  readonly issuers: readonly string[];
  readonly audiences: readonly string[];
  /** The names of the claims in an access token that, together with the issuer, identify one person. */
  readonly subjectClaims: readonly string[];
  /** The names of the scopes that clients ask for at the sign-in. `scopePrefix` is not a part of these names. */
  readonly scopes: readonly string[];
  /**
   * The text that the issuer needs before the name of each scope of this server (`identity:...`), for example
   * `api://ID/`. Empty if the issuer needs none.
   */
  readonly scopePrefix: string;
  /** How the server finds the tenant of a person; null if the service has no tenants. */
  readonly tenancy: Tenancy | null;
}

/** The path of the MCP endpoint below the public URL. */
const MCP_PATH = "/mcp";
/** The path of the approval pages below the public URL. */
const PAGES_PATH = "/approvals";

/** Puts the settings of `http` together. */
export function httpConfig(values: Values, tenancy: Tenancy | null): HttpConfig {
  const publicUrl = values.IDENTITY_PUBLIC_URL?.replace(/\/mcp$/, "") ?? null;
  const issuers = values.IDENTITY_AUTH_ISSUER ?? [];
  return {
    host: values.IDENTITY_HTTP_HOST ?? "127.0.0.1",
    port: values.IDENTITY_HTTP_PORT ?? 8723,
    sessions: {
      max: values.IDENTITY_MAX_SESSIONS ?? 200,
      idleMs: (values.IDENTITY_SESSION_IDLE_SECONDS ?? 1800) * 1000,
    },
    publicUrl,
    token: values.IDENTITY_HTTP_TOKEN ?? null,
    metricsToken: values.IDENTITY_METRICS_TOKEN ?? null,
    traces: tracesOf(values),
    authorization:
      issuers.length === 0
        ? null
        : {
            issuers,
            audiences:
              values.IDENTITY_AUTH_AUDIENCE ?? (publicUrl === null ? [] : [`${publicUrl}${MCP_PATH}`]),
            subjectClaims: values.IDENTITY_AUTH_SUBJECT_CLAIM ?? ["sub"],
            scopes: values.IDENTITY_AUTH_SCOPES ?? ["identity:read", "identity:write", "offline_access"],
            scopePrefix: values.IDENTITY_AUTH_SCOPE_PREFIX ?? "",
            tenancy,
          },
    approver: approverOf(values, publicUrl),
    allowedOrigins: values.IDENTITY_ALLOWED_ORIGINS ?? [],
    trustedProxies: values.IDENTITY_TRUSTED_PROXY ?? [],
  };
}

function tracesOf(values: Values): HttpConfig["traces"] {
  const endpoint = values.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === undefined) return null;
  return {
    url: `${endpoint}/v1/traces`,
    headers: values.OTEL_EXPORTER_OTLP_HEADERS ?? null,
    serviceName: values.OTEL_SERVICE_NAME ?? "trello-identity-mcp",
  };
}

function* tracesProblems(values: Values): Generator<string> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_HEADERS: headers } = values;
  if (endpoint === undefined || headers === undefined) return;
  const { protocol, hostname } = new URL(endpoint);
  if (protocol === "http:" && !isLoopback(hostname))
    yield "OTEL_EXPORTER_OTLP_HEADERS would travel unencrypted, because OTEL_EXPORTER_OTLP_ENDPOINT starts with http://. Use https://, or remove the headers.";
}

function approverOf(values: Values, publicUrl: string | null): HttpConfig["approver"] {
  const { IDENTITY_APPROVER_CLIENT_ID: clientId, IDENTITY_APPROVER_CLIENT_SECRET: secret } = values;
  // If there are several issuers, people sign in to the approval pages at the first issuer.
  const [issuer] = values.IDENTITY_AUTH_ISSUER ?? [];
  if (clientId === undefined || issuer === undefined || publicUrl === null) return null;
  const pagesUrl = `${publicUrl}${PAGES_PATH}`;
  return { issuer, pagesUrl, redirectUri: `${pagesUrl}/callback`, clientId, clientSecret: secret ?? null };
}

/** One error message for each `http` setting that contradicts another setting. */
export function* httpProblems(values: Values): Generator<string> {
  yield* tracesProblems(values);
  if (values.IDENTITY_AUTH_ISSUER === undefined) return;
  if (values.IDENTITY_AUTH_AUDIENCE === undefined && values.IDENTITY_PUBLIC_URL === undefined) {
    yield "IDENTITY_AUTH_AUDIENCE is missing, and IDENTITY_AUTH_ISSUER needs it. Set it to the audience in the issuer's access tokens for this server. Or set IDENTITY_PUBLIC_URL: the audience is then that address with /mcp.";
  }
  if (values.IDENTITY_HTTP_TOKEN !== undefined) {
    yield "IDENTITY_HTTP_TOKEN and IDENTITY_AUTH_ISSUER are both set. Remove one of them: with an issuer, each person signs in, and the token is not accepted.";
  }
}
