import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
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
  expect(named.filter(({ isRequired }) => isRequired).map(({ name }) => name)).toEqual([
    "TRELLO_API_KEY",
    "TRELLO_API_TOKEN",
  ]);
});
