import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { clientTarget } from "../src/cli/init/clients.ts";
import { namedSettings, realAddition, sandboxAddition } from "../src/cli/init/entry.ts";
import { isCommand } from "../src/cli/support/commands.ts";
import { readFlags } from "../src/cli/support/settings.ts";
import { SETTINGS } from "../src/config/settings.ts";
import { catalog, toolsByToolset } from "../src/tools/catalog.ts";

const path = fileURLToPath(new URL("../README.md", import.meta.url));
const TABLE = /(?<=<!-- tools:.*?-->\n).*(?=\n<!-- \/tools -->)/s;
if (process.env["README"] === "write")
  writeFileSync(path, readFileSync(path, "utf8").replace(TABLE, table()));
const readme = readFileSync(path, "utf8");

/** Tools by toolset, those that only read apart from those that change something. */
function table(): string {
  const listed = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(", ");
  return [
    "| toolset | reads | changes |",
    "| --- | --- | --- |",
    ...toolsByToolset(catalog).map(
      ({ toolset, reads, changes }) => `| ${toolset} | ${listed(reads)} | ${listed(changes)} |`,
    ),
  ].join("\n");
}

test("the table of tools is the catalog's", () => {
  // To bring it up to date: README=write npx vitest run test/readme.test.ts
  // (the formatter pads the columns afterwards).
  const shown = TABLE.exec(readme)?.[0] ?? "";
  expect(shown.replace(/ +/g, " ").replace(/-+/g, "---")).toBe(table().replace(/ +/g, " "));
});

test("every setting that it names exists", () => {
  const named = [...readme.matchAll(/\b(?:TRELLO|ATLASSIAN|IDENTITY)_[A-Z_]+\b/g)].map(([name]) => name);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => !(name in SETTINGS))).toEqual([]);
});

test("it is a few screens", () => {
  expect(readme.split("\n").length).toBeLessThan(120);
});

test("every command that it shows exists and takes those flags", () => {
  const lines = [...readme.matchAll(/(?:npx -y trello-identity-mcp|node dist\/main\.js) ([a-z][^#`\n]*)/g)];
  expect(lines.length).toBeGreaterThan(3);
  for (const [, text = ""] of lines) {
    const [name = "", ...args] = text.trim().split(/\s+/);
    if (!isCommand(name)) expect.unreachable(`there is no command ${name}`);
    if (name !== "help") expect(() => readFlags(name, args)).not.toThrow();
  }
});

test("mcp.json has what init writes for Claude Code, from npx", () => {
  const start = { command: "npx", args: ["-y", "trello-identity-mcp"] };
  const target = clientTarget("claude-code", false);
  const given = { settings: namedSettings({}), settingsFile: "" };
  const wanted = [realAddition(target, start, given), sandboxAddition(target, start)];
  const { mcpServers } = JSON.parse(readFileSync(new URL("../mcp.json", import.meta.url), "utf8")) as {
    mcpServers: object;
  };
  expect(mcpServers).toEqual(
    Object.fromEntries(wanted.map(({ name, entry: { type: _type, ...entry } }) => [name, entry])),
  );
});
