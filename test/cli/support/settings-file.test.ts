import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readFlags } from "../../../src/cli/support/settings.ts";
import { readSettingsFile } from "../../../src/cli/support/settings-file.ts";
import type { AppError } from "../../../src/domain/error.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "trello-identity-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let files = 0;
async function file(text: string, mode = 0o600): Promise<string> {
  files += 1;
  const path = join(folder, `settings-${files}.env`);
  await writeFile(path, text);
  await chmod(path, mode);
  return path;
}

test("its settings are read, empty ones are not set, and a flag wins", async () => {
  const path = await file(
    "# mine\nTRELLO_API_KEY=abc\nTRELLO_API_TOKEN='x=y#z'\nATLASSIAN_SCIM_TOKEN=\nIDENTITY_HTTP_PORT=9000\n",
  );
  expect(readSettingsFile(path)).toEqual({
    TRELLO_API_KEY: "abc",
    TRELLO_API_TOKEN: "x=y#z",
    IDENTITY_HTTP_PORT: "9000",
  });
  const { settings } = readFlags("http", ["--settings-file", path, "--identity-http-port=9001"]);
  expect(settings).toMatchObject({ TRELLO_API_KEY: "abc", IDENTITY_HTTP_PORT: "9001" });
});

test.each([
  ["TRELLO_TOKEN=hush-hush", /^TRELLO_TOKEN in .* is not a setting\. Did you mean TRELLO_\w+\? /],
  ["NODE_OPTIONS=hush-hush", /^NODE_OPTIONS in .* is not a setting\. Correct or remove it\.$/],
])("%s is told without its value", async (text, line) => {
  const error = await failureOf(await file(text));
  expect(error.code).toBe("CONFIG_INVALID");
  expect(error.details["problems"]).toEqual([expect.stringMatching(line)]);
  expect(error.message).not.toContain("hush");
});

test.each([0o640, 0o604, 0o660, 0o644])("a file with the rights %o is refused", async (mode) => {
  const error = await failureOf(await file("TRELLO_API_KEY=hush", mode));
  expect(error.message).toMatch(/^Other users of this machine can read /);
  expect(error.next).toContain("chmod 600");
});

test("a file that is not there is one line", async () => {
  expect(await failureOf(join(folder, "none"))).toMatchObject({ code: "CONFIG_INVALID" });
  expect(await failureOf(folder)).toMatchObject({ code: "CONFIG_INVALID" });
});

test("real credentials never go to the sandbox", async () => {
  const path = await file("TRELLO_API_KEY=abc");
  expect(() => readFlags("stdio", ["--sandbox", "--settings-file", path])).toThrow(
    /--sandbox must run without them/,
  );
});

async function failureOf(path: string): Promise<AppError> {
  try {
    readSettingsFile(path);
  } catch (thrown) {
    return thrown as AppError;
  }
  return expect.unreachable("it should have failed");
}
