import { isAbsolute, resolve } from "node:path";
import { stronger } from "../domain/confirmation.ts";
import type { Tenancy } from "../domain/sign-in.ts";
import type { Config } from "./config.ts";
import { dataFolder, type Machine, storeFolder } from "./data-folder.ts";
import { httpConfig } from "./http.ts";
import { oauth2Config } from "./oauth2.ts";
import type { Policy } from "./policy.ts";
import { createSecret, type Secret } from "./secret.ts";
import type { Values } from "./settings.ts";

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The parts of a configuration that do not come from single settings: the rules of the policy file, the rosters and
 * applications of the connections file, and how the tenant of a caller is found.
 */
export interface Beside extends Pick<Config, "policy" | "rosters" | "applications"> {
  readonly tenancy: Tenancy | null;
}

/**
 * The port at which the command `login` receives the browser after the sign-in. It is fixed, because Trello must know
 * the address before the sign-in.
 */
export const LOGIN_PORT = 8724;

/** Puts the settings together. */
export function assemble(
  values: Values,
  { policy, rosters, applications, tenancy }: Beside,
  { env, machine }: { readonly env: Env; readonly machine: Machine },
): Config {
  const atlassian = values.ATLASSIAN_API_BASE_URL ?? "https://api.atlassian.com";
  const { TRELLO_API_KEY: apiKey, TRELLO_API_TOKEN: apiToken } = values;
  const { ATLASSIAN_SCIM_DIRECTORY_ID: directoryId, ATLASSIAN_SCIM_TOKEN: scimToken } = values;
  const { ATLASSIAN_ORG_ID: orgId, ATLASSIAN_ORG_API_KEY: orgKey } = values;
  const url = storeUrl(values.IDENTITY_STORE_URL, machine, env);
  return {
    trello:
      apiKey && apiToken
        ? {
            baseUrl: values.TRELLO_API_BASE_URL ?? "https://api.trello.com/1",
            apiKey,
            apiToken,
            apiSecret: values.TRELLO_API_SECRET ?? null,
            previousSecret: values.TRELLO_API_SECRET_PREVIOUS ?? null,
            tokenSecret: values.TRELLO_TOKEN_SECRET ?? null,
          }
        : null,
    oauth2: oauth2Config(values),
    loginPort: values.IDENTITY_LOGIN_PORT ?? LOGIN_PORT,
    scim: directoryId && scimToken ? { baseUrl: atlassian, directoryId, token: scimToken } : null,
    organization: orgId && orgKey ? { baseUrl: atlassian, orgId, apiKey: orgKey } : null,
    enterpriseId: values.TRELLO_ENTERPRISE_ID ?? null,
    rosters,
    applications,
    storeUrl: url,
    storeFolder: storeFolder(url.reveal(), machine, env),
    storeKey: values.IDENTITY_STORE_KEY ?? null,
    storeIsDefault: values.IDENTITY_STORE_URL === undefined,
    retentionDays: values.IDENTITY_RETENTION_DAYS ?? null,
    readOnly: values.IDENTITY_READ_ONLY ?? false,
    toolsets: values.IDENTITY_TOOLSETS ?? ["directory", "membership", "offboarding", "scim"],
    workspaces: values.IDENTITY_WORKSPACES ?? null,
    confirmation: weakest(values.IDENTITY_CONFIRMATION, policy),
    policy,
    notify: notifyOf(values),
    openBrowser: values.IDENTITY_OPEN_BROWSER ?? true,
    http: httpConfig(values, tenancy),
    tenant: null,
    tenants: [],
    logLevel: values.IDENTITY_LOG_LEVEL ?? "info",
  };
}

function notifyOf(values: Values): Config["notify"] {
  const { IDENTITY_NOTIFY_URL: url, IDENTITY_NOTIFY_SECRET: secret } = values;
  const format = notifyFormat(values);
  return url && format ? { url, format, secret: secret ?? null } : null;
}

/**
 * The format of the messages to the chat webhook. If the setting is missing, the webhook's URL decides: Slack, Teams or
 * JSON. null if there is no chat webhook.
 */
export function notifyFormat(values: Values): NonNullable<Config["notify"]>["format"] | null {
  const { IDENTITY_NOTIFY_URL: url, IDENTITY_NOTIFY_FORMAT: format } = values;
  if (!url) return null;
  const { hostname } = new URL(url.reveal());
  if (/(^|\.)slack\.com$/.test(hostname)) return format ?? "slack";
  const isTeams = /(^|\.)(webhook\.office\.com|logic\.azure\.com|powerplatform\.com)$/.test(hostname);
  return format ?? (isTeams ? "teams" : "json");
}

/**
 * The stronger of two confirmation levels: the level in the environment and the level in the policy file. So neither
 * setting can weaken the other. If both are missing, the level is `client`.
 */
function weakest(variable: Values["IDENTITY_CONFIRMATION"], policy: Policy): Config["confirmation"] {
  const inFile = policy.confirmation.default;
  if (variable && inFile) return stronger(variable, inFile);
  return variable ?? inFile ?? "client";
}

/**
 * The store's URL with an absolute path. A relative path is made absolute at once, because each client starts servers
 * in another folder.
 */
function storeUrl(text: string | undefined, machine: Machine, env: Env): Secret {
  if (text === undefined) {
    const separator = machine.platform === "win32" ? "\\" : "/";
    return createSecret(`sqlite:${dataFolder(machine, env)}${separator}identity.db`);
  }
  const path = text.startsWith("sqlite:") ? text.slice("sqlite:".length) : null;
  if (path === null || path === ":memory:" || isAbsolute(path)) return createSecret(text);
  return createSecret(`sqlite:${absolute(path, machine)}`);
}

/**
 * Makes a path absolute. `~/` is replaced by the home folder, because no shell has done this. A relative path begins in
 * the current folder.
 */
export function absolute(path: string, { home, folder }: Machine): string {
  return /^~[/\\]/.test(path) ? resolve(home, path.slice(2)) : resolve(folder, path);
}
