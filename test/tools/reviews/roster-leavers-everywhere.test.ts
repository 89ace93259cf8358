import { afterAll, beforeAll, expect, it } from "vitest";
import { LEAVER_RUNGS, type LeaverRung } from "../../../src/domain/roster.ts";
import type { Plan } from "../../../src/domain/plan.ts";
import { SEED } from "../../../src/sandbox/index.ts";
import { OPEN_RULES, type Stack, startStack } from "../../support/stack.ts";
import { WORKSPACES } from "../world.ts";

// How far the leavers of a roster are offboarded, and that joiners and movers are not part of it.
const { leaver, deputy } = SEED;
const JOINER = "kari.nordmann@corp.example";
const TEAMS = { Crew: ["Roadmap"], Shore: ["Retrospectives"] };

let stack: Stack;
let alone: Stack;
beforeAll(async () => {
  stack = await startStack({ sandbox: { rateLimits: false }, connect: (each) => each });
  alone = await startStack({ sandbox: { rateLimits: false } });
  for (const { store } of [stack, alone])
    for (const { email, id } of [leaver, deputy])
      await store.links.put({
        email,
        idMember: id,
        accountId: null,
        scimId: null,
        source: "enterprise",
        seenAt: "2026-01-01T00:00:00.000Z",
      });
});
afterAll(() => Promise.all([stack.close(), alone.close()]));

async function planned(of: Stack, leaverRung: LeaverRung): Promise<Plan> {
  const rules = { ...OPEN_RULES, rosters: { leaverRung }, teamBoards: TEAMS };
  const staying = [...of.sandbox.world.atlassian.accounts.values()].filter(
    ({ email }) => email !== leaver.email,
  );
  const csv = [
    "email,name,team,status",
    ...staying.map(({ email }) => `${email},,,active`),
    `${leaver.email},${leaver.fullName},,left`,
    `${JOINER},Kari Nordmann,Crew,active`,
  ].join("\n");
  const args = { csv, workspace: WORKSPACES.standard.id };
  return await of.another({ rules }).propose("plan_roster_changes", args, of.caller);
}
const about = (plan: Plan, resource: string) =>
  plan.effects.filter((effect) => effect.resource === resource).map(({ target }) => target["email"]);
const gives = ({ effects }: Plan) =>
  effects.filter(({ op }) => op.startsWith("invite_")).map(({ op, target }) => [op, target["idBoard"]]);

it.each(LEAVER_RUNGS)("up to %s, and only the leaver", async (rung) => {
  const plan = await planned(stack, rung);
  expect(plan.summary).toBe("given roster: 1 joiner, 0 movers, 1 leaver");
  const inApplications = about(plan, "application_user");
  expect(inApplications).toEqual(rung === "everywhere" ? [leaver.email, leaver.email] : []);
  expect(about(plan, "scim_user")).toHaveLength(rung === "account" || rung === "everywhere" ? 1 : 0);
  expect(plan.untouched.some((line) => line.startsWith("Users in further applications"))).toBe(
    rung !== "everywhere",
  );
  expect(gives(plan)).toEqual(gives(await planned(stack, "workspaces")));
  expect(gives(plan)).not.toEqual([]);
  if (rung === "everywhere") expect(plan.requires).toBe("approval");
});

it("a person whose email the sources write in another form is on the roster", async () => {
  const { store, sandbox, caller, engine } = alone;
  await store.links.put({
    email: "jonas@bücher.example",
    idMember: leaver.id,
    accountId: null,
    scimId: null,
    source: "enterprise",
    seenAt: "2026-01-01T00:00:00.000Z",
  });
  const staying = [...sandbox.world.atlassian.accounts.values()].filter(
    ({ email }) => email !== leaver.email,
  );
  const leaversWith = async (...rows: readonly string[]) => {
    const csv = ["email,status", ...staying.map(({ email }) => `${email},active`), ...rows].join("\n");
    const { summary } = await engine.propose(
      "plan_roster_changes",
      { csv, workspace: WORKSPACES.standard.id },
      caller,
    );
    return /(\d+) leaver/.exec(summary)?.[1];
  };
  expect(await leaversWith()).toBe("1");
  expect(await leaversWith("JONAS@xn--bcher-kva.example,active")).toBe("0");
});

it("everywhere without an application says what is missing, and the plan does not promise it", async () => {
  const plan = await planned(alone, "everywhere");
  expect(about(plan, "application_user")).toEqual([]);
  expect(plan.warnings.join("\n")).toMatch(/no other application is connected/);
  expect(plan.notReached?.join("\n")).toMatch(/no other application is connected/);
  expect((await planned(alone, "account")).warnings.join("\n")).not.toMatch(/further application/);
});
