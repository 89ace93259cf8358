import { isAbsolute, resolve } from "node:path";
import { stronger } from "../domain/confirmation.ts";
import { AppError } from "../domain/error.ts";
import type { Config } from "./config.ts";
import { dataFolder, storeFolder } from "./data-folder.ts";
import type { Machine } from "./data-folder.ts";
import { httpConfig, httpProblems } from "./http.ts";
import { oauth2Config, oauth2Problems } from "./oauth2.ts";
import { secondPersonProblems } from "./second-person.ts";
import { DEFAULT_POLICY, parsePolicy } from "./policy.ts";
import type { Policy } from "./policy.ts";
import { createSecret } from "./secret.ts";
import type { Secret } from "./secret.ts";
import { SETTINGS } from "./settings.ts";
import type { Setting, Values, Variable } from "./settings.ts";
import { readTexts, unknownVariables } from "./variables.ts";

export interface Sources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Settings from flags. A flag wins over an environment variable. */
  readonly flags?: Readonly<Partial<Record<Variable, string>>>;
  readonly machine: Machine;
  readFile(path: string): Promise<string>;
  /** Whether the command needs the Trello credentials. */
  readonly needsTrello: boolean;
  /** Gives the names of tools that the policy file may contain. Called only if there is a policy file. */
  toolNames(): Promise<readonly string[]>;
}

/**
 * Reads all settings. CONFIG_INVALID if a setting is wrong, missing or unknown: `details.problems` has a line for each,
 * with what to do.
 */
export async function loadConfig(sources: Sources): Promise<Config> {
  const problems: string[] = [...unknownVariables(sources.env)];
  const texts = readTexts(sources, problems);
  const values = parseValues(texts, problems);
  problems.push(...missing(texts, sources.needsTrello), ...httpProblems(values), ...oauth2Problems(values));
  const policy = await loadPolicy(values.IDENTITY_POLICY_FILE, sources, problems);
  const connections = await loadConnections(values.IDENTITY_CONNECTIONS_FILE, sources, problems);
  problems.push(...secondPersonProblems(values, policy));
  if (notifyFormat(values) === "json" && !texts.has("IDENTITY_NOTIFY_SECRET")) {
    problems.push(
      `IDENTITY_NOTIFY_SECRET is missing, and IDENTITY_NOTIFY_URL needs it for format json. Set it: ${SETTINGS.IDENTITY_NOTIFY_SECRET.says}.`,
    );
  }
  if (problems.length > 0) {
    throw new AppError("CONFIG_INVALID", problems.join("\n"), {
      next: "Correct each of these settings and start again.",
      details: { problems },
    });
  }
  return deepFreeze(assemble(values, { policy, ...connections }, sources));
}

function parseValues(texts: ReadonlyMap<Variable, string>, problems: string[]): Values {
  const values: Partial<Record<Variable, unknown>> = {};
  for (const [variable, text] of texts) {
    const setting: Setting = SETTINGS[variable];
    const parsed = setting.format.safeParse(text);
    if (parsed.success) values[variable] = parsed.data;
    else
      problems.push(
        `${variable} ${parsed.error.issues[0]?.message ?? "is wrong"}. Correct it: ${setting.says}.`,
      );
  }
  return values as Values;
}

/** Settings that need another setting: the first needs the second. */
const NEEDS: readonly (readonly [Variable, Variable])[] = [
  ["ATLASSIAN_SCIM_DIRECTORY_ID", "ATLASSIAN_SCIM_TOKEN"],
  ["ATLASSIAN_SCIM_TOKEN", "ATLASSIAN_SCIM_DIRECTORY_ID"],
  ["ATLASSIAN_ORG_ID", "ATLASSIAN_ORG_API_KEY"],
  ["ATLASSIAN_ORG_API_KEY", "ATLASSIAN_ORG_ID"],
  ["TRELLO_TOKEN_SECRET", "TRELLO_API_SECRET"],
  ["TRELLO_OAUTH2_CLIENT_SECRET", "TRELLO_OAUTH2_CLIENT_ID"],
  ["TRELLO_API_TOKEN", "TRELLO_API_KEY"],
  ["TRELLO_API_KEY", "TRELLO_API_TOKEN"],
  ["IDENTITY_AUTH_AUDIENCE", "IDENTITY_AUTH_ISSUER"],
  ["IDENTITY_AUTH_SUBJECT_CLAIM", "IDENTITY_AUTH_ISSUER"],
  ["IDENTITY_AUTH_SCOPES", "IDENTITY_AUTH_ISSUER"],
  ["IDENTITY_AUTH_SCOPE_PREFIX", "IDENTITY_AUTH_ISSUER"],
  ["IDENTITY_APPROVER_CLIENT_SECRET", "IDENTITY_APPROVER_CLIENT_ID"],
  ["IDENTITY_APPROVER_CLIENT_ID", "IDENTITY_AUTH_ISSUER"],
  ["IDENTITY_APPROVER_CLIENT_ID", "IDENTITY_PUBLIC_URL"],
];

function* missing(texts: ReadonlyMap<Variable, string>, needsTrello: boolean): Generator<string> {
  const told = new Set<Variable>();
  for (const [given, needed] of NEEDS) {
    if (!texts.has(given) || texts.has(needed) || told.has(needed)) continue;
    told.add(needed);
    yield `${needed} is missing, and ${given} needs it. Set it: ${SETTINGS[needed].says}.`;
  }
  // Key and token are not needed for a sign-in by OAuth 2.0.
  if (texts.has("TRELLO_OAUTH2_CLIENT_ID")) return;
  for (const variable of ["TRELLO_API_KEY", "TRELLO_API_TOKEN"] as const) {
    if (!needsTrello || texts.has(variable) || told.has(variable)) continue;
    yield `${variable} is missing. Set it: ${SETTINGS[variable].says}. To try the product without credentials, use --sandbox.`;
  }
}

async function loadPolicy(path: string | undefined, sources: Sources, problems: string[]): Promise<Policy> {
  if (path === undefined) return DEFAULT_POLICY;
  let text: string;
  try {
    text = await sources.readFile(absolute(path, sources.machine));
  } catch {
    problems.push(
      "IDENTITY_POLICY_FILE cannot be read. Set it to the path of a YAML file that this user can read.",
    );
    return DEFAULT_POLICY;
  }
  const parsed = await parsePolicy(text, await sources.toolNames());
  if ("policy" in parsed) return parsed.policy;
  for (const { line, message } of parsed.problems) {
    problems.push(`IDENTITY_POLICY_FILE line ${line}: ${message}. Correct that line of the policy.`);
  }
  return DEFAULT_POLICY;
}

/** Reads the connections file, only for commands that need it. So other commands need none of its secrets. */
async function loadConnections(
  path: string | undefined,
  { env, machine, readFile, needsTrello }: Sources,
  problems: string[],
): Promise<Pick<Config, "rosters" | "applications">> {
  const none = { rosters: [], applications: [] };
  if (path === undefined || !needsTrello) return none;
  const place = absolute(path, machine);
  let text: string;
  try {
    text = await readFile(place);
  } catch {
    problems.push(
      "IDENTITY_CONNECTIONS_FILE cannot be read. Set it to the path of a YAML file that this user can read.",
    );
    return none;
  }
  const { parseConnections } = await import("./connections.ts");
  const parsed = await parseConnections(text, { env, readFile, path: place });
  if ("rosters" in parsed) return parsed;
  for (const { line, message } of parsed.problems)
    problems.push(`IDENTITY_CONNECTIONS_FILE line ${line}: ${message}. Correct that line of the file.`);
  return none;
}

function assemble(
  values: Values,
  { policy, rosters, applications }: Pick<Config, "policy" | "rosters" | "applications">,
  { env, machine }: Sources,
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
            tokenSecret: values.TRELLO_TOKEN_SECRET ?? null,
          }
        : null,
    oauth2: oauth2Config(values),
    loginPort: values.IDENTITY_LOGIN_PORT ?? 8724,
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
    http: httpConfig(values),
    logLevel: values.IDENTITY_LOG_LEVEL ?? "info",
  };
}

function notifyOf(values: Values): Config["notify"] {
  const { IDENTITY_NOTIFY_URL: url, IDENTITY_NOTIFY_SECRET: secret } = values;
  const format = notifyFormat(values);
  return url && format ? { url, format, secret: secret ?? null } : null;
}

/** The format of the webhook: as set, or otherwise as the URL suggests. null if nothing is posted. */
function notifyFormat(values: Values): NonNullable<Config["notify"]>["format"] | null {
  const { IDENTITY_NOTIFY_URL: url, IDENTITY_NOTIFY_FORMAT: format } = values;
  if (!url) return null;
  const { hostname } = new URL(url.reveal());
  if (/(^|\.)slack\.com$/.test(hostname)) return format ?? "slack";
  const isTeams = /(^|\.)(webhook\.office\.com|logic\.azure\.com|powerplatform\.com)$/.test(hostname);
  return format ?? (isTeams ? "teams" : "json");
}

/** The stronger of the two levels in the environment and in the policy file. So neither can weaken the other. */
function weakest(variable: Values["IDENTITY_CONFIRMATION"], policy: Policy): Config["confirmation"] {
  const inFile = policy.confirmation.default;
  if (variable && inFile) return stronger(variable, inFile);
  return variable ?? inFile ?? "client";
}

/**
 * The store's URL with an absolute path. Each client starts servers in another folder, so a relative path is resolved
 * at once.
 */
function storeUrl(text: string | undefined, machine: Machine, env: Sources["env"]): Secret {
  if (text === undefined) {
    const separator = machine.platform === "win32" ? "\\" : "/";
    return createSecret(`sqlite:${dataFolder(machine, env)}${separator}identity.db`);
  }
  const path = text.startsWith("sqlite:") ? text.slice("sqlite:".length) : null;
  if (path === null || path === ":memory:" || isAbsolute(path)) return createSecret(text);
  return createSecret(`sqlite:${absolute(path, machine)}`);
}

/**
 * Makes a path absolute. `~/` is the home folder (no shell has replaced it). A relative path begins in the present
 * folder.
 */
function absolute(path: string, { home, folder }: Machine): string {
  return /^~[/\\]/.test(path) ? resolve(home, path.slice(2)) : resolve(folder, path);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) deepFreeze(member);
  }
  return value;
}
