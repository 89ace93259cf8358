import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { isCommand } from "../src/cli/support/commands.ts";
import { SETTINGS } from "../src/config/settings.ts";
import { catalog } from "../src/tools/catalog.ts";

const root = new URL("../", import.meta.url);
const page = readFileSync(new URL("docs/seeds.md", root), "utf8");
const tools = new Set(catalog.map(({ name }) => name));

/** The rows of all tables, each with what its cells name in backticks. */
const rows = page
  .split("\n")
  .filter((line) => line.startsWith("|") && !/^\| (said|-)/.test(line))
  .map((line) => {
    const [said = "", done = "", tool = "", proof = "", ...more] = line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());
    return { said, done, tools: named(tool), tests: named(proof), more };
  });

function named(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
}

test("every row says what is said and what is done, in four cells", () => {
  expect(rows.length).toBeGreaterThan(80);
  for (const { said, done, more } of rows)
    expect([said, said !== "" && done !== "", more]).toEqual([said, true, []]);
});

test("it names only tools, commands and settings that exist", () => {
  const unknown = rows.flatMap((row) => row.tools.filter((name) => !tools.has(name) && !isCommand(name)));
  expect(unknown).toEqual([]);
  const settings = [...page.matchAll(/\b(?:TRELLO|ATLASSIAN|IDENTITY)_[A-Z_]+\b/g)].map(([name]) => name);
  expect(settings.filter((name) => !(name in SETTINGS))).toEqual([]);
});

test("it names only test files that exist, and they are about the tools of the row", () => {
  for (const { said, tools: own, tests } of rows) {
    expect([said, tests.filter((file) => !existsSync(new URL(file, root)))]).toEqual([said, []]);
    const text = tests.map((file) => readFileSync(new URL(file, root), "utf8")).join("\n");
    expect([said, own.filter((name) => !text.includes(name))]).toEqual([said, []]);
  }
});

test("a row without a test says that no API has it, that it is not done, or that it is Trello's own rule", () => {
  const bare = rows.filter(({ tests }) => tests.length === 0);
  expect(bare.length).toBeGreaterThan(0);
  expect(bare.filter(({ done }) => !/^(No API|Not done|Trello's own rule)\b/.test(done))).toEqual([]);
});

test("every tool of the catalog that this server is about is named by a row", () => {
  const found = new Set(rows.flatMap((row) => row.tools));
  // These tools show runs and enterprise licences, and boards: no sentence of the guides is about them.
  const others = [
    "get_run",
    "list_runs",
    "list_workspace_boards",
    "list_enterprise_members",
    "set_enterprise_member_license",
  ];
  expect([...tools].filter((name) => !found.has(name) && !others.includes(name))).toEqual([]);
});
