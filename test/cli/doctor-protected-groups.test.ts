import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Sandbox, startSandbox } from "../../src/sandbox/index.ts";
import { run } from "../../src/cli/doctor.ts";
import { runInProcess } from "./run-in-process.ts";

let sandbox: Sandbox;
let folder: string;
beforeAll(async () => {
  sandbox = await startSandbox();
  folder = await mkdtemp(join(tmpdir(), "trello-identity-"));
});
afterAll(async () => {
  await sandbox.close();
  await rm(folder, { recursive: true, force: true });
});

async function doctor(protects: string, env: Record<string, string> = {}) {
  const path = join(folder, "policy.yaml");
  await writeFile(path, `protected: ${protects}\n`);
  const settings = {
    IDENTITY_STORE_URL: `sqlite:${join(folder, "identity.db")}`,
    IDENTITY_POLICY_FILE: path,
  };
  const { code, stdout } = await runInProcess(run, [], { env: { ...sandbox.env, ...settings, ...env } });
  return { code, line: stdout.split("\n").find((each) => each.includes("Protected groups")) };
}

describe("a protected Group of the policy", () => {
  test.each(["[Operations]", "[operations, 'ALL STAFF']", "['  Öperations ']"])(
    "%s is in the directory, however it is written",
    async (groups) => {
      expect(await doctor(`{ groups: ${groups} }`)).toMatchObject({
        code: 0,
        line: expect.stringMatching(/^ok/),
      });
    },
  );

  test.each([
    ["[Operatoins]", "Operatoins. Did you mean Operations?"],
    ["[Operations, Zebra]", "no one: Zebra. "],
  ])("%s would protect no one, so it is told", async (groups, said) => {
    const { code, line } = await doctor(`{ groups: ${groups} }`);
    expect(code).toBe(1);
    expect(line).toMatch(/^FAIL +Protected groups +CONFIG_INVALID: /);
    expect(line).toContain(said);
  });

  test("without a SCIM directory protects no one", async () => {
    const { code, line } = await doctor("{ groups: [Operations] }", {
      ATLASSIAN_SCIM_DIRECTORY_ID: "",
      ATLASSIAN_SCIM_TOKEN: "",
    });
    expect(code).toBe(1);
    expect(line).toContain("no SCIM directory is configured");
  });

  test("is not spoken of if there is none", async () => {
    expect(await doctor("{ members: [boss@example.com] }")).toEqual({ code: 0, line: undefined });
  });
});
