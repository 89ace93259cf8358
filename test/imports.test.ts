import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync } from "oxc-parser";
import { expect, test } from "vitest";
import { ROOMS } from "./support/rooms.ts";

const src = fileURLToPath(new URL("../src", import.meta.url));

interface Edge {
  readonly from: string;
  readonly to: string;
  /** Whether nothing but types is imported. */
  readonly types: boolean;
}

const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
const edges: readonly Edge[] = files.flatMap(importsOf);
const inside = edges
  .filter(({ to }) => to.startsWith("src/"))
  .map(({ from, to, types }) => ({ from, to: to.slice(4), types }));
const packages = edges.filter(({ to }) => !to.startsWith("src/"));

function importsOf(path: string): Edge[] {
  const from = path.replaceAll("\\", "/");
  const text = readFileSync(join(src, path), "utf8");
  const parsed = parseSync(path, text);
  if (parsed.errors.length > 0) throw new Error(`${from} cannot be parsed`);
  const { staticImports, staticExports, dynamicImports } = parsed.module;
  const names = [
    ...staticImports.map(({ moduleRequest, entries }) => ({
      name: moduleRequest.value,
      types: entries.length > 0 && entries.every(({ isType }) => isType),
    })),
    ...staticExports.flatMap(({ entries }) =>
      entries.map(({ moduleRequest, isType }) => ({ name: moduleRequest?.value, types: isType })),
    ),
    ...dynamicImports.map(({ moduleRequest: { start, end } }) => ({
      name: text.slice(start + 1, end - 1),
      types: false,
    })),
  ];
  return names.flatMap(({ name, types }) =>
    name === undefined ? [] : [{ from, to: name.startsWith(".") ? resolve(from, name) : name, types }],
  );
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
  expect(inside).toContainEqual({ from: "engine/engine.ts", to: "engine/run/apply.ts", types: false });
  expect(inside).toContainEqual({ from: "tools/catalog.ts", to: "tools/catalog.gen.ts", types: false });
  expect(inside).toContainEqual({ from: "cli/load-command.ts", to: "cli/stdio.ts", types: false });
  expect(packages).toContainEqual({ from: "store/sqlite-connection.ts", to: "libsql", types: false });
});

test("every folder and file of src is a known room", () => {
  expect(
    [...new Set(files.map((path) => roomOf(path.replaceAll("\\", "/"))))].filter((room) => !(room in ROOMS)),
  ).toEqual([]);
});

test("rooms import only what they may", () => {
  const wrong = inside.filter(({ from, to, types }) => {
    const room = ROOMS[roomOf(from)];
    return (
      roomOf(from) !== roomOf(to) &&
      !room?.uses.includes(roomOf(to)) &&
      !(types && room?.types?.includes(roomOf(to)))
    );
  });
  expect(wrong).toEqual([]);
});

test("no imports go in a circle", () => {
  const done = new Set<string>();
  const circles: string[][] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file]);
    if (done.has(file) || path.includes(file)) return;
    for (const { from, to } of inside) if (from === file) visit(to, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file.replaceAll("\\", "/"), []);
  expect(circles).toEqual([]);
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
  // The script of the approval page runs in a browser, and asks for that page alone.
  const theirs = /^(gateway|sandbox)|^approvals\/views\/script\.ts$/;
  expect(clients.filter((path) => !theirs.test(path))).toEqual([]);
});
