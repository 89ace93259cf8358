import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { runCommand } from "./run-command.ts";

/** The packages of which the built program loads something when it is run so: V8 writes down every script that it ran. */
async function packagesLoaded(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const folder = await mkdtemp(join(tmpdir(), "loaded-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { code, stderr } = await runCommand(args, { env: { ...env, NODE_V8_COVERAGE: folder } });
  expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  const names = new Set<string>();
  for (const file of await readdir(folder)) {
    const { result } = JSON.parse(await readFile(join(folder, file), "utf8")) as {
      result: readonly { readonly url: string }[];
    };
    for (const { url } of result)
      if (url.startsWith("file:")) for (const name of await packagesOf(url)) names.add(name);
  }
  return names;
}

/** A chunk of the bundle has the code of several packages, as its source map tells. */
async function packagesOf(url: string): Promise<readonly string[]> {
  const path = fileURLToPath(url);
  const map = await readFile(`${path}.map`, "utf8").catch(() => null);
  const sources = map === null ? [path] : (JSON.parse(map) as { sources: readonly string[] }).sources;
  return sources.flatMap((source) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []);
}

/** Of a store on PostgreSQL, and of metrics: nothing of it belongs to a program at a person's desk. */
const OF_THE_SERVICE =
  /^(pg|pg-.*|pgpass|postgres-.*|split2|luxon|cron-parser|serialize-error|prom-client|tdigest)$/;

test("stdio on SQLite loads nothing that only a service needs", async () => {
  const loaded = await packagesLoaded(["stdio", "--sandbox"]);
  expect([...loaded].filter((name) => OF_THE_SERVICE.test(name))).toEqual([]);
  // What was loaded is really told: the store and the SDK.
  expect([...loaded]).toEqual(expect.arrayContaining(["kysely", "libsql", "@modelcontextprotocol/server"]));
});

test("a command without a store loads no database at all", async () => {
  const loaded = await packagesLoaded(["version"]);
  expect([...loaded].filter((name) => /^(pg.*|kysely|libsql)$/.test(name))).toEqual([]);
});

test("a store on PostgreSQL loads its client, and not SQLite's", async () => {
  const folder = await mkdtemp(join(tmpdir(), "loaded-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  // Nothing listens there, so it is loaded and refused.
  const { code, stderr } = await runCommand(["runs", "list"], {
    env: { NODE_V8_COVERAGE: folder, IDENTITY_STORE_URL: "postgres://ada:hunter2@127.0.0.1:1/identity" },
  });
  expect(code).toBe(1);
  expect(stderr).toContain("The database of the store does not answer.");
  expect(stderr).not.toContain("hunter2");
  const [file = ""] = await readdir(folder);
  const { result } = JSON.parse(await readFile(join(folder, file), "utf8")) as {
    result: readonly { readonly url: string }[];
  };
  const scripts = result.map(({ url }) => url).filter((url) => url.startsWith("file:"));
  const loaded = new Set((await Promise.all(scripts.map(packagesOf))).flat());
  expect([...loaded]).toEqual(expect.arrayContaining(["pg", "kysely"]));
  expect([...loaded]).not.toContain("libsql");
  expect([...loaded]).not.toContain("pg-boss");
});
