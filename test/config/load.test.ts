import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import type { Sources } from "../../src/config/load.ts";
import { VARIABLES } from "../../src/config/settings.ts";
import type { AppError } from "../../src/domain/error.ts";

const KEY = "k1234567890abcdef";
const TOKEN = "ATTAtoken1234567890";
const TRELLO = { TRELLO_API_KEY: KEY, TRELLO_API_TOKEN: TOKEN };
const LINUX = { platform: "linux", home: "/home/ada", folder: "/srv/app" } as const;

function load(env: Record<string, string>, more: Partial<Sources> = {}) {
  return loadConfig({
    env,
    machine: LINUX,
    readFile: () => Promise.reject(new Error("no such file")),
    needsTrello: true,
    toolNames: async () => ["offboard_member", "remove_from_boards"],
    ...more,
  });
}

async function problems(env: Record<string, string>, more: Partial<Sources> = {}): Promise<string[]> {
  const error = (await load(env, more).then(
    () => expect.unreachable("the configuration was accepted"),
    (thrown: unknown) => thrown,
  )) as AppError;
  expect(error.code).toBe("CONFIG_INVALID");
  return error.details["problems"] as string[];
}

describe("defaults", () => {
  test("key and token are enough", async () => {
    const config = await load(TRELLO);
    expect(config.trello?.baseUrl).toBe("https://api.trello.com/1");
    expect(config.trello?.apiKey.reveal()).toBe(KEY);
    expect(config.storeUrl.reveal()).toBe("sqlite:/home/ada/.local/share/trello-identity-mcp/identity.db");
    expect(config.storeIsDefault).toBe(true);
    expect(config).toMatchObject({
      scim: null,
      organization: null,
      enterpriseId: null,
      readOnly: false,
      toolsets: ["directory", "membership", "offboarding", "scim"],
      workspaces: null,
      confirmation: "client",
      http: { host: "127.0.0.1", port: 8723, sessions: { max: 200, idleMs: 1_800_000 } },
      logLevel: "info",
    });
  });

  test("an empty text is a setting that was left out", async () => {
    expect((await load({ ...TRELLO, IDENTITY_HTTP_HOST: "", ATLASSIAN_SCIM_TOKEN: " " })).scim).toBeNull();
  });

  test("the configuration is frozen all the way down", async () => {
    const config = await load({ ...TRELLO, IDENTITY_WORKSPACES: "5f0000000000000000000001" });
    expect(() => Object.assign(config.http, { host: "0.0.0.0" })).toThrow(TypeError);
    expect(() => (config.workspaces as string[]).push("x")).toThrow(TypeError);
    expect(() => Object.assign(config.policy.limits, { percentOfWorkspace: 100 })).toThrow(TypeError);
  });
});

describe("every setting", () => {
  test("is read", async () => {
    const config = await load({
      ...TRELLO,
      TRELLO_API_SECRET: "app-secret-123",
      TRELLO_API_SECRET_PREVIOUS: "former-secret-123",
      TRELLO_TOKEN_SECRET: "token-secret-123",
      TRELLO_API_BASE_URL: "http://127.0.0.1:8080/trello/1/",
      TRELLO_ENTERPRISE_ID: "ent1",
      ATLASSIAN_SCIM_DIRECTORY_ID: "dir",
      ATLASSIAN_SCIM_TOKEN: "scim-token-123",
      ATLASSIAN_ORG_ID: "org",
      ATLASSIAN_ORG_API_KEY: "org-key-1234",
      ATLASSIAN_API_BASE_URL: "https://gateway.example.com/atlassian",
      IDENTITY_STORE_URL: "sqlite:data/identity.db",
      IDENTITY_READ_ONLY: "TRUE",
      IDENTITY_TOOLSETS: "directory, scim,directory",
      IDENTITY_WORKSPACES: "5f0000000000000000000001,5F0000000000000000000002",
      IDENTITY_CONFIRMATION: "approval",
      IDENTITY_HTTP_HOST: "::1",
      IDENTITY_HTTP_PORT: "0",
      IDENTITY_MAX_SESSIONS: "7",
      IDENTITY_SESSION_IDLE_SECONDS: "90",
      IDENTITY_RETENTION_DAYS: "400",
      IDENTITY_LOG_LEVEL: "debug",
    });
    expect(config.trello?.baseUrl).toBe("http://127.0.0.1:8080/trello/1");
    expect(config.trello?.apiSecret?.reveal()).toBe("app-secret-123");
    expect(config.trello?.previousSecret?.reveal()).toBe("former-secret-123");
    expect(config.trello?.tokenSecret?.reveal()).toBe("token-secret-123");
    expect(config.scim?.token.reveal()).toBe("scim-token-123");
    expect(config.organization?.apiKey.reveal()).toBe("org-key-1234");
    expect(config.storeUrl.reveal()).toBe("sqlite:/srv/app/data/identity.db");
    expect(config).toMatchObject({
      scim: { baseUrl: "https://gateway.example.com/atlassian", directoryId: "dir" },
      organization: { orgId: "org" },
      enterpriseId: "ent1",
      storeIsDefault: false,
      readOnly: true,
      retentionDays: 400,
      toolsets: ["directory", "scim"],
      workspaces: ["5f0000000000000000000001", "5f0000000000000000000002"],
      confirmation: "approval",
      http: { host: "::1", port: 0, sessions: { max: 7, idleMs: 90_000 } },
      logLevel: "debug",
    });
  });

  test("given as a flag wins over the environment", async () => {
    const config = await load(
      { ...TRELLO, IDENTITY_HTTP_PORT: "1" },
      { flags: { IDENTITY_HTTP_PORT: "2", IDENTITY_READ_ONLY: "true" } },
    );
    expect(config.http.port).toBe(2);
    expect(config.readOnly).toBe(true);
  });
});

describe("mistakes", () => {
  test("are told all at once, one line a setting, each with what to do", async () => {
    const lines = await problems({
      IDENTITY_TOOLSET: "directory",
      IDENTITY_HTTP_PORT: "70000",
      IDENTITY_CONFIRMATION: "none",
      TRELLO_API_TOKEN: TOKEN,
    });
    expect(lines).toHaveLength(4);
    expect(lines[0]).toBe(
      "IDENTITY_TOOLSET is not a setting. Write IDENTITY_TOOLSETS, or remove it; `help` lists every setting.",
    );
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^IDENTITY_CONFIRMATION cannot be none\. Correct it: .* two_step, client, approval, four_eyes/,
      ),
    );
    expect(lines).toContainEqual(expect.stringMatching(/^IDENTITY_HTTP_PORT must be a whole number from 0/));
    expect(lines).toContainEqual(expect.stringMatching(/^TRELLO_API_KEY is missing, .*power-ups\/admin/));
    for (const line of lines) expect(line).not.toContain("\n");
  });

  test("missing credentials are named, both", async () => {
    expect(await problems({})).toEqual([
      expect.stringMatching(/^TRELLO_API_KEY is missing\. .*--sandbox/),
      expect.stringMatching(/^TRELLO_API_TOKEN is missing\./),
    ]);
  });

  test("missing credentials are fine where no upstream is needed", async () => {
    expect((await load({}, { needsTrello: false })).trello).toBeNull();
  });

  test.each([
    ["ATLASSIAN_SCIM_TOKEN", "ATLASSIAN_SCIM_DIRECTORY_ID"],
    ["ATLASSIAN_SCIM_DIRECTORY_ID", "ATLASSIAN_SCIM_TOKEN"],
    ["ATLASSIAN_ORG_ID", "ATLASSIAN_ORG_API_KEY"],
    ["ATLASSIAN_ORG_API_KEY", "ATLASSIAN_ORG_ID"],
    ["TRELLO_TOKEN_SECRET", "TRELLO_API_SECRET"],
    ["TRELLO_API_SECRET_PREVIOUS", "TRELLO_API_SECRET"],
  ])("%s alone asks for %s", async (given, needed) => {
    expect(await problems({ ...TRELLO, [given]: "value-12345" })).toEqual([
      expect.stringContaining(`${needed} is missing, and ${given} needs it.`),
    ]);
  });

  test.each([
    ["TRELLO_API_BASE_URL", "http://api.trello.com/1", "must start with https://"],
    ["TRELLO_API_BASE_URL", "http://127.0.0.1.evil.example/1", "must start with https://"],
    ["ATLASSIAN_API_BASE_URL", "https://user:pw@api.atlassian.com", "must not contain a user name"],
    ["ATLASSIAN_API_BASE_URL", "ftp://127.0.0.1/", "must start with https://"],
    ["TRELLO_API_BASE_URL", "https://api.trello.com/1?key=x", "must not contain a query"],
    ["TRELLO_API_BASE_URL", "api.trello.com", "must be an address"],
    ["TRELLO_API_TOKEN", "<your token", "has a space"],
    ["TRELLO_API_TOKEN", '"quoted"', "has a space, a quote"],
    ["IDENTITY_STORE_URL", "postgres://ada:hush@db", "is not the address of a store"],
    ["IDENTITY_STORE_URL", "postgres://ada:hush@db/", "is not the address of a store"],
    ["IDENTITY_STORE_URL", "postgres:///identity", "is not the address of a store"],
    ["IDENTITY_STORE_URL", "postgres://ada:hu#sh@db/identity", "is not the address of a store"],
    ["IDENTITY_STORE_URL", "postgres:identity", "is not the address of a store"],
    ["IDENTITY_STORE_URL", "mysql://x", "is not the address of a store"],
    ["IDENTITY_STORE_URL", "sqlite:", "is not the address of a store"],
    ["IDENTITY_READ_ONLY", "maybe", "must be true or false"],
    [
      "IDENTITY_TOOLSETS",
      "directory,members",
      "cannot be members (did you mean membership?). Correct it: one or more of directory, ",
    ],
    ["IDENTITY_TOOLSETS", ",", "must have at least one entry"],
    ["IDENTITY_WORKSPACES", "acme", "must be workspace ids of 24 hexadecimal"],
    ["IDENTITY_HTTP_PORT", "-1", "must be a whole number"],
    ["IDENTITY_MAX_SESSIONS", "0", "must be a whole number from 1"],
    ["IDENTITY_SESSION_IDLE_SECONDS", "1.5", "must be a whole number from 1"],
    ["IDENTITY_HTTP_HOST", "http://127.0.0.1", "must be an IP address"],
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318", "must be an address"],
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "https://ada:hush@collector", "must be an address"],
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector/?key=hush", "must be an address"],
    ["OTEL_EXPORTER_OTLP_HEADERS", "Bearer hush", "is not a list of headers"],
    ["OTEL_EXPORTER_OTLP_HEADERS", "x-key=hush,", "is not a list of headers"],
    ["OTEL_EXPORTER_OTLP_HEADERS", "x-key=%zz", "is not a list of headers"],
    ["OTEL_EXPORTER_OTLP_HEADERS", "x key=hush", "is not a list of headers"],
    ["IDENTITY_RETENTION_DAYS", "0", "must be a whole number from 1"],
    ["IDENTITY_RETENTION_DAYS", "forever", "must be a whole number from 1"],
    ["IDENTITY_LOG_LEVEL", "loud", "cannot be loud. Correct it: trace, debug, "],
    ["IDENTITY_POLICY_FILE", "missing.yaml", "cannot be read"],
  ])("%s=%s", async (variable, value, says) => {
    const lines = await problems({ ...TRELLO, [variable]: value });
    expect(lines).toEqual([expect.stringContaining(`${variable} ${says}`)]);
  });

  test.each([
    ["IDENTITY_TOOLSETS", "foo", "cannot be foo. "],
    ["IDENTITY_TOOLSETS", "directory,foo,scim,Bar", "cannot be foo; wrong: foo, Bar. "],
    ["IDENTITY_TOOLSETS", "scim,webhook", "cannot be webhook (did you mean webhooks?). "],
    ["IDENTITY_TOOLSETS", "scim,ATTA0123456789", "cannot be this value; wrong: entry 2. "],
    ["IDENTITY_CONFIRMATION", "for_eyes", "cannot be for_eyes (did you mean four_eyes?). "],
    ["IDENTITY_CONFIRMATION", "s3cret", "cannot be this value. "],
    ["IDENTITY_NOTIFY_FORMAT", "team", "cannot be team (did you mean teams?). "],
    ["IDENTITY_LOG_LEVEL", "Debug", "cannot be Debug (did you mean debug?). "],
    [
      "IDENTITY_WORKSPACES",
      "0123456789abcdef01234567,acme",
      "must be workspace ids of 24 hexadecimal characters; slugs are not accepted, because they can be renamed; wrong: acme. ",
    ],
    [
      "IDENTITY_TRUSTED_PROXY",
      "10.0.0.0/8,10.0.0.0/99,::1",
      "must be IP addresses, subnets such as 10.0.0.0/8, or loopback; wrong: entry 2. ",
    ],
    [
      "IDENTITY_ALLOWED_ORIGINS",
      "https://a.example.com/x,https://b.example.com,c",
      "must be origins such as https://app.example.com, without a path; wrong: entry 1, c. ",
    ],
  ])("name the wrong part of %s=%s", async (variable, value, says) => {
    const lines = await problems({ ...TRELLO, [variable]: value });
    expect(lines).toEqual([expect.stringContaining(`${variable} ${says}Correct it: `)]);
  });

  test("say nothing twice, whatever setting is wrong", async () => {
    for (const wrong of ["foo", "foo,bar", "-1", "foo 9", "https://", "0"]) {
      const lines = await problems(Object.fromEntries(VARIABLES.map((variable) => [variable, wrong])));
      for (const line of lines) {
        const words = line.toLowerCase().match(/[\w:/]+/g) ?? [];
        const runs = words.slice(3).map((_, at) => words.slice(at, at + 4).join(" "));
        expect(
          runs.filter((run, at) => runs.indexOf(run) !== at),
          line,
        ).toEqual([]);
      }
    }
  });

  test("never repeat what was set, since a secret may stand in the wrong place", async () => {
    const secret = '"ATTA-pasted in the wrong place"';
    const lines = await problems(Object.fromEntries(VARIABLES.map((variable) => [variable, secret])));
    expect(lines.length).toBeGreaterThanOrEqual(VARIABLES.length);
    expect(lines.join("\n")).not.toContain("pasted");
  });

  test.each(["IDENTITY_READ_ONLY", "IDENTITY_WORKSPACES", "IDENTITY_POLICY_FILE", "IDENTITY_CONFIRMATION"])(
    "%s, if set but empty, would open what it restricts",
    async (variable) => {
      for (const text of ["", "  ", "\t"]) {
        expect(await problems({ ...TRELLO, [variable]: text })).toEqual([
          expect.stringMatching(new RegExp(`^${variable} is set but empty\\. Remove it, or set it: `)),
        ]);
      }
    },
  );

  test.each([
    "${user_config.trello_api_key}",
    "${UNSET}",
    "$TRELLO_API_TOKEN",
    "%TRELLO_API_TOKEN%",
    "{{secrets.token}}",
    "{{ token }}",
    "<your-token>",
    "YOUR_API_KEY_HERE",
    "your-trello-token",
  ])("%s in any setting is a placeholder", async (text) => {
    for (const variable of VARIABLES) {
      const lines = await problems({ ...TRELLO, [variable]: text });
      expect(lines).toContain(
        `${variable} is a placeholder that was not replaced. Put the value there, or remove it.`,
      );
    }
    expect(
      await problems({ ...TRELLO, IDENTITY_STORE_URL: `sqlite:/data/${text.replace(/^[$<]/, "${")}` }),
    ).not.toEqual([]);
  });

  test("what only looks a little like one is a value", async () => {
    const token = "ATTA%41b$c{d}";
    expect((await load({ ...TRELLO, TRELLO_API_TOKEN: token })).trello?.apiToken.reveal()).toBe(token);
  });

  test.each([
    ["identity_read_only", "IDENTITY_READ_ONLY"],
    ["Identity_Workspaces", "IDENTITY_WORKSPACES"],
    ["IDENTITY-READ-ONLY", "IDENTITY_READ_ONLY"],
    ["IDENTITY_READONLY", "IDENTITY_READ_ONLY"],
    ["IDENTITY_WORKSPACE", "IDENTITY_WORKSPACES"],
    ["trello_api_secret", "TRELLO_API_SECRET"],
    ["TRELLO_API_SERCET", "TRELLO_API_SECRET"],
    ["TRELLO_ENTERPRISEID", "TRELLO_ENTERPRISE_ID"],
    ["ATLASSIAN_SCIM_TOKN", "ATLASSIAN_SCIM_TOKEN"],
    ["ATLASSIAN_ORG_APIKEY", "ATLASSIAN_ORG_API_KEY"],
    ["ATLASSIAN_ORD_ID", "ATLASSIAN_ORG_ID"],
    ["TRELO_API_SECRET", "TRELLO_API_SECRET"],
    ["ATLASIAN_ORG_ID", "ATLASSIAN_ORG_ID"],
    ["INDENTITY_READ_ONLY", "IDENTITY_READ_ONLY"],
    ["TRELLO_SECRET", "TRELLO_API_SECRET"],
    ["TRELLO_BASE_URL", "TRELLO_API_BASE_URL"],
    ["ATLASSIAN_ORGANIZATION_ID", "ATLASSIAN_ORG_ID"],
    ["ATLASSIAN_ORG_KEY", "ATLASSIAN_ORG_API_KEY"],
  ])("%s was meant to be %s", async (name, meant) => {
    expect(await problems({ ...TRELLO, [name]: "true" })).toEqual([
      `${name} is not a setting. Write ${meant}, or remove it; \`help\` lists every setting.`,
    ]);
  });

  test("a name of this product that is no setting is told with the nearest one", async () => {
    expect(await problems({ ...TRELLO, IDENTITY_POLICY: "x", IDENTITY_ZZZ: "x" })).toEqual([
      "IDENTITY_POLICY is not a setting of this version. Remove it, or write IDENTITY_POLICY_FILE; `help` lists every setting.",
      "IDENTITY_ZZZ is not a setting of this version. Remove it or correct its name; `help` lists every setting.",
    ]);
  });

  test("a credential by another program's name is told while ours is missing", async () => {
    expect(await problems({ TRELLO_KEY: "x", TRELLO_TOKEN: "x" })).toEqual([
      expect.stringMatching(/^TRELLO_KEY is not a setting\. Write TRELLO_API_KEY,/),
      expect.stringMatching(/^TRELLO_TOKEN is not a setting\. Write TRELLO_API_TOKEN,/),
      expect.stringMatching(/^TRELLO_API_KEY is missing/),
      expect.stringMatching(/^TRELLO_API_TOKEN is missing/),
    ]);
  });

  test("variables of other programs are none of ours", async () => {
    const others = {
      TRELLO_BOARD: "x",
      ATLASSIAN_EMAIL: "a@b.c",
      ATLASSIAN_API_TOKEN: "x",
      Path: "/",
      TRELLO_KEY: "x",
    };
    expect((await load({ ...TRELLO, ...others })).trello).not.toBeNull();
  });

  test("no setting is taken for another one", async () => {
    for (const variable of VARIABLES) {
      const lines = await load({ [variable]: "x" }, { needsTrello: false }).then(
        () => [],
        (thrown: AppError) => thrown.details["problems"] as string[],
      );
      expect(lines.filter((line) => line.includes("is not a setting"))).toEqual([]);
    }
  });

  test("~ is the home folder, of the store and of the policy file", async () => {
    const paths: string[] = [];
    const config = await load(
      { ...TRELLO, IDENTITY_STORE_URL: "sqlite:~/identity.db", IDENTITY_POLICY_FILE: "~/policy.yaml" },
      { readFile: async (path) => (paths.push(path), "") },
    );
    expect(config.storeUrl.reveal()).toBe("sqlite:/home/ada/identity.db");
    expect(paths).toEqual(["/home/ada/policy.yaml"]);
  });

  test.each(["localhost", "127.8.9.1", "[::1]"])("http is accepted for %s", async (host) => {
    const config = await load({ ...TRELLO, TRELLO_API_BASE_URL: `http://${host}:1/1` });
    expect(config.trello?.baseUrl).toBe(`http://${host}:1/1`);
  });
});

describe("policy file", () => {
  const withPolicy = (text: string) => ({ readFile: async () => text });
  const POLICY = { ...TRELLO, IDENTITY_POLICY_FILE: "policy.yaml" };

  test("its path is taken from the current folder", async () => {
    const paths: string[] = [];
    await load(POLICY, { readFile: async (path) => (paths.push(path), "") });
    expect(paths).toEqual(["/srv/app/policy.yaml"]);
  });

  test.each([
    ["approval", undefined, "approval"],
    ["approval", "two_step", "approval"],
    ["two_step", "approval", "approval"],
    ["two_step", undefined, "two_step"],
  ] as const)("says %s and the variable %s: %s", async (inFile, variable, wanted) => {
    const config = await load(
      { ...POLICY, ...(variable && { IDENTITY_CONFIRMATION: variable }) },
      withPolicy(`confirmation: { default: ${inFile} }`),
    );
    expect(config.confirmation).toBe(wanted);
  });

  test("its mistakes stand among the others, with their lines", async () => {
    const text = "limits:\n  percent_of_workspace: 200\n";
    expect(await problems({ ...POLICY, IDENTITY_HTTP_PORT: "x" }, withPolicy(text))).toEqual([
      expect.stringContaining("IDENTITY_HTTP_PORT"),
      expect.stringMatching(/^IDENTITY_POLICY_FILE line 2: limits\.percent_of_workspace must be at most 100/),
    ]);
  });
});

describe("secrets", () => {
  test("show in no form but their own", async () => {
    const config = await load({
      ...TRELLO,
      IDENTITY_STORE_URL: "sqlite:hush-hush.db",
    });
    const shown = [
      JSON.stringify(config),
      inspect(config, { depth: 10, showHidden: true, getters: true }),
      String(config.trello?.apiToken),
      String(config.storeUrl),
      JSON.stringify(Object.entries(config.trello ?? {})),
    ].join("\n");
    for (const secret of [KEY, TOKEN, "hush-hush"]) expect(shown).not.toContain(secret);
    expect(shown).toContain("[secret]");
  });
});

describe("a secret of an upstream in a file", () => {
  const files: Readonly<Record<string, string>> = {
    "/run/secrets/token": `${TOKEN}\n`,
    "/srv/app/empty": " \n",
  };
  const readFile = async (path: string) => {
    const text = files[path];
    if (text === undefined) throw new Error("no such file");
    return text;
  };

  test.each([
    ["TRELLO_API_TOKEN", "file:/run/secrets/token"],
    ["TRELLO_API_KEY", "file:/run/secrets/token"],
    ["TRELLO_API_SECRET", "file: /run/secrets/token"],
  ] as const)("%s=%s is read", async (variable, text) => {
    const { trello } = await load({ ...TRELLO, [variable]: text }, { readFile });
    const secrets = [trello?.apiToken, trello?.apiKey, trello?.apiSecret].map((secret) => secret?.reveal());
    expect(secrets).toContain(TOKEN);
    expect(JSON.stringify(secrets)).not.toContain("file:");
  });

  test.each([
    ["TRELLO_API_TOKEN", "file:/nowhere", "cannot be read"],
    ["ATLASSIAN_SCIM_TOKEN", "file:empty", "is empty"],
    ["TRELLO_API_KEY", "file:~/key", "cannot be read"],
  ] as const)("%s=%s is refused", async (variable, text, why) => {
    const env = { ...TRELLO, ATLASSIAN_SCIM_DIRECTORY_ID: "directory", ATLASSIAN_SCIM_TOKEN: TOKEN };
    expect(await problems({ ...env, [variable]: text }, { readFile })).toEqual([
      `${variable} names a file that ${why}. Write \`file:\` and the path of a file that this user can read, with the secret alone in it.`,
    ]);
  });
});
