import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MAIN } from "../support/product.ts";
import { spawnStdio } from "../support/raw-stdio.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "settings-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const SECRET = "s3cret-that-nobody-should-read";

/** How the program ends that is started with these settings, and what it says. */
async function start(command: string, env: Readonly<Record<string, string>>) {
  const program = spawnStdio([MAIN, command], { HOME: folder, ...env });
  const { code } = await program.end();
  return { code, stdout: program.lines, stderr: program.stderr() };
}

describe.each(["stdio", "http"])("%s with wrong or missing settings", (command) => {
  it("does not start, and has one line for each setting with what to do", async () => {
    const policy = join(folder, "policy.yaml");
    await writeFile(
      policy,
      "confirmation:\n  default: sometimes\nlimits: { destructive_effects_per_day: -1 }\n",
    );
    const { code, stdout, stderr } = await start(command, {
      TRELLO_API_KEY: SECRET,
      TRELLO_API_BASE_URL: "http://api.trello.com/1",
      ATLASSIAN_SCIM_TOKEN: SECRET,
      IDENTITY_STORE_URL: "mysql://root@db/identity",
      IDENTITY_TOOLSETS: "directory,everything",
      IDENTITY_WORKSPACES: "northwindoperations",
      IDENTITY_CONFIRMATION: "never",
      IDENTITY_HTTP_PORT: "99999",
      IDENTITY_READ_ONLY: "perhaps",
      IDENTITY_LOG_LEVEL: "loud",
      IDENTITY_POLICY_FILE: policy,
      IDENTITY_REDONLY: "true",
    });
    expect(code).toBe(1);
    expect(stdout).toEqual([]);
    expect(stderr).not.toContain(SECRET);
    expect(stderr).not.toMatch(/^\s+at /m);
    const lines = stderr.trim().split("\n");
    for (const setting of [
      "TRELLO_API_TOKEN is missing",
      "TRELLO_API_BASE_URL",
      "ATLASSIAN_SCIM_DIRECTORY_ID is missing",
      "IDENTITY_STORE_URL",
      "IDENTITY_TOOLSETS",
      "IDENTITY_WORKSPACES",
      "IDENTITY_CONFIRMATION",
      "IDENTITY_HTTP_PORT",
      "IDENTITY_READ_ONLY",
      "IDENTITY_LOG_LEVEL",
      "IDENTITY_POLICY_FILE line 2",
      "IDENTITY_POLICY_FILE line 3",
      "IDENTITY_REDONLY is not a setting",
    ]) {
      // A misspelt name is told with the setting that was meant.
      const told = lines.filter((line) => line.replace("CONFIG_INVALID: ", "").startsWith(setting));
      expect(told, setting).toHaveLength(1);
      expect(told[0]).toMatch(/\. .+\.?$|: .+/);
    }
  });

  it("says what to set where nothing is set", async () => {
    const { code, stderr } = await start(command, {});
    expect(code).toBe(1);
    expect(stderr).toMatch(/TRELLO_API_KEY is missing\. Set it: .+--sandbox/);
    expect(stderr).toMatch(/TRELLO_API_TOKEN is missing/);
  });

  it("says so where the policy file or the store cannot be opened", async () => {
    const trello = { TRELLO_API_KEY: SECRET, TRELLO_API_TOKEN: SECRET };
    const policy = await start(command, { ...trello, IDENTITY_POLICY_FILE: join(folder, "nothing.yaml") });
    expect(policy).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("IDENTITY_POLICY_FILE cannot be read"),
    });
    const store = await start(command, { ...trello, IDENTITY_STORE_URL: `sqlite:${folder}` });
    expect(store).toMatchObject({ code: 1, stderr: expect.stringMatching(/STORE_FAILED: .+ Next: .+/) });
    expect(store.stderr).not.toContain(SECRET);
  });
});
