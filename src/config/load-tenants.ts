import { stronger } from "../domain/confirmation.ts";
import { AppError } from "../domain/error.ts";
import type { Tenancy } from "../domain/sign-in.ts";
import type { Beside } from "./assemble.ts";
import type { Config, TenantConfig } from "./config.ts";
import type { Connections } from "./connections.ts";
import type { Values, Variable } from "./settings.ts";
import { TENANT_VARIABLES } from "./tenant-settings.ts";

/** The settings of a service that each of its tenants gets too, unless the tenant sets another value. */
const DEFAULTS: ReadonlySet<Variable> = new Set([
  "TRELLO_API_BASE_URL",
  "ATLASSIAN_API_BASE_URL",
  "IDENTITY_READ_ONLY",
  "IDENTITY_TOOLSETS",
  "IDENTITY_POLICY_FILE",
  "IDENTITY_CONFIRMATION",
]);
const OAUTH2: readonly Variable[] = ["TRELLO_OAUTH2_CLIENT_ID", "TRELLO_OAUTH2_CLIENT_SECRET"];

/** One error message for each contradiction between the connections file and IDENTITY_TENANT_CLAIM. */
export function* tenantProblems(
  { rosters, applications, tenants }: Connections,
  claim: string | null,
): Generator<string> {
  if (claim === null && tenants.length > 0)
    yield "IDENTITY_TENANT_CLAIM is missing, and `tenants` in IDENTITY_CONNECTIONS_FILE needs it. Set it to the claim that tells the tenant of a person, and run `http`.";
  if (claim !== null && tenants.length === 0)
    yield "IDENTITY_TENANT_CLAIM is set, but IDENTITY_CONNECTIONS_FILE has no `tenants`. Add them, or remove the setting.";
  if (claim !== null && rosters.length + applications.length > 0)
    yield "`rosters` and `directories` of IDENTITY_CONNECTIONS_FILE have no effect if there are `tenants`. Move each of them into its tenant.";
}

/**
 * CONFIG_INVALID if the settings are for a service with tenants. Over stdio no one signs in, so a caller's tenant could
 * not be found.
 */
export function requireNoTenants({ tenants }: Pick<Config, "tenants">): void {
  if (tenants.length === 0) return;
  throw new AppError(
    "CONFIG_INVALID",
    "IDENTITY_TENANT_CLAIM is set, and over stdio no one signs in, so no tenant could be found.",
    { next: "Run `http`, or remove the setting and set the credentials of one tenant." },
  );
}

interface Given {
  readonly claim: string;
  readonly texts: ReadonlyMap<Variable, string>;
  readonly values: Values;
  readonly connections: Connections;
}

/** Checks the settings of a tenant, and returns a function that makes the tenant's configuration from them. */
type Read = (
  texts: ReadonlyMap<Variable, string>,
  problems: string[],
) => Promise<(beside: Omit<Beside, "policy">) => Config>;

/**
 * The configuration of a service with its tenants. A tenant has its own settings from the file, and a few settings of
 * the service as defaults. A tenant cannot weaken a restriction of the service.
 */
export async function withTenants(
  service: Config,
  { claim, texts, values, connections }: Given,
  problems: string[],
  read: Read,
): Promise<Config> {
  for (const variable of [...TENANT_VARIABLES, ...OAUTH2]) {
    if (!DEFAULTS.has(variable) && texts.has(variable))
      problems.push(
        `${variable} has no effect with IDENTITY_TENANT_CLAIM, because each tenant has this setting itself. ${OAUTH2.includes(variable) ? "Remove it: tenants use key and token" : "Move it into its tenant in IDENTITY_CONNECTIONS_FILE"}.`,
      );
  }
  const tenancy = tenancyOf(claim, connections.tenants);
  const tenants: TenantConfig[] = [];
  for (const tenant of connections.tenants) {
    const found: string[] = [];
    const assembled = await read(textsOf(tenant, texts), found);
    const built = assembled({ ...tenant, tenancy });
    const { IDENTITY_CONFIRMATION: floor, IDENTITY_READ_ONLY: isReadOnly } = values;
    tenants.push({
      ...built,
      tenant: tenant.name,
      confirmation: floor ? stronger(floor, built.confirmation) : built.confirmation,
      readOnly: isReadOnly === true || built.readOnly,
    });
    for (const problem of found) {
      if (problems.includes(problem)) continue;
      problems.push(
        `IDENTITY_CONNECTIONS_FILE line ${tenant.line}: tenants.${tenant.name}: ${asInFile(problem)}`,
      );
    }
  }
  const { authorization } = service.http;
  return {
    ...service,
    tenants,
    http: { ...service.http, authorization: authorization && { ...authorization, tenancy } },
  };
}

function tenancyOf(claim: string, tenants: Connections["tenants"]): Tenancy {
  const names = Object.fromEntries(
    tenants.flatMap(({ name, claims }) => claims.map((value) => [value, name])),
  );
  return { claim, names };
}

function textsOf(
  { texts: own }: Connections["tenants"][number],
  service: ReadonlyMap<Variable, string>,
): ReadonlyMap<Variable, string> {
  const kept = [...service].filter(
    ([variable]) => !TENANT_VARIABLES.includes(variable) || DEFAULTS.has(variable),
  );
  return new Map([...kept, ...own]);
}

/** Changes a message so that it names settings as the file writes them, in lower case. */
function asInFile(problem: string): string {
  return problem.replace(/\b(?:TRELLO|ATLASSIAN|IDENTITY)_[A-Z0-9_]+\b/g, (name) =>
    TENANT_VARIABLES.some((variable) => variable === name) ? name.toLowerCase() : name,
  );
}
