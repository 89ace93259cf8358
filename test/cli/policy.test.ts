import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run as policy } from "../../src/cli/policy.ts";
import { catalog, plannedTools } from "../../src/tools/catalog.ts";
import { runInProcess } from "./run-in-process.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "policy-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function fileWith(text: string): Promise<string> {
  const path = join(folder, `${Math.random()}.yaml`);
  await writeFile(path, text);
  return path;
}

/** The level in the line of each tool. */
function levelsIn(stdout: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    stdout.split("\n").flatMap((line) => {
      const [, tool, level] = /^([a-z_]+) {2,}(.*)$/.exec(line) ?? [];
      return tool && level ? [[tool, level]] : [];
    }),
  );
}

describe("policy check", () => {
  test("shows the level of every tool that changes something", async () => {
    const file = await fileWith("confirmation: { offboard_member: client }\n");
    const { code, stdout, stderr } = await runInProcess(policy, ["check", file]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const levels = levelsIn(stdout);
    expect(Object.keys(levels).sort()).toEqual([...plannedTools(catalog)].sort());
    expect(levels).toMatchObject({
      // The account is still another tool's to take, which the policy does not name.
      offboard_member: "client to approval, named in the policy",
      scim_deactivate_user: "approval",
      scim_delete_user: "approval",
      remove_from_boards: "client",
      update_my_profile: "none",
      invite_member: "none to approval",
      scim_update_user: "none to approval",
    });
    expect(stdout).toContain(
      "from at most 25 people and 20 percent of a workspace's people, by at most 2000 changes",
    );
  });

  test("takes what the settings say for the weakest", async () => {
    const file = await fileWith(
      "confirmation: { scim_deactivate_user: two_step, offboard_member: two_step }\n",
    );
    const levelUnder = async (env: Record<string, string>) =>
      levelsIn((await runInProcess(policy, ["check", file], { env })).stdout)["scim_deactivate_user"];
    expect(await levelUnder({})).toBe("client, named in the policy");
    expect(await levelUnder({ IDENTITY_CONFIRMATION: "two_step" })).toBe("two_step, named in the policy");
  });

  test.each([
    [
      "a tool that is not there",
      "confirmation: { offboard_membr: client }\n",
      "line 1: confirmation.offboard_membr",
    ],
    [
      "a limit below one",
      "limits:\n  people_per_day: 0\n",
      "line 2: limits.people_per_day must be at least 1",
    ],
    [
      "a percentage above all",
      "limits:\n\n  percent_of_workspace: 101\n",
      "line 3: limits.percent_of_workspace",
    ],
    ["a limit of another name", "limits:\n  per_day: 3\n", "line 2: limits.per_day"],
  ])("names %s with its line", async (_what, text, line) => {
    const { code, stdout } = await runInProcess(policy, ["check", await fileWith(text)]);
    expect(code).toBe(1);
    expect(stdout).toContain(line);
  });

  test("wants a file that is there", async () => {
    const { code, stderr } = await runInProcess(policy, ["check", join(folder, "none.yaml")]);
    expect(code).not.toBe(0);
    expect(stderr).toContain("ENOENT");
  });
});

describe("policy explain", () => {
  test("says of each change what it asks for, and why", async () => {
    const { code, stdout } = await runInProcess(policy, ["explain", "offboard_member"]);
    expect(code).toBe(0);
    for (const said of [
      "offboard_member: none to approval",
      "remove_board_member, takes: client, because it takes something away",
      "set_scim_active, takes: approval, because it takes something from an Atlassian account",
      "set_enterprise_deactivated, takes: approval, because it takes something from the whole enterprise",
      "If more than 10 people lose access in one plan, it needs `approval`",
    ])
      expect(stdout).toContain(said);
  });

  test("names the tool whose entry binds it", async () => {
    const file = await fileWith("confirmation: { set_board_role: approval }\n");
    const { stdout } = await runInProcess(policy, ["explain", "add_to_boards"], {
      env: { IDENTITY_POLICY_FILE: file },
    });
    expect(stdout).toMatch(
      /set_board_member, gives: approval, because .*\n.*for set_board_role, which can make the same change/,
    );
  });

  test.each([
    ["offboard", "There is no tool offboard. Did you mean offboard_member? Next: "],
    ["set_bord_role", "There is no tool set_bord_role. Did you mean set_board_role? Next: "],
    ["wat", "There is no tool wat. Next: `help` lists the tools."],
    ["", "There is no tool"],
    ["find_member", "find_member makes no plan, so it never asks for a confirmation. Next: "],
    ["check_connection", "check_connection makes no plan, so it never asks for a confirmation. Next: "],
    ["apply_plan", "apply_plan has no level of its own, because it applies a plan of another tool. Next: "],
  ])("%j has no level, and why is said in one line", async (tool, says) => {
    const { code, stderr } = await runInProcess(policy, ["explain", tool]);
    expect(code).toBe(1);
    expect(stderr.startsWith(`INPUT_INVALID: ${says}`), stderr).toBe(true);
    expect(stderr.length).toBeLessThan(200);
  });
});
