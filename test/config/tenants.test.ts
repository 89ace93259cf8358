import { describe, expect, test } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import type { AppError } from "../../src/domain/error.ts";

const FILES: Readonly<Record<string, string>> = {
  "/etc/identity/acme.yaml":
    "confirmation: { default: four_eyes }\napprovers: { emails: [it@acme.example] }\n",
  "/etc/identity/globex-token": "globex-token-1234\n",
  "/etc/identity/strict.yaml": "confirmation: { default: approval }\n",
};
const SECRETS = { ACME_KEY: "acme-key-1234", ACME_TOKEN: "acme-token-1234", GLOBEX_KEY: "globex-key-1234" };
const SERVICE = {
  IDENTITY_AUTH_ISSUER: "https://login.example",
  IDENTITY_PUBLIC_URL: "https://identity.example",
  IDENTITY_APPROVER_CLIENT_ID: "pages",
  IDENTITY_TENANT_CLAIM: "org",
  IDENTITY_CONNECTIONS_FILE: "/etc/identity/connections.yaml",
};
const BOTH = `
tenants:
  acme:
    trello_api_key: env:ACME_KEY
    trello_api_token: env:ACME_TOKEN
    identity_policy_file: acme.yaml
    identity_workspaces: [5f0000000000000000000001, 5f0000000000000000000002]
    identity_read_only: true
    rosters:
      hr: { source: scim, base: https://idp.acme.example, token: env:ACME_TOKEN }
    directories:
      chat: { base: https://chat.acme.example, token: env:ACME_TOKEN }
  globex-eu:
    claim: [0b1c, globex.example]
    trello_api_key: env:GLOBEX_KEY
    trello_api_token: file:globex-token
    trello_api_base_url: https://trello.globex.example/1
`;

function load(file: string, env: Readonly<Record<string, string | undefined>> = {}, needsTrello = true) {
  return loadConfig({
    env: { ...SECRETS, ...SERVICE, ...env },
    machine: { platform: "linux", home: "/home/ada", folder: "/srv/app" },
    readFile: async (path) =>
      path === "/etc/identity/connections.yaml"
        ? file
        : (FILES[path] ?? Promise.reject(new Error("no such file"))),
    needsTrello,
    toolNames: async () => ["offboard_member"],
  });
}

async function problems(
  file: string,
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<string> {
  const error = (await load(file, env).then(
    () => expect.unreachable("the configuration was accepted"),
    (thrown: unknown) => thrown,
  )) as AppError;
  expect(error.code).toBe("CONFIG_INVALID");
  return (error.details["problems"] as string[]).join("\n");
}

describe("a service with tenants", () => {
  test("has no connections itself; each tenant has its own, and its own rules", async () => {
    const config = await load(BOTH);
    const [acme, globex] = config.tenants;
    expect(config).toMatchObject({ tenant: null, trello: null, rosters: [], applications: [] });
    expect(config.http.authorization?.tenancy).toEqual({
      claim: "org",
      names: { acme: "acme", "0b1c": "globex-eu", "globex.example": "globex-eu" },
    });
    expect(acme).toMatchObject({
      tenant: "acme",
      confirmation: "four_eyes",
      policy: { approvers: ["it@acme.example"] },
      workspaces: ["5f0000000000000000000001", "5f0000000000000000000002"],
      readOnly: true,
      rosters: [{ name: "hr" }],
      applications: [{ name: "chat" }],
      tenants: [],
    });
    expect(acme?.storeUrl.reveal()).toBe(config.storeUrl.reveal());
    expect(acme?.trello?.apiToken.reveal()).toBe("acme-token-1234");
    expect(globex).toMatchObject({
      tenant: "globex-eu",
      confirmation: "client",
      workspaces: null,
      readOnly: false,
      rosters: [],
      trello: { baseUrl: "https://trello.globex.example/1" },
    });
    expect(globex?.trello?.apiToken.reveal()).toBe("globex-token-1234");
    expect(JSON.stringify(config)).not.toMatch(/-(key|token)-1234/);
  });

  test("sets defaults, and no tenant can weaken what it restricts", async () => {
    const weak = BOTH.replace("identity_read_only: true", "identity_read_only: false").replace(
      "claim: [0b1c, globex.example]",
      "identity_confirmation: two_step",
    );
    const config = await load(weak, {
      IDENTITY_READ_ONLY: "true",
      IDENTITY_CONFIRMATION: "approval",
      IDENTITY_TOOLSETS: "directory",
      IDENTITY_POLICY_FILE: "/etc/identity/strict.yaml",
    });
    const rules = config.tenants.map(({ readOnly, confirmation, toolsets }) => [
      readOnly,
      confirmation,
      toolsets,
    ]);
    expect(rules).toEqual([
      [true, "four_eyes", ["directory"]],
      [true, "approval", ["directory"]],
    ]);
  });

  test("needs no secret for a command that uses no upstream", async () => {
    const none = { ACME_KEY: undefined, ACME_TOKEN: undefined, GLOBEX_KEY: undefined };
    const { tenants } = await load(BOTH, none, false);
    expect(tenants.map(({ tenant, trello }) => [tenant, trello])).toEqual([
      ["acme", null],
      ["globex-eu", null],
    ]);
    expect(tenants[0]).toMatchObject({ confirmation: "four_eyes", rosters: [] });
  });
});

describe("a mistake stops the start and says what to do", () => {
  const one = (more: string, name = "acme") =>
    `tenants:\n  ${name}:\n    trello_api_key: env:ACME_KEY\n    trello_api_token: env:ACME_TOKEN\n${more}`;
  const two = (first: string, second: string) =>
    one(`    ${first}\n`) + one(`    ${second}\n`, "globex").replace("tenants:\n", "");

  test.each<[string, string, RegExp]>([
    ["no tenant", "tenants: {}\n", /line 1: tenants has no tenant/],
    [
      "no settings",
      "tenants:\n  acme: {}\n",
      /line 2: tenants\.acme needs trello_api_key: env:NAME or file:PATH/,
    ],
    ["no token", one("").replace(/ +trello_api_token.*\n/, ""), /tenants\.acme needs trello_api_token/],
    [
      "a secret in the file",
      one("    atlassian_scim_token: plain-s3cret\n"),
      /line 5: tenants\.acme\.atlassian_scim_token must not be the secret itself/,
    ],
    [
      "a secret that is a setting",
      one("    atlassian_org_api_key: env:IDENTITY_X\n"),
      /line 5: .* does not begin with IDENTITY_/,
    ],
    [
      "a variable that is not set",
      one("    notify: x\n")
        .replace("env:ACME_KEY", "env:NOWHERE")
        .replace(/ +notify.*\n/, ""),
      /line 3: tenants\.acme\.trello_api_key names NOWHERE, which is not set/,
    ],
    [
      "a file that is not there",
      one("").replace("env:ACME_TOKEN", "file:nowhere"),
      /line 4: .* names a file that cannot be read/,
    ],
    [
      "an unknown setting",
      one("    trello_key: x\n"),
      /line 5: tenants\.acme\.trello_key is not a setting here/,
    ],
    [
      "a setting of the service",
      one("    identity_store_url: sqlite:x.db\n"),
      /line 5: tenants\.acme\.identity_store_url is not a setting here/,
    ],
    [
      "a setting in capitals",
      one("    IDENTITY_READ_ONLY: true\n"),
      /line 5: tenants\.acme\.IDENTITY_READ_ONLY is not a setting here/,
    ],
    [
      "a wrong value",
      one("    identity_confirmation: maybe\n"),
      /line 2: tenants\.acme: identity_confirmation cannot be maybe\. Correct it: .*four_eyes/,
    ],
    [
      "half of a pair",
      one("    atlassian_org_id: x\n"),
      /line 2: tenants\.acme: atlassian_org_api_key is missing, and atlassian_org_id needs it/,
    ],
    [
      "a policy that is not there",
      one("    identity_policy_file: nowhere.yaml\n"),
      /line 2: tenants\.acme: identity_policy_file cannot be read/,
    ],
    ["a name in capitals", one("", "Acme"), /line 2: tenants\.Acme must be a name of small letters/],
    ["a name with a path", one("", "../acme"), /must be a name of small letters/],
    ["a name with _", one("", "ac_me"), /must be a name of small letters/],
    ["a name that is too long", one("", "a".repeat(41)), /must be a name of small letters/],
    [
      "one value for two tenants",
      two("claim: x", "claim: [y, x]"),
      /tenants\.globex\.claim has a value that already belongs to the tenant acme/,
    ],
    [
      "a value that is another's name",
      two("claim: globex", "identity_read_only: true"),
      /tenants\.globex has a value that already belongs to the tenant acme/,
    ],
    ["an empty value", one("    claim: ''\n"), /tenants\.acme\.claim must not be empty|must be text/],
    [
      "a roster without a source",
      one("    rosters: { hr: { base: https://a.example } }\n"),
      /tenants\.acme\.rosters\.hr.* must have a source/,
    ],
    [
      "a roster's secret",
      one("    rosters: { hr: { source: scim, base: https://a.example, token: env:NOWHERE } }\n"),
      /tenants\.acme\.rosters\.hr\.token names NOWHERE/,
    ],
    [
      "rosters beside tenants",
      `${one("")}rosters: { hr: { source: scim, base: https://a.example, token: env:ACME_KEY } }\n`,
      /have no effect if there are `tenants`/,
    ],
    [
      "no tenants at all",
      "rosters: { hr: { source: scim, base: https://a.example, token: env:ACME_KEY } }\n",
      /has no `tenants`/,
    ],
  ])("%s", async (_what, file, line) => {
    const found = await problems(file);
    expect(found).toMatch(line);
    expect(found).not.toMatch(/plain-s3cret|-1234/);
  });

  test.each([
    ["IDENTITY_AUTH_ISSUER", /IDENTITY_AUTH_ISSUER is missing, and IDENTITY_TENANT_CLAIM needs it/],
    ["IDENTITY_CONNECTIONS_FILE", /IDENTITY_CONNECTIONS_FILE is missing, and IDENTITY_TENANT_CLAIM needs it/],
    ["IDENTITY_TENANT_CLAIM", /IDENTITY_TENANT_CLAIM is missing, and `tenants`/],
  ])("%s is missing", async (variable, line) => {
    const others = { IDENTITY_APPROVER_CLIENT_ID: undefined, [variable]: undefined };
    const trello = { TRELLO_API_KEY: "k-12345678", TRELLO_API_TOKEN: "t-12345678" };
    const more = variable === "IDENTITY_TENANT_CLAIM" ? trello : {};
    expect(await problems(one(""), { ...others, ...more })).toMatch(line);
  });

  test.each([
    "TRELLO_API_KEY",
    "TRELLO_API_TOKEN",
    "TRELLO_ENTERPRISE_ID",
    "ATLASSIAN_ORG_ID",
    "IDENTITY_WORKSPACES",
    "IDENTITY_NOTIFY_FORMAT",
    "TRELLO_OAUTH2_CLIENT_ID",
  ])("%s of the service would belong to no tenant", async (variable) => {
    const value = { IDENTITY_WORKSPACES: "5f0000000000000000000001", IDENTITY_NOTIFY_FORMAT: "slack" };
    const env = { [variable]: value[variable as keyof typeof value] ?? "x-12345678" };
    const text = new RegExp(
      `${variable} has no effect with IDENTITY_TENANT_CLAIM, because each tenant has this setting itself`,
    );
    expect(await problems(one(""), env)).toMatch(text);
  });

  test("every mistake of every tenant is named at once, and none twice", async () => {
    const file = two("identity_confirmation: maybe", "identity_toolsets: all");
    const found = (await problems(file, { IDENTITY_HTTP_PORT: "99999" })).split("\n");
    expect(found).toHaveLength(3);
    expect(found.join("\n")).toMatch(
      /tenants\.acme: identity_confirmation[^]*tenants\.globex: identity_toolsets/,
    );
  });
});
