import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { loadConfig } from "../src/config/load.ts";
import { type Setting, SETTINGS } from "../src/config/settings.ts";

interface Entry {
  readonly name: string;
  readonly description: string;
  readonly version: string;
  readonly packages: readonly {
    readonly identifier: string;
    readonly version: string;
    readonly transport: { readonly type: string };
    readonly environmentVariables: readonly {
      readonly name: string;
      readonly isRequired: boolean;
      readonly isSecret: boolean;
    }[];
  }[];
}

const entry = readJson("server.json") as Entry;
const manifest = readJson("package.json") as { name: string; mcpName: string; version: string };
const settings: Readonly<Record<string, Setting>> = SETTINGS;

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), "utf8"));
}

test("server.json, the entry of the MCP registry, is about this package and this version", () => {
  const { name, mcpName, version } = manifest;
  expect(entry).toMatchObject({ name: mcpName, version });
  expect(entry.packages).toHaveLength(1);
  expect(entry.packages[0]).toMatchObject({ identifier: name, version, transport: { type: "stdio" } });
  // What the registry takes.
  expect(entry.name).toMatch(/^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/);
  expect(entry.description.length).toBeLessThanOrEqual(100);
});

test("the settings that it names exist, and each secret is marked as one", () => {
  const named = entry.packages[0]?.environmentVariables ?? [];
  expect(named.length).toBeGreaterThan(8);
  for (const { name, isSecret } of named) {
    expect(settings, name).toHaveProperty(name);
    expect(isSecret, name).toBe(settings[name]?.secret === true);
  }
  // Key and token, or a sign-in by OAuth 2.0: each way works without the settings of the other.
  expect(named.filter(({ isRequired }) => isRequired)).toEqual([]);
  expect(named.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      "TRELLO_API_KEY",
      "TRELLO_API_TOKEN",
      "TRELLO_OAUTH2_CLIENT_ID",
      "TRELLO_OAUTH2_CLIENT_SECRET",
      "IDENTITY_LOGIN_PORT",
    ]),
  );
});

interface Manifest {
  readonly version: string;
  readonly server: {
    readonly entry_point: string;
    readonly mcp_config: { readonly env: Readonly<Record<string, string>> };
  };
  readonly user_config: Readonly<
    Record<string, { readonly default?: unknown; readonly required: boolean; readonly sensitive?: boolean }>
  >;
}

test("manifest.json, of the bundle for Claude Desktop, passes on settings that exist and marks each secret", () => {
  const bundle = readJson("manifest.json") as Manifest;
  expect(bundle.version).toBe(manifest.version);
  expect(bundle.server.entry_point).toBe("dist/main.js");
  const asked = Object.entries(bundle.server.mcp_config.env);
  expect(asked.map(([, value]) => value).toSorted()).toEqual(
    Object.keys(bundle.user_config)
      .map((name) => `\${user_config.${name}}`)
      .toSorted(),
  );
  for (const [name, value] of asked) {
    const option = bundle.user_config[value.slice("${user_config.".length, -1)];
    expect(settings, name).toHaveProperty(name);
    expect(option?.sensitive === true, name).toBe(settings[name]?.secret === true);
    // Without a default the client passes the placeholder on, and the start is refused.
    expect(option, name).toHaveProperty("default");
  }
});

test.each([
  ["key and token", { TRELLO_API_KEY: "k1234567890abcdef", TRELLO_API_TOKEN: "ATTAtoken1234567890" }],
  ["a public client of OAuth 2.0", { TRELLO_OAUTH2_CLIENT_ID: "c1234567890abcdef" }],
  [
    "a confidential client of OAuth 2.0",
    { TRELLO_OAUTH2_CLIENT_ID: "c1234567890abcdef", TRELLO_OAUTH2_CLIENT_SECRET: "s1234567890abcdef" },
  ],
])("the bundle starts with %s, everything else as its form begins", async (_way, filled) => {
  const bundle = readJson("manifest.json") as Manifest;
  const env = Object.fromEntries(
    Object.entries(bundle.server.mcp_config.env).map(([name, value]) => [
      name,
      String(bundle.user_config[value.slice("${user_config.".length, -1)]?.default),
    ]),
  );
  const machine = { platform: "linux", home: "/home/ada", folder: "/" } as const;
  const readFile = () => Promise.reject(new Error("no such file"));
  const toolNames = () => Promise.resolve([]);
  const config = await loadConfig({
    env: { ...env, ...filled },
    machine,
    readFile,
    toolNames,
    needsTrello: true,
  });
  expect([config.trello !== null, config.oauth2 !== null]).toEqual(
    "TRELLO_API_KEY" in filled ? [true, false] : [false, true],
  );
});
