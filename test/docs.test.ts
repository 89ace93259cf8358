import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { isCommand } from "../src/cli/support/commands.ts";
import { SETTINGS } from "../src/config/settings.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const pages = ["README.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md"]
  .concat(readdirSync(join(root, "docs")).map((name) => `docs/${name}`))
  .filter((path) => path.endsWith(".md"))
  .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));

/** Every match of the pattern's first group, with its page. */
function found(pattern: RegExp): readonly { readonly path: string; readonly name: string }[] {
  return pages.flatMap(({ path, text }) =>
    [...text.matchAll(pattern)].map(([, name = ""]) => ({ path, name })),
  );
}

test("every test file that a page names exists", () => {
  const named = found(/`((?:test|bench|scripts|src)\/[\w./-]+)`/g);
  expect(named.length).toBeGreaterThan(100);
  expect(named.filter(({ name }) => !existsSync(join(root, name)))).toEqual([]);
});

test("every page that a page links to exists", () => {
  const links = found(/\]\((?!https?:)([^)#]+)[^)]*\)/g);
  expect(links.length).toBeGreaterThan(5);
  expect(links.filter(({ path, name }) => !existsSync(join(root, dirname(path), name)))).toEqual([]);
});

test("every setting that a page names exists", () => {
  const named = found(/\b((?:TRELLO|ATLASSIAN|IDENTITY)_[A-Z_]*[A-Z])\b(?![*])/g);
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter(({ name }) => !(name in SETTINGS))).toEqual([]);
});

test("every script and command that a page names exists", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: object };
  const missing = found(/`npm run ([a-z:-]+)/g).filter(({ name }) => !(name in scripts));
  expect(missing).toEqual([]);
  const commands = found(/`(?:npx -y )?trello-identity-mcp ([a-z]+)/g);
  expect(commands.length).toBeGreaterThan(0);
  expect(commands.filter(({ name }) => !isCommand(name))).toEqual([]);
});

test("the threat model has every line of the OWASP MCP Top 10, each with tests", () => {
  const rows = pages
    .find(({ path }) => path === "docs/threat-model.md")
    ?.text.split("\n")
    .filter((line) => line.startsWith("| MCP"));
  expect(rows?.map((row) => row.slice(2, 7))).toEqual(
    Array.from({ length: 10 }, (_, index) => `MCP${String(index + 1).padStart(2, "0")}`),
  );
  expect(rows?.filter((row) => !/`test\/[^`]+`/.test(row.split("|")[3] ?? ""))).toEqual([]);
});
