import { AppError } from "../domain/error.ts";
import { absolute, assemble, notifyFormat } from "./assemble.ts";
import type { Config } from "./config.ts";
import type { Connections } from "./connections.ts";
import type { Machine } from "./data-folder.ts";
import { httpProblems } from "./http.ts";
import { oauth2Problems } from "./oauth2.ts";
import { secondPersonProblems } from "./second-person.ts";
import { DEFAULT_POLICY, parsePolicy } from "./policy.ts";
import type { Policy } from "./policy.ts";
import { SETTINGS } from "./settings.ts";
import type { Setting, Values, Variable } from "./settings.ts";
import { tenantProblems, withTenants } from "./load-tenants.ts";
import { readTexts, unknownVariables, withSecretFiles } from "./variables.ts";

export interface Sources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Settings from flags. A flag wins over an environment variable. */
  readonly flags?: Readonly<Partial<Record<Variable, string>>>;
  readonly machine: Machine;
  readFile(path: string): Promise<string>;
  /** Whether the command needs the Trello credentials. */
  readonly needsTrello: boolean;
  /** Returns the names of tools that the policy file may contain. Called only if there is a policy file. */
  toolNames(): Promise<readonly string[]>;
}

/**
 * Reads all settings. CONFIG_INVALID if a setting is wrong, missing or unknown. `details.problems` then says in one
 * line for each problem what to do.
 */
export async function loadConfig(sources: Sources): Promise<Config> {
  const problems: string[] = [...unknownVariables(sources.env)];
  const { machine, readFile } = sources;
  const given = readTexts(sources, problems);
  const texts = await withSecretFiles(given, (path) => readFile(absolute(path, machine)), problems);
  const claim = texts.get("IDENTITY_TENANT_CLAIM") ?? null;
  const own = claim === null ? sources : { ...sources, needsTrello: false };
  const { values, policy } = await readSettings(texts, own, problems);
  const connections = await loadConnections(values.IDENTITY_CONNECTIONS_FILE, claim, sources, problems);
  checkTogether(texts, values, policy, problems);
  const alone = assemble(values, { policy, ...connections, tenancy: null }, sources);
  const config =
    claim === null
      ? alone
      : await withTenants(alone, { claim, texts, values, connections }, problems, async (each, found) => {
          const { values: set, policy: rules } = await readSettings(each, own, found);
          checkTogether(each, set, rules, found);
          return (beside) => assemble(set, { policy: rules, ...beside }, sources);
        });
  if (problems.length > 0) {
    throw new AppError("CONFIG_INVALID", problems.join("\n"), {
      next: "Correct each of these settings and start again.",
      details: { problems },
    });
  }
  return deepFreeze(config);
}

/** The values of the given settings, and the policy from the file that they name. */
async function readSettings(
  texts: ReadonlyMap<Variable, string>,
  sources: Sources,
  problems: string[],
): Promise<{ readonly values: Values; readonly policy: Policy }> {
  const values = parseValues(texts, problems);
  problems.push(...missing(texts, sources.needsTrello), ...httpProblems(values), ...oauth2Problems(values));
  return { values, policy: await loadPolicy(values.IDENTITY_POLICY_FILE, sources, problems) };
}

/** Reports settings that contradict each other, or that need another setting. */
function checkTogether(
  texts: ReadonlyMap<Variable, string>,
  values: Values,
  policy: Policy,
  problems: string[],
): void {
  problems.push(...secondPersonProblems(values, policy));
  if (notifyFormat(values) === "json" && !texts.has("IDENTITY_NOTIFY_SECRET")) {
    problems.push(
      `IDENTITY_NOTIFY_SECRET is missing, and IDENTITY_NOTIFY_URL needs it for format json. Set it: ${SETTINGS.IDENTITY_NOTIFY_SECRET.says}.`,
    );
  }
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

/** Pairs of settings. If the first setting of a pair is set, the second must be set too. */
const NEEDS: readonly (readonly [Variable, Variable])[] = [
  ["ATLASSIAN_SCIM_DIRECTORY_ID", "ATLASSIAN_SCIM_TOKEN"],
  ["ATLASSIAN_SCIM_TOKEN", "ATLASSIAN_SCIM_DIRECTORY_ID"],
  ["ATLASSIAN_ORG_ID", "ATLASSIAN_ORG_API_KEY"],
  ["ATLASSIAN_ORG_API_KEY", "ATLASSIAN_ORG_ID"],
  ["TRELLO_TOKEN_SECRET", "TRELLO_API_SECRET"],
  ["TRELLO_API_SECRET_PREVIOUS", "TRELLO_API_SECRET"],
  ["TRELLO_OAUTH2_CLIENT_SECRET", "TRELLO_OAUTH2_CLIENT_ID"],
  ["TRELLO_API_TOKEN", "TRELLO_API_KEY"],
  ["TRELLO_API_KEY", "TRELLO_API_TOKEN"],
  ["IDENTITY_AUTH_AUDIENCE", "IDENTITY_AUTH_ISSUER"],
  ["IDENTITY_AUTH_SUBJECT_CLAIM", "IDENTITY_AUTH_ISSUER"],
  ["IDENTITY_AUTH_SCOPES", "IDENTITY_AUTH_ISSUER"],
  ["IDENTITY_AUTH_SCOPE_PREFIX", "IDENTITY_AUTH_ISSUER"],
  ["IDENTITY_TENANT_CLAIM", "IDENTITY_AUTH_ISSUER"],
  ["IDENTITY_TENANT_CLAIM", "IDENTITY_CONNECTIONS_FILE"],
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
  // If the settings have an OAuth 2.0 app, the Trello key and token are not needed. Requests are then sent with the
  // access token of a sign-in to this app.
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

/**
 * Reads the connections file for commands that need it. A command that sends no requests to upstreams needs only the
 * tenants, and no secrets.
 */
async function loadConnections(
  path: string | undefined,
  claim: string | null,
  { env, machine, readFile, needsTrello }: Sources,
  problems: string[],
): Promise<Connections> {
  if (path === undefined || (!needsTrello && claim === null)) return NO_CONNECTIONS;
  const place = absolute(path, machine);
  let text: string;
  try {
    text = await readFile(place);
  } catch {
    problems.push(
      "IDENTITY_CONNECTIONS_FILE cannot be read. Set it to the path of a YAML file that this user can read.",
    );
    return NO_CONNECTIONS;
  }
  const { parseConnections } = await import("./connections.ts");
  const parsed = await parseConnections(text, { env, readFile, path: place, needsSecrets: needsTrello });
  if ("rosters" in parsed) {
    problems.push(...tenantProblems(parsed, claim));
    return parsed;
  }
  for (const { line, message } of parsed.problems)
    problems.push(`IDENTITY_CONNECTIONS_FILE line ${line}: ${message}. Correct that line of the file.`);
  return NO_CONNECTIONS;
}

const NO_CONNECTIONS: Connections = { rosters: [], applications: [], tenants: [] };

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) deepFreeze(member);
  }
  return value;
}
