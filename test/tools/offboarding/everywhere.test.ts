/** One offboarding across Trello, Atlassian and two further applications, and the way back. */
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { ApplicationConnection } from "../../../src/domain/application.ts";
import type { Plan } from "../../../src/domain/plan.ts";
import type { Run } from "../../../src/domain/run.ts";
import { reportOf } from "../../../src/report/record.ts";
import { SEED } from "../../../src/sandbox/index.ts";
import type { ApplicationName, ApplicationUser } from "../../../src/sandbox/vendors/application-world.ts";
import { planText, PLAN_DETAILS } from "../../../src/report/plan-text.ts";
import { catalog } from "../../../src/tools/catalog.ts";
import type { ReadContext } from "../../../src/tools/define.ts";
import { failure } from "../../support/failure.ts";
import { boardsWith, hastyClock, type Stack, startStack } from "../../support/stack.ts";

const EVERYWHERE = { member: SEED.leaver.id, everywhere: true };
const { email } = SEED.leaver;

let stack: Stack;
let changed: Partial<Record<ApplicationName, Partial<ApplicationConnection>>>;
beforeEach(async () => {
  changed = {};
  stack = await start();
});
afterEach(() => stack.close());

async function start(): Promise<Stack> {
  const started = await startStack({
    sandbox: { rateLimits: false },
    clock: hastyClock,
    random: () => 0,
    connect: (each) => ({ ...each, ...changed[each.name as ApplicationName] }),
  });
  vi.spyOn(started.store.ledger, "take").mockResolvedValue(0);
  return started;
}

/** A stack whose applications are connected in another way. */
async function connected(changes: typeof changed): Promise<void> {
  changed = changes;
  const before = stack;
  stack = await start();
  await before.close();
}

const applicationOf = (name: ApplicationName) =>
  stack.sandbox.world.vendors.applications.get(name) ?? expect.unreachable();
const usersIn = (name: ApplicationName): ApplicationUser[] =>
  applicationOf(name).users.filter(({ emails }) => emails.includes(email));
const userIn = (name: ApplicationName): ApplicationUser => usersIn(name)[0] ?? expect.unreachable();
const isDown = (name: ApplicationName, value: boolean) => {
  applicationOf(name).isDown = value;
};

type Args = Parameters<Stack["engine"]["propose"]>[1];

async function propose(args: Args, tool = "offboard_member"): Promise<Plan> {
  return stack.engine.propose(tool, args, stack.caller);
}
async function decided(args: Args, tool = "offboard_member"): Promise<Plan> {
  const plan = await propose(args, tool);
  await stack.engine.storePlan(plan);
  if (plan.requires !== "none")
    await stack.engine.decide(plan.id, {
      accepted: true,
      level: plan.requires,
      by: "a person",
      ...(plan.typedName !== null && { typed: plan.typedName }),
    });
  return plan;
}
async function run(args: Args, tool = "offboard_member"): Promise<Run> {
  return stack.engine.apply((await decided(args, tool)).id, stack.caller);
}
const inApplications = (plan: Pick<Plan, "effects">) =>
  plan.effects.filter(({ resource }) => resource === "application_user");

async function read(name: string, args: object) {
  const tool = catalog.find((each) => each.name === name);
  if (tool?.effect !== "read") return expect.unreachable();
  const context = { ...stack.engine.context(stack.caller), budgets: () => stack.gateway.budgets() };
  const output = await tool.read(tool.input.parse(args), context as ReadContext);
  return { output: output as Readonly<Record<string, unknown>>, text: tool.text(output) };
}

describe("everywhere", () => {
  test("is one plan of the boards, the account and each application, approved as a whole", async () => {
    const plan = await propose(EVERYWHERE);
    expect(inApplications(plan).map(({ description, reversible }) => ({ description, reversible }))).toEqual([
      {
        description: expect.stringMatching(/^Deactivate .* in the application chat$/),
        reversible: true,
      },
      { description: expect.stringMatching(/^Deactivate .* in the application vault$/), reversible: true },
    ]);
    expect(plan.effects.some(({ resource }) => resource === "scim_user")).toBe(true);
    expect(plan.requires).toBe("approval");
    expect(plan.summary).toContain("2 application users");
    expect(planText(plan, { detail: PLAN_DETAILS.question, title: [] })).toContain(
      "in the application vault",
    );
  });

  test("is applied, read again, and given back by restore_member, each application in its own form", async () => {
    const done = await run(EVERYWHERE);
    expect(done).toMatchObject({ state: "applied", evidence: { result: "PASS" } });
    expect(done.evidence?.checks.filter(({ label }) => label.includes("application"))).toMatchObject([
      { holds: true },
      { holds: true },
    ]);
    expect([userIn("chat").active, userIn("vault").active]).toEqual([false, false]);
    expect(boardsWith(stack.sandbox, SEED.leaver.id)).toEqual([]);

    const again = await propose(EVERYWHERE);
    expect(again.effects).toEqual([]);
    expect(again.untouched).toContainEqual(
      expect.stringMatching(/application chat: these users were already not active/),
    );

    const back = await run({ runId: done.id }, "restore_member");
    expect(inApplications(back.plan)).toHaveLength(2);
    expect([userIn("chat").active, userIn("vault").active]).toEqual([true, true]);
    expect(back.effects.filter(({ effect }) => effect.resource === "application_user")).toMatchObject([
      { state: "applied" },
      { state: "applied" },
    ]);
  });

  test("without it the applications are named as untouched", async () => {
    const plan = await propose({ member: SEED.leaver.id, rung: "account" });
    expect(inApplications(plan)).toEqual([]);
    expect(plan.untouched).toContain("Users in further applications: chat, vault");
  });

  test("a user by PUT keeps the rest of the record", async () => {
    await connected({ chat: { deactivate: "put" } });
    const done = await run(EVERYWHERE);
    expect(done.evidence?.result).toBe("PASS");
    expect(userIn("chat")).toMatchObject({ active: false, team: "Crew", emails: [email] });
    await run({ runId: done.id }, "restore_member");
    expect(userIn("chat")).toMatchObject({ active: true, team: "Crew" });
  });

  test("a deletion says that it is for good, asks for the name, and is not undone", async () => {
    await connected({ chat: { deactivate: "delete", undo: false } });
    const plan = await propose(EVERYWHERE);
    expect(inApplications(plan)[0]).toMatchObject({
      description: expect.stringMatching(/^Delete .* in the application chat for good$/),
      reversible: false,
    });
    expect(plan.typedName).toBe(email);
    const done = await run(EVERYWHERE);
    expect(done.evidence?.result).toBe("PASS");
    expect(usersIn("chat")).toEqual([]);
    const back = await propose({ runId: done.id }, "restore_member");
    expect(inApplications(back)).toMatchObject([{ target: { application: "vault" } }]);
    expect(back.warnings).toContainEqual(
      expect.stringMatching(/^Cannot be undone: Delete .* chat for good$/),
    );
  });
});

describe("what is not certain, or not allowed, is named and leaves the offboarding incomplete", () => {
  const expectGap = async (words: RegExp) => {
    const plan = await propose(EVERYWHERE);
    expect(inApplications(plan).map(({ target }) => target["application"])).toEqual(["vault"]);
    expect(plan.notReached?.join("\n")).toMatch(words);
    const done = await run(EVERYWHERE);
    expect(done.evidence).toMatchObject({ result: "INCOMPLETE" });
    expect(done.evidence?.unfinished.join("\n")).toMatch(words);
    expect(userIn("vault").active).toBe(false);
  };

  test("two users with the email: none of them is changed", async () => {
    const { users } = applicationOf("chat");
    users.push({ ...userIn("chat"), id: "U2", userName: email.toUpperCase() });
    await expectGap(/chat: 2 users have the email/);
    expect(usersIn("chat").map(({ active }) => active)).toEqual([true, true]);
  });

  test("an application that may only be read", async () => {
    await connected({ chat: { write: false } });
    await expectGap(/chat: has a user with this email, but this server may not change users there/);
    expect(userIn("chat").active).toBe(true);
  });

  test("an application that refuses the token", async () => {
    await connected({ chat: { token: { reveal: () => "not-the-token-any-more" } } });
    await expectGap(/chat: could not be read \(UNAUTHENTICATED/);
  });

  test("a name or a stranger's email finds no one", async () => {
    userIn("chat").emails = [];
    userIn("vault").emails = ["someone.else@example.com"];
    for (const { users } of [applicationOf("chat"), applicationOf("vault")])
      for (const user of users) if (user.userName === email) user.userName = SEED.leaver.fullName;
    const plan = await propose(EVERYWHERE);
    expect(inApplications(plan)).toEqual([]);
    expect(plan.untouched).toContainEqual(
      expect.stringMatching(
        /application chat has no user with the email of .*searched: the attribute userName/,
      ),
    );
  });

  test("a member whose email nothing proves", async () => {
    const alone = await startStack({
      sandbox: { rateLimits: false },
      without: ["scim", "organization", "enterprise"],
      connect: (each) => each,
    });
    onTestFinished(() => alone.close());
    const plan = await alone.engine.propose("offboard_member", EVERYWHERE, alone.caller);
    expect(inApplications(plan)).toEqual([]);
    expect(plan.notReached).toContainEqual(
      expect.stringMatching(/^application user of .*no source proves the email/),
    );
    const stated = await alone.engine.propose("offboard_member", { ...EVERYWHERE, email }, alone.caller);
    expect(inApplications(stated)).toHaveLength(2);
    expect(stated.requires).toBe("approval");
    expect(stated.warnings.join("\n")).toContain("Only the caller says");
    expect(stated.untouched).toContain("The Atlassian account, and everything else that the account opens");
  });

  test("no connected application is an error that says what to do", async () => {
    const alone = await startStack({ sandbox: { rateLimits: false } });
    onTestFinished(() => alone.close());
    await expect(alone.engine.propose("offboard_member", EVERYWHERE, alone.caller)).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      next: expect.stringContaining("directories"),
    });
  });
});

describe("an application that is down", () => {
  const expectWaiting = async (thrown: Promise<unknown>, name: ApplicationName): Promise<string> => {
    const error = await failure(thrown);
    // A write that was answered 503 may have been made; a read that was answered 503 changed nothing.
    expect(error.code).toMatch(/^(UPSTREAM_UNAVAILABLE|OUTCOME_UNKNOWN)$/);
    expect(error).toMatchObject({ applied: "yes", retry: "resume" });
    expect(error.message).toMatch(
      new RegExp(`^INCOMPLETE: \\d+ of \\d+ changes are made, and the run waits .*application ${name}`),
    );
    const runId = error.details["runId"] as string;
    const waiting = (await stack.store.runs.get(runId)) ?? expect.unreachable();
    const open = waiting.effects.filter(({ state }) => state !== "applied");
    expect(open.map(({ effect }) => effect.target["application"])).toEqual([name]);
    // Everything else is done, the other application too.
    expect(boardsWith(stack.sandbox, SEED.leaver.id)).toEqual([]);
    const [record] = reportOf(waiting).runs;
    expect(record).toMatchObject({
      result: "INCOMPLETE",
      unfinished: [expect.stringMatching(new RegExp(`application ${name}.*the run waits.*${error.code}`))],
    });
    const shown = await read("get_run", { runId });
    expect(shown.output["waiting"]).toHaveLength(1);
    expect(shown.text).toContain("Evidence: INCOMPLETE until the applications answer");
    // Trying in vain changes nothing.
    expect(await stack.another().recover()).toEqual([]);
    expect((await stack.store.runs.get(runId))?.state).toBe("running");
    return runId;
  };
  const expectEnded = async (runId: string) => {
    const [ended] = await stack.another().recover();
    expect(ended).toMatchObject({
      id: runId,
      state: "applied",
      evidence: { result: "PASS", unfinished: [] },
    });
    return ended ?? expect.unreachable();
  };

  test("while the plan is applied: the rest is done, the gap is named, and the run ends by itself", async () => {
    const plan = await decided(EVERYWHERE);
    isDown("chat", true);
    const runId = await expectWaiting(stack.engine.apply(plan.id, stack.caller), "chat");
    expect(userIn("vault").active).toBe(false);
    expect(userIn("chat").active).toBe(true);
    isDown("chat", false);
    await expectEnded(runId);
    expect(userIn("chat").active).toBe(false);
    await run({ runId }, "restore_member");
    expect(userIn("chat").active).toBe(true);
  });

  test("while it is planned: the plan says so, and the run looks for the user when it answers", async () => {
    isDown("vault", true);
    const plan = await decided(EVERYWHERE);
    expect(plan.warnings.join("\n")).toMatch(
      /The application vault does not answer now \(UPSTREAM_UNAVAILABLE/,
    );
    expect(plan.blindSpots.join("\n")).toContain(
      `It is unknown whether the application vault has a user with the email ${email}`,
    );
    expect(inApplications(plan)[1]?.description).toBe(
      `Deactivate ${email} in the application vault, when it answers`,
    );
    const runId = await expectWaiting(stack.engine.apply(plan.id, stack.caller), "vault");
    isDown("vault", false);
    await expectEnded(runId);
    expect(userIn("vault").active).toBe(false);
    await run({ runId }, "restore_member");
    expect(userIn("vault").active).toBe(true);
  });

  test("when planned, and back when applied: the decision counts, because nothing else changed", async () => {
    isDown("vault", true);
    const plan = await decided(EVERYWHERE);
    isDown("vault", false);
    const done = await stack.engine.apply(plan.id, stack.caller);
    expect(done.evidence?.result).toBe("PASS");
    expect(userIn("vault").active).toBe(false);
  });

  test.each(["no user", "a user who was not active"])(
    "and has %s: the run ends well, and a restore activates no one",
    async (what) => {
      isDown("vault", true);
      const plan = await decided(EVERYWHERE);
      const user = userIn("vault");
      if (what === "no user") user.emails = [];
      else user.active = false;
      isDown("vault", false);
      const done = await stack.engine.apply(plan.id, stack.caller);
      expect(done.evidence?.result).toBe("PASS");
      const row = done.effects.find(({ effect }) => effect.target["application"] === "vault");
      expect(row?.state).toBe("already");
      const back = await propose({ runId: done.id }, "restore_member");
      expect(inApplications(back).map(({ target }) => target["application"])).toEqual(["chat"]);
    },
  );

  test("and has two users with the email: none is changed, and the evidence says why", async () => {
    isDown("vault", true);
    const plan = await decided(EVERYWHERE);
    isDown("vault", false);
    applicationOf("vault").users.push({ ...userIn("vault"), id: "9999" });
    const done = await stack.engine.apply(plan.id, stack.caller);
    expect(done.evidence).toMatchObject({ result: "INCOMPLETE" });
    expect(done.evidence?.unfinished.join("\n")).toMatch(/application vault.*AMBIGUOUS.*2 users/);
    expect(usersIn("vault").map(({ active }) => active)).toEqual([true, true]);
  });

  test("is no excuse for other changes: the decision is void if something else changed", async () => {
    const plan = await decided(EVERYWHERE);
    isDown("vault", true);
    userIn("chat").active = false;
    await expect(stack.engine.apply(plan.id, stack.caller)).rejects.toMatchObject({ code: "PLAN_STALE" });
    expect(boardsWith(stack.sandbox, SEED.leaver.id).length).toBeGreaterThan(0);
  });

  test("while a restore is applied: Trello is given back at once, and the rest follows", async () => {
    const done = await run(EVERYWHERE);
    isDown("chat", true);
    const plan = await decided({ runId: done.id }, "restore_member");
    expect(plan.warnings.join("\n")).toMatch(
      /Will be undone as soon as it is possible: Activate .* again in the application chat/,
    );
    await failure(stack.engine.apply(plan.id, stack.caller));
    expect(boardsWith(stack.sandbox, SEED.leaver.id).length).toBeGreaterThan(0);
    expect([userIn("chat").active, userIn("vault").active]).toEqual([false, true]);
    isDown("chat", false);
    await stack.another().recover();
    expect(userIn("chat").active).toBe(true);
  });
});

describe("get_member_access", () => {
  test("shows the person's users, and names the application that was not read", async () => {
    userIn("vault").active = false;
    const whole = await read("get_member_access", { member: email });
    expect(whole.output["applications"]).toEqual([
      { name: "chat", userName: userIn("chat").userName, active: true },
      { name: "vault", userName: userIn("vault").userName, active: false },
    ]);
    expect(whole.text).toContain(`Application chat, user ${userIn("chat").userName}: active`);
    isDown("chat", true);
    const partly = await read("get_member_access", { member: email });
    expect(partly.output["applications"]).toHaveLength(1);
    expect(partly.text).toMatch(/Not seen: chat: could not be read \(UPSTREAM_UNAVAILABLE/);
  });
});

test("check_connection says of each application whether it answers", async () => {
  isDown("vault", true);
  const { output } = await read("check_connection", {});
  expect(output["upstreams"]).toEqual(
    expect.arrayContaining([
      { name: "application chat", state: "answers" },
      {
        name: "application vault",
        state: expect.stringMatching(/^UPSTREAM_UNAVAILABLE: The application vault/),
      },
    ]),
  );
});
