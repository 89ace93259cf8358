import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sandboxWorld } from "../../../src/cli/support/sandboxed.ts";
import { readFlags } from "../../../src/cli/support/settings.ts";

test.each<[readonly string[], Record<string, string>, "clean" | "messy" | null]>([
  [[], {}, null],
  [["--sandbox"], {}, "clean"],
  [["--identity-sandbox"], {}, "clean"],
  [[], { IDENTITY_SANDBOX: "true" }, "clean"],
  [[], { IDENTITY_SANDBOX: "Yes" }, "clean"],
  [["--world", "messy"], { IDENTITY_SANDBOX: "1" }, "messy"],
  [[], { IDENTITY_SANDBOX: "false" }, null],
  [[], { IDENTITY_SANDBOX: "" }, null],
  // The settings are checked afterwards, and these stop the start there.
  [[], { IDENTITY_SANDBOX: "perhaps" }, null],
  [[], { IDENTITY_SANDBOX: "${user_config.sandbox}" }, null],
])("the flags %j with %j ask for %s", (args, env, world) => {
  expect(sandboxWorld(readFlags("stdio", args), env)).toBe(world);
});

test("a world needs the sandbox", () => {
  expect(() => sandboxWorld(readFlags("stdio", ["--world", "messy"]), {})).toThrow("it needs --sandbox");
});

test("the connections of real identity providers are not taken to the sandbox", () => {
  const args = ["--sandbox", "--identity-connections-file", "connections.yaml"];
  expect(() => sandboxWorld(readFlags("stdio", args), {})).toThrow("has its own connections");
});

test("a settings file with credentials is not taken to the sandbox, however it is asked for", async () => {
  const folder = await mkdtemp(join(tmpdir(), "trello-identity-"));
  try {
    const file = join(folder, "settings");
    await writeFile(file, "TRELLO_API_KEY=0123456789abcdef0123456789abcdef\n", { mode: 0o600 });
    const given = ["--settings-file", file];
    expect(sandboxWorld(readFlags("stdio", given), {})).toBeNull();
    for (const [args, env] of [
      [given, { IDENTITY_SANDBOX: "true" }],
      [[...given, "--identity-sandbox"], {}],
    ] as const)
      expect(() => sandboxWorld(readFlags("stdio", args), env)).toThrow("must run without them");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
