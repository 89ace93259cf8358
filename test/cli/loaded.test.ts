import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { MAIN } from "../support/product.ts";
import { runProgram } from "./run-command.ts";

/** A text of each package that its chunk of the bundle cannot be without. */
const MARKS = {
  pg: "Connection terminated unexpectedly",
  "pg-boss": "pg-boss is not installed",
  kysely: "CreateTableNode",
  "the MCP SDK": "notifications/initialized",
} as const;
type Package = keyof typeof MARKS | "libsql";

/** What the built program loads of these packages when it is run so: V8 writes down every script that it ran. */
async function loaded(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const folder = await mkdtemp(join(tmpdir(), "loaded-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const ended = await runProgram(args, { env: { ...env, NODE_V8_COVERAGE: folder } });
  const found = new Set<Package>();
  for (const file of await readdir(folder)) {
    const { result } = JSON.parse(await readFile(join(folder, file), "utf8")) as {
      result: readonly { readonly url: string }[];
    };
    for (const { url } of result) {
      if (!url.startsWith("file:")) continue;
      const path = fileURLToPath(url);
      if (path.includes("libsql")) found.add("libsql");
      else if (dirname(path) === dirname(MAIN)) for (const name of await marked(path)) found.add(name);
    }
  }
  return { ...ended, found: [...found].toSorted() };
}

async function marked(path: string): Promise<readonly (keyof typeof MARKS)[]> {
  const text = await readFile(path, "utf8");
  return (Object.keys(MARKS) as (keyof typeof MARKS)[]).filter((name) => text.includes(MARKS[name]));
}

test("each package is found by its mark in some chunk of the bundle", async () => {
  const chunks = (await readdir(dirname(MAIN))).filter((name) => name.endsWith(".js"));
  const all = (await Promise.all(chunks.map((name) => marked(join(dirname(MAIN), name))))).flat();
  expect([...new Set(all)].toSorted()).toEqual(Object.keys(MARKS).toSorted());
});

test("stdio on SQLite loads nothing of PostgreSQL", async () => {
  const { code, found } = await loaded(["stdio", "--sandbox"]);
  expect(code).toBe(0);
  expect(found).toEqual(["kysely", "libsql", "the MCP SDK"]);
});

test("a command without a store loads no database at all", async () => {
  const { code, found } = await loaded(["version"]);
  expect(code).toBe(0);
  expect(found).toEqual([]);
});

test("a command on PostgreSQL loads its client, and neither SQLite's nor what hands out runs", async () => {
  // Nothing listens there, so it is loaded and refused.
  const { code, stderr, found } = await loaded(["runs", "list"], {
    IDENTITY_STORE_URL: "postgres://ada:hunter2@127.0.0.1:1/identity",
  });
  expect(code).toBe(1);
  expect(stderr).toContain("database of the store does not answer.");
  expect(stderr).not.toContain("hunter2");
  expect(found).toEqual(["kysely", "pg"]);
});
