import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { SEED } from "../../src/sandbox/index.ts";
import { inWorkspace, writesIn } from "../support/stack.ts";
import { type DeskHarness, formsIn, startDesk, visit } from "./desk-harness.ts";

const leaver = { workspace: SEED.workspaces.standard.id, member: SEED.leaver.id };

/** The clock of the desk and of the engine, which a test can set forward. */
let ahead = 0;
let desk: DeskHarness;
beforeAll(async () => {
  const nowMs = () => Date.now() + ahead;
  const { clock } = await import("../../src/cli/support/product.ts");
  desk = await startDesk({ nowMs, clock: { ...clock, now: nowMs } });
});
afterAll(() => desk.close());

async function opened(tool: string, args: Readonly<Record<string, string>>) {
  const waiting = await desk.wait(tool, args);
  const visitor = await visit(desk.opened.at(-1) ?? "");
  const page = await visitor.get(visitor.landed);
  return { ...waiting, visitor, page, forms: formsIn(page.text) };
}

async function ended(planId: string) {
  return await vi.waitFor(
    async () => {
      const run = await desk.stack.store.runs.get((await desk.stack.store.plans.get(planId))?.runId ?? "");
      if (run?.endedAt === null || !run) throw new Error("the run goes on");
      return run;
    },
    { timeout: 20_000, interval: 20 },
  );
}

describe("the page of a waiting plan", () => {
  it("says who, how much, what is final, what is lost, what stays and what is not visible", async () => {
    const { page, plan } = await opened("offboard_member", {
      member: SEED.leaver.email,
      rung: "account",
      reason: "Left <the> company",
      ticket: "HR-1042",
    });
    expect(page.status).toBe(200);
    for (const text of [
      "Offboard Jonas Lindqvist",
      "@jonaslindqvist",
      SEED.leaver.email,
      "Email proven by the Trello Enterprise",
      SEED.leaver.id,
      "Cannot be undone",
      "Priya Raman",
      "Left &lt;the&gt; company",
      "HR-1042",
      "Northwind Operations",
      "Approve",
      "Reject",
      plan.digest.slice(0, 12),
    ]) {
      expect(page.text).toContain(text);
    }
    for (const line of [...plan.impact.notes, ...plan.untouched, ...plan.blindSpots, ...plan.warnings]) {
      expect(page.text).toContain(line.replaceAll("'", "&#39;"));
    }
    // Every change is there: nothing is decided that could not be read.
    for (const { id } of plan.effects) expect(page.text).toContain(id);
  });

  it("asks for the typed name of what is deleted, and takes no other", async () => {
    const { page, forms, visitor, plan } = await opened("scim_delete_user", { user: SEED.leaver.email });
    expect(plan.typedName).toBeTruthy();
    expect(page.text).toContain(`Type <q><bdi>${plan.typedName}</bdi></q>`);
    expect(formsIn(page.text)["reject"]).toBeDefined();
    for (const typedName of ["", "no", `${plan.typedName}x`, String(plan.typedName).toUpperCase()]) {
      const answer = await visitor.submit(forms["approve"]!, { typedName });
      expect(answer.status).toBe(422);
      expect(answer.text).toContain("Type the name exactly");
    }
    expect((await desk.stack.store.plans.get(plan.id))?.state).toBe("waiting");
    const answer = await visitor.submit(forms["reject"]!, { reason: "Wrong person" });
    expect(answer).toMatchObject({ status: 303, headers: { location: visitor.landed } });
    const after = await visitor.get(visitor.landed);
    expect(after.text).toContain("Already rejected");
    expect(after.text).toContain("Wrong person");
    expect(formsIn(after.text)).toEqual({});
    expect((await desk.stack.store.plans.get(plan.id))?.decision).toMatchObject({
      accepted: false,
      level: "approval",
      by: "it-admin",
      reason: "Wrong person",
    });
  });

  it("starts the run by itself after Approve, follows it and shows the evidence", async () => {
    const { forms, visitor, plan } = await opened("remove_from_workspace", leaver);
    expect((await visitor.submit(forms["approve"]!)).status).toBe(303);
    const run = await ended(plan.id);
    expect(run).toMatchObject({ state: "applied", decision: { level: "approval", by: "it-admin" } });
    expect(inWorkspace(desk.stack.sandbox, leaver.workspace, leaver.member)).toBeUndefined();
    const page = await visitor.get(visitor.landed);
    expect(page.text).toContain("<h2>PASS</h2>");
    expect(page.text).toContain('data-state="still"');
    expect((await visitor.get(visitor.landed.replace(/plans.*/, ""))).text).toContain(`/runs/${run.id}"`);
    const file = await visitor.get(visitor.landed.replace(/plans.*/, `runs/${run.id}/evidence.html`));
    expect(file.headers).toMatchObject({
      "content-type": expect.stringContaining("text/html") as string,
      "content-disposition": expect.stringContaining("attachment") as string,
    });
    expect(file.text).toContain("PASS");
    for (const ending of ["json", "md"]) {
      expect(
        (await visitor.get(visitor.landed.replace(/plans.*/, `runs/${run.id}/evidence.${ending}`))).status,
      ).toBe(200);
    }
    expect((await visitor.get(visitor.landed.replace(/plans.*/, "runs"))).text).toContain("Remove ");
  });

  it("is refused, not adjusted, when something changed meanwhile", async () => {
    const { forms, visitor, plan } = await opened("remove_from_boards", {
      workspace: SEED.workspaces.enterprise.id,
      member: SEED.leaver.id,
    });
    const board = [...desk.stack.sandbox.world.trello.boards.values()].find(
      ({ id }) => id === plan.effects[0]?.target["idBoard"],
    );
    const row = board?.memberships.find(({ idMember }) => idMember === SEED.leaver.id);
    if (!row) throw new Error("the leaver is on that board");
    const before = writesIn(desk.stack.sandbox).length;
    row.memberType = row.memberType === "admin" ? "normal" : "admin";
    await visitor.submit(forms["approve"]!);
    await vi.waitFor(async () =>
      expect((await visitor.get(visitor.landed)).text).toContain("No longer true"),
    );
    expect(writesIn(desk.stack.sandbox)).toHaveLength(before);
  });

  it("closes when the plan expires, when the client says no, and when another page decided first", async () => {
    const expired = await opened("remove_from_boards", {
      workspace: SEED.workspaces.enterprise.id,
      member: SEED.leaver.id,
    });
    ahead += 16 * 60_000;
    const late = await expired.visitor.get(expired.visitor.landed);
    expect(late.text).toContain("Expired");
    expect(formsIn(late.text)).toEqual({});
    expect((await expired.visitor.submit(expired.forms["approve"]!)).status).toBe(410);

    const withdrawn = await opened("remove_from_boards", {
      workspace: SEED.workspaces.enterprise.id,
      member: SEED.leaver.id,
    });
    await desk.stack.engine.decide(withdrawn.plan.id, {
      accepted: false,
      level: "client",
      by: "the person at test/1.0",
    });
    expect((await withdrawn.visitor.get(withdrawn.visitor.landed)).text).toContain("Withdrawn");
    const refused = await withdrawn.visitor.submit(withdrawn.forms["approve"]!);
    expect(refused.status).toBe(409);
    expect((await desk.stack.store.plans.get(withdrawn.plan.id))?.state).toBe("declined");
  });

  it("lists every waiting plan, also of other processes, and an empty list says what would appear", async () => {
    ahead += 16 * 60_000;
    const first = await opened("remove_from_boards", {
      workspace: SEED.workspaces.enterprise.id,
      member: SEED.leaver.id,
    });
    const second = await desk.stack.engine.propose(
      "remove_from_boards",
      { workspace: SEED.workspaces.enterprise.id, member: SEED.leaver.id },
      desk.stack.caller,
    );
    await desk.stack.engine.storePlan(second);
    const list = first.visitor.landed.replace(/plans.*/, "");
    const both = await first.visitor.get(list);
    expect(both.text).toContain("Waiting (2)");
    for (const { id } of [first.plan, second]) expect(both.text).toContain(`/plans/${id}"`);
    expect(both.text).toContain("You can decide");
    ahead += 16 * 60_000;
    expect((await first.visitor.get(list)).text).toContain("No plan waits.");
  });

  it("shows many people by person, the flagged first, and finds one by name, email or board", async () => {
    const { trello } = desk.stack.sandbox.world;
    const admins = new Set(
      [...trello.boards.values()].flatMap(({ memberships }) =>
        memberships.flatMap((row) => (row.memberType === "admin" ? [row.idMember] : [])),
      ),
    );
    const rows = trello.workspaces.get(SEED.workspaces.standard.id)?.memberships ?? [];
    const people = rows
      .filter(
        ({ memberType, idMember }) =>
          memberType === "normal" && idMember !== SEED.leaver.id && !admins.has(idMember),
      )
      .slice(0, 6)
      .flatMap(({ idMember }) => trello.members.get(idMember) ?? []);
    const { visitor, plan } = await opened("offboard_member", {
      members: people.map(({ username }) => `@${username}`).join("\n"),
      rung: "workspaces",
    });
    const page = await visitor.get(visitor.landed);
    const found = (text: string) =>
      [...text.matchAll(/<details class="group" data-find="([^"]*)"/g)].map(([, find = ""]) => find);
    expect(found(page.text)).toHaveLength(people.length);
    for (const { id } of plan.effects) expect(page.text).toContain(id);
    expect(page.text).toContain(`${people.length} of ${people.length} shown`);
    const [wanted] = people;
    const one = found((await visitor.get(`${visitor.landed}?find=${wanted?.username ?? ""}`)).text);
    expect(one).toHaveLength(1);
    expect(one[0]).toContain(`@${wanted?.username ?? ""}`);
    expect(found((await visitor.get(`${visitor.landed}?find=nobody-has-this`)).text)).toEqual([]);
  });

  it("answers what is not there as not found, in the frame of the page", async () => {
    const { visitor } = await opened("remove_from_boards", {
      workspace: SEED.workspaces.enterprise.id,
      member: SEED.leaver.id,
    });
    const base = visitor.landed.replace(/\/plans.*/, "");
    for (const path of ["/plans/plan_none", "/runs/run_none", "/runs/run_none/evidence.html", "/nothing"]) {
      expect((await visitor.get(base + path)).status).toBe(404);
    }
    for (const asset of ["/page.css", "/page.js"]) expect((await visitor.get(base + asset)).status).toBe(200);
  });
});

describe("a plan that this page may not approve", () => {
  it("can be rejected, and says who may approve it", async () => {
    const named = await startDesk({ rules: { approvers: ["ciso@example.com"], weakest: "approval" } });
    try {
      const { plan } = await named.wait("remove_from_workspace", leaver);
      const visitor = await visit(named.opened[0] ?? "");
      const page = await visitor.get(visitor.landed);
      const forms = formsIn(page.text);
      expect(forms["approve"]).toBeUndefined();
      expect(page.text).toContain("This page cannot approve the plan.");
      expect(page.text).toContain("ciso@example.com");
      // The token of the other form, and a form made by hand, approve nothing.
      const made = { action: visitor.landed.concat("/approve"), fields: forms["reject"]!.fields };
      expect((await visitor.submit(made)).status).toBe(403);
      expect((await visitor.submit(forms["reject"]!)).status).toBe(303);
      expect((await named.stack.store.plans.get(plan.id))?.state).toBe("declined");
      expect(writesIn(named.stack.sandbox)).toEqual([]);
    } finally {
      await named.close();
    }
  });
});
