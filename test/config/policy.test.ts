import { describe, expect, test } from "vitest";
import { DEFAULT_POLICY, parsePolicy } from "../../src/config/policy.ts";

const TOOLS = ["offboard_member", "scim_delete_user"];

const WHOLE = `
confirmation: { default: client, offboard_member: approval, scim_delete_user: approval }
protected: { members: ["5f0000000000000000000001", ceo@example.com], groups: [site-admins] }
limits: { destructive_effects_per_day: 50, percent_of_workspace: 10 }
approvers: { emails: [Boss@Example.com] }
invitations: { expire_after_days: 14 }
`;

async function problemsOf(text: string) {
  const parsed = await parsePolicy(text, TOOLS);
  if ("problems" in parsed) return parsed.problems;
  throw new Error("the policy was accepted");
}

describe("parsePolicy", () => {
  test("reads every setting", async () => {
    expect(await parsePolicy(WHOLE, TOOLS)).toEqual({
      policy: {
        confirmation: {
          default: "client",
          tools: { offboard_member: "approval", scim_delete_user: "approval" },
        },
        protected: { members: ["5f0000000000000000000001", "ceo@example.com"], groups: ["site-admins"] },
        limits: { destructiveEffectsPerDay: 50, percentOfWorkspace: 10 },
        approvers: ["boss@example.com"],
        invitations: { expireAfterDays: 14 },
      },
    });
  });

  test.each(["", "# nothing yet\n"])("an empty file says nothing: %j", async (text) => {
    expect(await parsePolicy(text, TOOLS)).toEqual({ policy: DEFAULT_POLICY });
  });

  test.each([
    [
      "a tool that does not exist",
      "confirmation:\n  ofboard_member: approval\n",
      2,
      /ofboard_member is not a setting/,
    ],
    [
      "a level that does not exist",
      "confirmation:\n  default: ask\n",
      2,
      /confirmation\.default must be one of two_step/,
    ],
    ["an unknown section", "limits: {}\nguards:\n  - x\n", 2, /^guards is not a setting/],
    [
      "a fraction",
      "limits:\n\n  percent_of_workspace: 1.5\n",
      3,
      /percent_of_workspace must be a whole number/,
    ],
    ["zero", "limits:\n  destructive_effects_per_day: 0\n", 2, /must be at least 1/],
    [
      "an id that YAML takes for a number",
      "protected:\n  members:\n    - a@b.c\n    - 512345678901234567890123\n",
      4,
      /members\.1 must be text; put it in quotes/,
    ],
    ["an approver without email", "approvers:\n  emails:\n    - Jane\n", 3, /emails\.0 must be an email/],
    ["a list where settings belong", "- a\n- b\n", 1, /^the file must be a list of settings/],
    ["broken YAML", "limits: {}\nprotected: [\n", 3, /is not valid YAML here/],
    ["a key given twice", "limits: {}\nlimits: {}\n", 2, /is not valid YAML here/],
  ])("names the line of %s", async (_what, text, line, message) => {
    const problems = await problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toEqual({ line, message: expect.stringMatching(message) });
  });

  test("names every mistake", async () => {
    const text = "limits:\n  percent_of_workspace: x\n  per_day: 3\napprovers:\n  emails: [x]\n";
    expect((await problemsOf(text)).map(({ line }) => line).sort((a, b) => a - b)).toEqual([2, 3, 5]);
  });
});
