import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { keptToken } from "../../../src/cli/support/http-token.ts";
import { createSecret } from "../../../src/config/secret.ts";
import { MEMORY } from "../../support/memory.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(MEMORY, "http-token-"));
});
afterEach(() => rm(folder, { recursive: true }));

const machine = () => ({ platform: "linux", home: folder, folder }) as const;
const kept = (storeUrl: string) =>
  keptToken(
    { storeUrl: createSecret(storeUrl) },
    { env: { XDG_DATA_HOME: join(folder, "data") }, machine: machine() },
  );

test.each([
  ["beside a store in a file", () => `sqlite:${join(folder, "store", "identity.db")}`, "store/http-token"],
  ["in the data folder of a store in memory", () => "sqlite::memory:", "data/trello-identity-mcp/http-token"],
  [
    "in the data folder of a database",
    () => "postgres://u:p@db.example/x",
    "data/trello-identity-mcp/http-token",
  ],
])("%s: made once, for this user alone", async (_what, storeUrl, path) => {
  const made = kept(storeUrl());
  expect(made).toMatchObject({ file: join(folder, path), isNew: true });
  expect(made.token).toMatch(/^[\w-]{43}$/);
  expect((await stat(made.file)).mode & 0o777).toBe(0o600);
  expect(kept(storeUrl())).toEqual({ ...made, isNew: false });
  expect((await readFile(made.file, "utf8")).trim()).toBe(made.token);
  expect(await readdir(join(made.file, ".."))).toEqual(["http-token"]);
});

test("each store has its own", () => {
  const tokens = ["a", "b"].map((name) => kept(`sqlite:${join(folder, name, "identity.db")}`).token);
  expect(new Set(tokens).size).toBe(2);
});

test.each([
  ["empty", ""],
  ["short", "abc\n"],
  ["of two lines", "0123456789abcdefgh\n0123456789abcdefgh\n"],
  ["no token", "a token with spaces in it\n"],
])("a file that is %s is refused and left as it is", async (_what, text) => {
  const file = join(folder, "http-token");
  await writeFile(file, text, { mode: 0o600 });
  expect(() => kept(`sqlite:${join(folder, "identity.db")}`)).toThrow(/no bearer token/);
  expect(await readFile(file, "utf8")).toBe(text);
});

test.each([0o640, 0o604, 0o644])("a file that other users can read (%i) is refused", async (mode) => {
  const { file } = kept(`sqlite:${join(folder, "identity.db")}`);
  await chmod(file, mode);
  expect(() => kept(`sqlite:${join(folder, "identity.db")}`)).toThrow(/Other users/);
});
