/** Protected people, the own account and protected groups hold for every tool, whatever the policy and the caller call them. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findingsOf } from "../../../src/reviews/review.ts";
import { textRoster } from "../../../src/rosters/text.ts";
import { SEED } from "../../../src/sandbox/index.ts";
import { catalog } from "../../../src/tools/catalog.ts";
import { OPEN_RULES, type Stack, startStack } from "../../support/stack.ts";
import { boundless } from "../../support/boundless.ts";
import { IN_FULL } from "../../support/suites.ts";
import { gatewayTo } from "../../support/wiring.ts";
import { memberIn } from "../../tools/world.ts";
import { expectRefusedBy } from "../refused.ts";

const { admin, leaver, successor } = SEED;
const { enterprise, standard } = SEED.workspaces;
type Args = Record<string, string | string[] | boolean | Record<string, string>>;
type Called = readonly [tool: string, args: Args];

let stack: Stack;
beforeEach(async () => {
  // The hundreds of reads of a test are not to wait for budgets.
  stack = await startStack({ sandbox: { rateLimits: false } });
});
afterEach(() => stack.close());

/** A User whose userName is no email, with an alias, as identity providers make them. */
function renameUser(idScim: string | null, userName: string, emails: readonly string[]): void {
  const user = stack.sandbox.world.atlassian.directory.users.get(idScim ?? "");
  if (!user) throw new Error("the seed has no such User");
  user.userName = userName;
  user.emails = emails.map((value, n) => ({ value, type: "work", primary: n === 0 }));
}

/** A Group of the one person without the other. */
function groupOf(
  person: { readonly idScim: string | null },
  without: { readonly idScim: string | null },
): string {
  const found = [...stack.sandbox.world.atlassian.directory.groups.values()].find(
    ({ members }) => members.includes(person.idScim ?? "") && !members.includes(without.idScim ?? "nobody"),
  );
  if (!found) throw new Error("the seed has no such Group");
  return found.displayName;
}

/** Every way in which a tool takes something from a person; the names that tools take go round with `turn`. */
function waysToTake(
  person: typeof leaver,
  userName: string,
  { group, turn }: { readonly group: string; readonly turn: number },
): readonly Called[] {
  const members = [person.id, person.username, `@${person.username.toUpperCase()}`, person.email];
  const users = [person.idScim ?? "", userName, person.email.toUpperCase()];
  const member = (n: number): string => members[(turn + n) % members.length] ?? "";
  const user = (n: number): string => users[(turn + n) % users.length] ?? "";
  // A bare word of a list is never a username.
  const inList = member(0) === person.username ? `@${person.username}` : member(0);
  const workspace = enterprise.id;
  const attributes = { userName: "mallory@evil.example" };
  return [
    ["remove_from_workspace", { workspace, member: member(0) }],
    ["remove_from_boards", { workspace, member: member(1) }],
    ["set_workspace_role", { workspace, member: member(1), role: "guest" }],
    ["set_member_deactivated", { workspace, member: member(2), deactivated: true }],
    ["offboard_member", { member: member(3), workspaces: [workspace] }],
    ["offboard_member", { members: [inList], rung: "boards", workspaces: [workspace] }],
    ["offboard_member", { member: member(1), rung: "account", workspaces: [workspace] }],
    ["set_enterprise_member_deactivated", { member: member(2), deactivated: true }],
    ["set_enterprise_member_license", { member: member(3), licensed: false }],
    ["scim_deactivate_user", { user: user(0) }],
    ["scim_deactivate_user", { user: user(1), how: "suspend" }],
    ["scim_delete_user", { user: user(2) }],
    ["scim_update_user", { user: user(0), attributes }],
    ["scim_update_user", { user: user(1), attributes, replace: true }],
    ["scim_update_group", { group, remove: [user(2)] }],
    ["scim_update_group", { group, members: [] }],
    ["scim_delete_group", { group }],
  ];
}

/** Every way for `npm run test:properties`; for `npm test` a third of them, others with each turn. */
const some = (ways: readonly Called[], turn: number): readonly Called[] =>
  IN_FULL ? ways : ways.filter((_way, n) => n % 3 === turn % 3);

/** A review of the workspace in which just this person is on no roster, kept, with the ids of the findings. */
async function findingsAbout(person: typeof leaver, engine: Stack["engine"]) {
  const context = engine.context(stack.caller);
  const snapshots = await context.reads.trello.workspaceSnapshots([enterprise.id]);
  const roster = textRoster(`email\n${successor.email}`);
  const question = { snapshots, rosters: [roster], dormantDays: 90 };
  const found = await findingsOf(question, context);
  const review = await engine.keepReview(
    { ...found, workspaces: [enterprise.id], rosters: [roster], dormantDays: 90 },
    stack.caller,
  );
  const theirs = found.findings.filter(
    (finding) => finding.person?.idMember === person.id && finding.remedy === "remove",
  );
  expect(theirs).not.toEqual([]);
  return { reviewId: review.id, findings: theirs.map(({ id }) => id) };
}

test("every tool that takes something from a person is in the table below, or names no person", () => {
  const elsewhere = [
    // They take from whom the plan was made for, and are planned by the tools of the table.
    "apply_plan",
    "restore_member",
    // A guest of an invitation has no account yet.
    "revoke_invitations",
    // `removeOthers` takes off members by the same effects as remove_from_boards.
    "add_to_boards",
    // Cards, no access.
    "reassign_cards",
    // It takes nothing from a person: it ends what Trello reports.
    "delete_webhook",
    // Its findings are found first; it has tests of its own below.
    "remediate_review",
    // It takes whom a roster shows as gone; it has a test of its own below.
    "plan_roster_changes",
  ];
  const named = new Set(waysToTake(leaver, "x", { group: "g", turn: 0 }).map(([tool]) => tool));
  const taking = catalog.filter(({ effect }) => effect === "delete").map(({ name }) => name);
  expect(taking.filter((name) => !named.has(name) && !elsewhere.includes(name))).toEqual([]);
});

describe("a protected person", () => {
  const userName = "testDemisto";
  const alias = "jonas.alias@example.com";
  const spellings = [
    ["id", leaver.id],
    ["username", leaver.username.toUpperCase()],
    ["email", leaver.email.toUpperCase()],
    ["alias", alias],
    ["userName", userName],
    ["SCIM id", leaver.idScim ?? ""],
    ["account id", leaver.aaId],
  ] as const;

  test.each(spellings)("named by %s is protected from every tool and every name", async (by, entry) => {
    const turn = spellings.findIndex(([name]) => name === by);
    renameUser(leaver.idScim, userName, [leaver.email, alias]);
    const group = groupOf(leaver, admin);
    const engine = stack.another({
      rules: { ...OPEN_RULES, protected: { members: [entry.toLowerCase()], groups: [] } },
    });
    for (const [tool, args] of some(waysToTake(leaver, userName, { group, turn }), turn)) {
      await expectRefusedBy(stack, engine.propose(tool, args, stack.caller), "protected");
    }
  });

  test.each([0, 1, 2, 3])(
    "of a protected group is protected from every tool (names from %i)",
    async (turn) => {
      renameUser(leaver.idScim, userName, [leaver.email]);
      const group = groupOf(leaver, admin);
      const engine = stack.another({
        rules: { ...OPEN_RULES, protected: { members: [], groups: [group.toUpperCase()] } },
      });
      for (const [tool, args] of some(waysToTake(leaver, userName, { group, turn }), turn)) {
        await expectRefusedBy(stack, engine.propose(tool, args, stack.caller), "protected");
      }
    },
  );

  test.each(spellings)("named by %s is not taken out by a review either", async (_by, entry) => {
    renameUser(leaver.idScim, userName, [leaver.email, alias]);
    const engine = stack.another({
      rules: { ...OPEN_RULES, protected: { members: [entry.toLowerCase()], groups: [] } },
    });
    const args = await findingsAbout(leaver, engine);
    await expectRefusedBy(stack, engine.propose("remediate_review", args, stack.caller), "protected");
  });

  test.each(spellings)("named by %s is not taken out by a roster either", async (_by, entry) => {
    renameUser(leaver.idScim, userName, [leaver.email, alias]);
    const engine = stack.another({
      rules: { ...OPEN_RULES, protected: { members: [entry.toLowerCase()], groups: [] } },
    });
    const args = {
      csv: `email,name,status\n${leaver.email},Jonas,left\nada@corp.example,Ada,active`,
      workspace: enterprise.id,
    };
    await expectRefusedBy(stack, engine.propose("plan_roster_changes", args, stack.caller), "protected");
  });

  test("does not protect anybody else", async () => {
    renameUser(leaver.idScim, userName, [leaver.email, alias]);
    for (const [, entry] of spellings) {
      const engine = stack.another({
        rules: { ...OPEN_RULES, protected: { members: [entry.toLowerCase()], groups: [] } },
      });
      for (const [tool, args] of [
        ["remove_from_workspace", { workspace: standard.id, member: successor.username }],
        ["scim_deactivate_user", { user: successor.email }],
      ] as const) {
        const plan = await engine.propose(tool, args, stack.caller);
        expect([entry, plan.warnings.filter((line) => line.includes("protects"))]).toEqual([entry, []]);
      }
    }
  });

  test.each([
    ["offboard_member", { member: leaver.username }, "client"],
    ["remove_from_workspace", { workspace: standard.id, member: leaver.id }, "client"],
    ["scim_deactivate_user", { user: leaver.email }, "approval"],
    ["scim_delete_user", { user: leaver.idScim ?? "" }, "approval"],
  ] as const)("who cannot be told apart is never left to the model alone: %s", async (tool, args, least) => {
    const gateway = gatewayTo(stack.sandbox.env, { ledger: boundless }, { without: ["enterprise"] });
    const chief = stack.another({
      gateway,
      rules: {
        ...OPEN_RULES,
        weakest: "two_step",
        protected: { members: ["chief@example.com", "chief"], groups: [] },
      },
    });
    const plan = await chief.propose(tool, args, stack.caller);
    expect(plan.warnings.join()).toMatch(/It is not known whether the policy protects /);
    expect(plan.requires).toBe(least);
    const asked = stack.another({
      gateway,
      rules: {
        ...OPEN_RULES,
        weakest: "client",
        protected: { members: ["chief@example.com", "chief"], groups: [] },
      },
    });
    const { requires } = await asked.propose(tool, args, stack.caller);
    expect(requires).toBe(tool.startsWith("scim") ? "approval" : "client");
    await gateway.close();
  });
});

describe("the own account", () => {
  const userName = "it-admin";

  test.each([
    ["with the email shown", SEED.tokens.full, true],
    ["with the email told by the enterprise", SEED.tokens.noAccount, true],
  ])("is safe from every tool and every name, %s", async (_how, token, isSafe) => {
    renameUser(admin.idScim, userName, [admin.email]);
    const group = groupOf(admin, { idScim: null });
    const gateway = gatewayTo(stack.sandbox.env, { ledger: boundless }, { token });
    const engine = stack.another({ gateway });
    const own = waysToTake(admin, userName, { group, turn: 0 }).filter(([tool]) => tool.startsWith("scim"));
    expect(isSafe && own.length).toBeGreaterThan(0);
    for (const [tool, args] of own) {
      await expectRefusedBy(stack, engine.propose(tool, args, stack.caller), "own_account");
    }
    await gateway.close();
  });

  test("that cannot be known makes a person decide outside of the client", async () => {
    const gateway = gatewayTo(
      stack.sandbox.env,
      { ledger: boundless },
      {
        token: SEED.tokens.noAccount,
        without: ["enterprise"],
      },
    );
    // What Trello does not show of the token's owner.
    memberIn(stack.sandbox.world, admin.id).aaId = null;
    const engine = stack.another({ gateway });
    for (const user of [admin.email, successor.email]) {
      const plan = await engine.propose("scim_deactivate_user", { user }, stack.caller);
      expect(plan.requires).toBe("approval");
      expect(plan.warnings.join()).toContain("is the account that this server uses, because ");
    }
    const board = await engine.propose(
      "remove_from_workspace",
      { workspace: standard.id, member: successor.id },
      stack.caller,
    );
    expect(board.requires).toBe("client");
    await gateway.close();
  });
});
