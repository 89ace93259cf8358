import { describe, expect, test } from "vitest";
import { DEFAULT_POLICY, parsePolicy } from "../../src/config/policy.ts";

const TOOLS = ["offboard_member", "scim_delete_user"];

const WHOLE = `
confirmation: { default: client, offboard_member: approval, scim_delete_user: approval }
protected: { members: ["5f0000000000000000000001", ceo@example.com], groups: [site-admins] }
limits: { people_per_day: 5, destructive_effects_per_day: 50, percent_of_workspace: 10 }
approvers: { emails: [Boss@Example.com], subjects: ["https://id.example/t#Oid,Tid"] }
invitations: { expire_after_days: 14 }
beyond_workspaces: true
rosters: { leaver_rung: account }
team_boards: { Engineering: [Roadmap, "https://trello.com/b/AbCd1234"], Design: [5f0000000000000000000002] }
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
        limits: { peoplePerDay: 5, destructiveEffectsPerDay: 50, percentOfWorkspace: 10 },
        approvers: ["boss@example.com", "https://id.example/t#Oid,Tid"],
        invitations: { expireAfterDays: 14 },
        beyondWorkspaces: true,
        teamBoards: {
          Engineering: ["Roadmap", "https://trello.com/b/AbCd1234"],
          Design: ["5f0000000000000000000002"],
        },
        rosters: { leaverRung: "account" },
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
    [
      "a team without boards",
      "team_boards:\n  Eng: []\n",
      2,
      /team_boards\.Eng must name at least one board/,
    ],
    [
      "a team with one board as text",
      "team_boards:\n  Eng: Roadmap\n",
      2,
      /team_boards\.Eng must be a list of boards/,
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
    [
      "a subject without issuer",
      "approvers:\n  subjects:\n    - jane\n",
      3,
      /subjects\.0 must be ISSUER#VALUE/,
    ],
    ["an approver without email", "approvers:\n  emails:\n    - Jane\n", 3, /emails\.0 must be an email/],
    ["a list where settings belong", "- a\n- b\n", 1, /^the file must be a list of settings/],
    ["broken YAML", "limits: {}\nprotected: [\n", 3, /is not valid YAML/],
    ["a key given twice", "limits: {}\nlimits: {}\n", 2, /is not valid YAML/],
  ])("names the line of %s", async (_what, text, line, message) => {
    const problems = await problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toEqual({ line, message: expect.stringMatching(message) });
  });

  test.each([
    ["5F0000000000000000000001", "5f0000000000000000000001"],
    ["@Jane_Leaver", "jane_leaver"],
    ["jane_leaver", "jane_leaver"],
    ["Jane@Example.com", "jane@example.com"],
    ["mailto:jane@example.com", "jane@example.com"],
    ["MAILTO:jane@example.com?subject=hi", "jane@example.com"],
    ["Jane Leaver <Jane@Example.com>", "jane@example.com"],
    ["<mailto:jane@example.com>", "jane@example.com"],
    ["https://trello.com/jane_leaver", "jane_leaver"],
    ["https://trello.com/u/Jane_Leaver/boards", "jane_leaver"],
    ["trello.com/jane_leaver", "jane_leaver"],
    ["712020:2f5e8a31-0000-4000-8000-000000000001", "712020:2f5e8a31-0000-4000-8000-000000000001"],
    ["2f5e8a31-0000-4000-8000-000000000001", "2f5e8a31-0000-4000-8000-000000000001"],
  ])("protects %s as %s", async (entry, member) => {
    const parsed = await parsePolicy(`protected: { members: ["${entry}"] }`, TOOLS);
    expect(parsed).toMatchObject({ policy: { protected: { members: [member] } } });
  });

  test.each([
    "Jane Leaver",
    "@jane leaver",
    "@",
    "@jane@example.com",
    "jane@localhost",
    "jane@example.com, joe@example.com",
    "https://example.com/jane",
    "https://trello.com/b/AbCd1234/roadmap",
    "Jane <jane_leaver>",
    "*",
    "group:admins!",
  ])("stops at a protected member that can match no person: %s", async (entry) => {
    expect(await problemsOf(`protected:\n  members:\n    - ok@example.com\n    - "${entry}"\n`)).toEqual([
      {
        line: 4,
        message: expect.stringMatching(/^protected\.members\.1 can match no person: give an id, @username/),
      },
    ]);
  });

  test.each([
    "2f5e8a31-0000-4000-8000-000000000001",
    "5F0000000000000000000001",
    "ari:cloud:identity::group/2f5e8a31-0000-4000-8000-000000000001",
  ])("stops at a protected group that is an id: %s", async (entry) => {
    expect(await problemsOf(`protected:\n  groups:\n    - Site Admins\n    - "${entry}"\n`)).toEqual([
      { line: 4, message: expect.stringMatching(/^protected\.groups\.1 can match no group: give the name/) },
    ]);
  });

  test("names the line of aliases that stand for too much, or for nothing", async () => {
    const rows = Array.from(
      { length: 9 },
      (_, n) => `a${n + 1}: &a${n + 1} [${Array(9).fill(`*a${n}`).join(", ")}]`,
    );
    const bomb = ["a0: &a0 [x, x, x, x, x, x, x, x, x]", ...rows].join("\n");
    expect(await problemsOf(bomb)).toEqual([{ line: 2, message: "is not valid YAML" }]);
    expect(await problemsOf("limits: {}\nprotected: *nowhere\n")).toEqual([
      { line: 2, message: "is not valid YAML" },
    ]);
  });

  test("names every mistake", async () => {
    const text = "limits:\n  percent_of_workspace: x\n  per_day: 3\napprovers:\n  emails: [x]\n";
    expect((await problemsOf(text)).map(({ line }) => line).sort((a, b) => a - b)).toEqual([2, 3, 5]);
  });
});
