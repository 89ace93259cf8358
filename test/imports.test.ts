import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync } from "oxc-parser";
import { expect, test } from "vitest";

const src = fileURLToPath(new URL("../src", import.meta.url));

/** Which room may import which, besides itself. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  sandbox: [],
  config: ["domain"],
  gateway: ["domain"],
  store: ["domain"],
  policy: ["domain"],
  effects: ["domain", "gateway"],
  engine: ["domain", "gateway", "store", "policy", "effects"],
  tools: ["domain", "effects", "engine", "policy"],
  server: ["domain", "config", "policy", "engine", "tools"],
  transport: ["domain", "config", "engine", "server"],
  web: ["domain", "config", "engine", "server"],
  cli: [
    "domain",
    "sandbox",
    "config",
    "gateway",
    "store",
    "policy",
    "effects",
    "engine",
    "tools",
    "server",
    "transport",
    "web",
  ],
  "main.ts": ["cli"],
};

interface Edge {
  readonly from: string;
  readonly to: string;
}

const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
const edges: readonly Edge[] = files.flatMap(importsOf);
const inside = edges
  .filter(({ to }) => to.startsWith("src/"))
  .map(({ from, to }) => ({ from, to: to.slice(4) }));
const packages = edges.filter(({ to }) => !to.startsWith("src/"));

function importsOf(path: string): Edge[] {
  const from = path.replaceAll("\\", "/");
  const text = readFileSync(join(src, path), "utf8");
  const parsed = parseSync(path, text);
  if (parsed.errors.length > 0) throw new Error(`${from} cannot be parsed`);
  const { staticImports, staticExports, dynamicImports } = parsed.module;
  const names = [
    ...staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...staticExports.flatMap(({ entries }) => entries.map(({ moduleRequest }) => moduleRequest?.value)),
    ...dynamicImports.map(({ moduleRequest: { start, end } }) => text.slice(start + 1, end - 1)),
  ].filter((name) => name !== undefined);
  return names.map((name) => ({ from, to: name.startsWith(".") ? resolve(from, name) : name }));
}

function resolve(from: string, name: string): string {
  const path = normalize(join(dirname(from), name)).replaceAll("\\", "/");
  return path.startsWith("..") ? path : `src/${path}`;
}

const roomOf = (path: string): string => path.split("/")[0] ?? path;

test("the graph was read", () => {
  expect(files.length).toBeGreaterThan(100);
  expect(inside.length).toBeGreaterThan(300);
  // One of each kind: static, re-exported, dynamic, of a package.
  expect(inside).toContainEqual({ from: "engine/create.ts", to: "engine/apply.ts" });
  expect(inside).toContainEqual({ from: "tools/catalog.ts", to: "tools/catalog.gen.ts" });
  expect(inside).toContainEqual({ from: "main.ts", to: "cli/stdio.ts" });
  expect(packages).toContainEqual({ from: "store/sqlite-connection.ts", to: "libsql" });
});

test("every folder and file of src is a known room", () => {
  expect(
    [...new Set(files.map((path) => roomOf(path.replaceAll("\\", "/"))))].filter((room) => !(room in ROOMS)),
  ).toEqual([]);
});

test("rooms import only what they may", () => {
  const wrong = inside.filter(
    ({ from, to }) => roomOf(from) !== roomOf(to) && !ROOMS[roomOf(from)]?.includes(roomOf(to)),
  );
  expect(wrong).toEqual([]);
});

test("nothing imports main.ts", () => {
  expect(inside.filter(({ to }) => to === "main.ts")).toEqual([]);
});

test.each([
  ["the MCP SDK", /^@modelcontextprotocol\//, /^(server|transport)\/|^cli\/demo\//],
  ["undici", /^undici$/, /^gateway\//],
  ["the database", /^(libsql|kysely|pg)(\/|$)/, /^store\//],
])("only its own room imports %s", (_what, name, room) => {
  const users = packages.filter(({ to }) => name.test(to));
  expect(users.length).toBeGreaterThan(0);
  expect(users.filter(({ from }) => !room.test(from))).toEqual([]);
});

test("only the gateway reaches for the network", () => {
  const clients = files.filter((path) => /\bfetch\(/.test(readFileSync(join(src, path), "utf8")));
  expect(clients.filter((path) => !/^(gateway|sandbox)/.test(path))).toEqual([]);
});
