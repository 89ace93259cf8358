import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SEED } from "../../src/sandbox/index.ts";
import { reportOf } from "../../src/report/record.ts";
import { writesIn } from "../support/stack.ts";
import { createPerson, formsOf, type Person } from "../approvals/person.ts";
import { type ServiceHarness, startService } from "../approvals/service-harness.ts";

const boards = (workspace: { readonly id: string }) => ({ workspace: workspace.id, member: SEED.leaver.id });
const NAME = "Jonas Lindqvist";

let service: ServiceHarness;
const planOf = async (id: string) => await service.store.plans.get(id);

/** A plan that waits, and its public address. */
async function waiting(tool = "remove_from_boards", args: object = boards(SEED.workspaces.enterprise)) {
  const answer = await service.callTool("ada", tool, args);
  expect(answer).toMatchObject({ status: "awaiting_confirmation" });
  const planId = String(answer["planId"]);
  expect(answer["approvalUrl"]).toBe(`${service.publicUrl}/approvals/plans/${planId}`);
  expect(answer["next"]).toContain(String(answer["approvalUrl"]));
  return { planId, url: String(answer["approvalUrl"]) };
}

/** Visits an address without a session, takes the link to sign in, and signs in. */
async function enter(person: Person, url: string, name: string) {
  const before = await person.get(url);
  expect(before.status).toBe(401);
  const link = /href="([^"]*sign-in[^"]*)"/.exec(before.text)?.[1] ?? "";
  return await person.signIn(new URL(link.replaceAll("&amp;", "&"), url).href, name);
}

describe("with a list of approvers, and two processes", () => {
  beforeAll(async () => {
    service = await startService({
      policy:
        "confirmation: { default: four_eyes }\napprovers: { emails: [eva@example.com, ada@example.com] }\n",
      env: { IDENTITY_TOOLSETS: "directory,membership,offboarding,scim,reviews" },
    });
  });
  afterAll(() => service.close());

  test("the address that an agent gets shows nothing and decides nothing without a sign-in", async () => {
    const { planId, url } = await waiting();
    const origin = new URL(url).origin;
    const token = await service.provider.token({
      aud: `${origin}/mcp`,
      sub: "eva",
      scope: "identity:approve",
    });
    const nobody = createPerson();
    for (const path of ["", "/approve", "/reject", "/../../", "/../../runs"]) {
      const answer = await nobody.get(url + path);
      expect(answer.status).toBe(401);
      expect(answer.text).not.toMatch(new RegExp(`${NAME}|<form|${planId}\\b.*Offboard`));
    }
    for (const action of ["approve", "reject"]) {
      const form = { action: `${url}/${action}`, fields: { token: "x", digest: "x" } };
      for (const headers of [
        {},
        { authorization: `Bearer ${token}` },
        { cookie: "identity_approver=guess" },
      ]) {
        const answer = await nobody.submit(url, form, {}, headers);
        expect(answer.status).toBe(401);
        expect(answer.text).toContain("Nothing was decided");
      }
    }
    expect(await planOf(planId)).toMatchObject({ state: "waiting", decision: null });
  });

  test("a second person decides on either process; the waiting call of the agent answers; evidence and audit say who", async () => {
    const { planId, url } = await waiting("remove_from_workspace", boards(SEED.workspaces.standard));
    const agent = service.callTool("ada", "apply_plan", { planId });
    const eva = createPerson();
    const page = await enter(eva, url, "eva");
    expect(page).toMatchObject({ status: 200 });
    for (const text of [NAME, "You are <bdi>eva of IT", "Asked by", "ada of IT"])
      expect(page.text).toContain(text);
    // The other process has never seen this browser.
    service.answering = 1;
    const there = await eva.get(url);
    expect(formsOf(there)).toEqual(formsOf(page));
    expect((await eva.submit(url, formsOf(page)["approve"]!)).status).toBe(303);
    expect(await agent).toMatchObject({ status: "applied" });
    service.answering = 0;
    expect((await eva.get(url)).text).toContain("<h2>PASS</h2>");
    const stored = await planOf(planId);
    const subject = `${service.provider.issuer}#eva`;
    expect(stored?.decision).toMatchObject({ level: "four_eyes", subject, email: "eva@example.com" });
    const run = await service.store.runs.get(stored?.runId ?? "");
    const [record] = run ? reportOf(run).runs : [];
    expect(record?.decision?.restsOn).toBe(
      `a sign-in as ${subject}, allowed by the approvers' list of the policy`,
    );
    const events = await service.store.audit.read({ limit: 1000 });
    expect(
      events.find(({ event, subject: of }) => event === "plan.decided" && of === planId)?.facts,
    ).toMatchObject({
      by: "eva of IT <eva@example.com>",
      subject,
      level: "four_eyes",
    });
  });

  test("a named review is decided and signed by its reviewer alone, who signed in", async () => {
    const workspaces = [SEED.workspaces.standard.id];
    const asked = { name: "Q4", workspaces, reviewers: ["Joe@example.com"] };
    const { reviewId, page } = await service.callTool("ada", "start_review", asked);
    const url = String(page);
    expect(url).toBe(`${service.publicUrl}/approvals/reviews/${String(reviewId)}`);
    // The person who asked may read, an approver too; neither decides.
    for (const name of ["ada", "eva"]) {
      const read = await enter(createPerson(), url, name);
      expect(read.text).toContain("you are not one of the reviewers");
      expect(formsOf(read)["save"]).toBeUndefined();
    }
    expect((await enter(createPerson(), url, "zoe")).status).toBe(404);
    const joe = createPerson();
    const open = await enter(joe, url, "joe");
    const fields = [...open.text.matchAll(/name="(d\.[^"]+)" value="keep"/g)].map(([, name = ""]) => name);
    expect(fields.length).toBeGreaterThan(5);
    // A stranger has no token for the form, and no form of another person counts.
    const keep = Object.fromEntries(fields.map((name) => [name, "keep"]));
    const zoe = createPerson();
    await enter(zoe, url, "zoe");
    expect((await zoe.submit(url, formsOf(open)["save"]!, keep)).status).toBe(404);
    service.answering = 1;
    expect((await joe.submit(url, formsOf(open)["save"]!, keep)).status).toBe(303);
    service.answering = 0;
    expect((await joe.submit(url, formsOf(await joe.get(url))["sign"]!)).status).toBe(303);
    expect(await service.callTool("ada", "get_review", { reviewId })).toMatchObject({
      state: "signed",
      missing: [],
      signed: [{ reviewer: "joe@example.com", by: "joe of IT <joe@example.com>" }],
    });
    expect((await service.store.audit.verify()).changed).toEqual([]);
  });

  test("the person who asked is told who may, and may only withdraw", async () => {
    const { planId, url } = await waiting();
    const ada = createPerson();
    const page = await enter(ada, url, "ada");
    expect(page.text).toContain("You asked for this plan yourself");
    expect(page.text).toContain("eva@example.com");
    const { reject, approve, ...others } = formsOf(page);
    expect(approve).toBeUndefined();
    expect(Object.keys(others)).toEqual(["sign-out"]);
    const forged = { action: reject!.action.replace(/reject$/, "approve"), fields: reject!.fields };
    expect((await ada.submit(url, forged)).status).toBe(403);
    expect((await planOf(planId))?.state).toBe("waiting");
    expect((await ada.submit(url, reject!, { reason: "Not yet" })).status).toBe(303);
    expect(await planOf(planId)).toMatchObject({
      state: "declined",
      decision: { reason: "Not yet", withdrawn: true },
    });
    expect(page.text).toContain(">Withdraw</button>");
  });

  test("a stranger who signs in sees no plan, no run and no list, and is told who may", async () => {
    const { planId, url } = await waiting();
    const joe = createPerson();
    const page = await enter(joe, url, "joe");
    expect(page.status).toBe(403);
    expect(page.text).toContain("You may not decide about this plan");
    expect(page.text).toContain("eva@example.com, ada@example.com");
    expect(Object.keys(formsOf(page))).toEqual(["sign-out"]);
    const pages = new URL("../", url).href;
    const seen = [page, await joe.get(pages), await joe.get(`${pages}runs`)];
    for (const { text } of seen) expect(text).not.toContain(NAME);
    const eva = createPerson();
    const { approve, reject } = formsOf(await enter(eva, url, "eva"));
    for (const form of [approve!, reject!]) expect((await joe.submit(url, form)).status).toBe(403);
    expect((await planOf(planId))?.state).toBe("waiting");
  });

  test("forms of other pages, frames, other hosts and made-up sessions do nothing", async () => {
    const { planId, url } = await waiting();
    const eva = createPerson();
    const { approve } = formsOf(await enter(eva, url, "eva"));
    const tries: readonly (readonly [Readonly<Record<string, string>>, Readonly<Record<string, string>>])[] =
      [
        [{ token: "" }, {}],
        [{ token: "A".repeat(43) }, {}],
        [{ digest: "0" }, {}],
        [{}, { origin: "https://evil.example" }],
        [{}, { origin: "null" }],
        [{}, { origin: "http://localhost:6274" }],
        [{}, { "sec-fetch-site": "cross-site" }],
        [{}, { "sec-fetch-dest": "iframe" }],
        [{}, { host: "evil.example" }],
      ];
    for (const [fields, headers] of tries) {
      const { status } = await eva.submit(url, approve!, fields, headers);
      expect([fields, headers, status >= 400]).toEqual([fields, headers, true]);
    }
    const framed = await eva.get(url);
    expect(framed.headers["content-security-policy"]).toContain("frame-ancestors 'none'");
    expect(framed.headers["access-control-allow-origin"]).toBeUndefined();
    expect((await planOf(planId))?.state).toBe("waiting");
  });

  test("a sign-in belongs to one browser, once, and leads to these pages only", async () => {
    const { url } = await waiting();
    const eva = createPerson();
    await enter(eva, url, "eva");
    const callback = eva.visited.find((address) => address.includes("/callback?")) ?? "";
    const victim = createPerson();
    for (const person of [victim, eva]) {
      const again = await person.get(callback);
      expect(again.status).toBe(403);
      expect(again.text).toContain("began in another browser");
    }
    expect([...victim.cookies.keys()]).not.toContain("identity_approver");
    const pages = new URL("../", url).href;
    for (const to of [
      "https://evil.example",
      "//evil.example",
      "/\\evil.example",
      "/plans/../../x",
      "/plans/a?b",
    ]) {
      const person = createPerson();
      const landed = await person.signIn(`${pages}sign-in?to=${encodeURIComponent(to)}`, "eva");
      expect(landed.status).toBe(200);
      expect(person.visited.at(-1)).toBe(pages);
    }
    const tampered = createPerson();
    const answer = await tampered.get(`${pages}sign-in?to=/`);
    const state = new URL(String(answer.headers["location"])).searchParams.get("state");
    const [name = "", value = ""] = [...tampered.cookies].find(([key]) => key === "identity_sign_in") ?? [];
    const [text = ""] = value.split(".");
    tampered.keep(name, `${text}.${"A".repeat(43)}`);
    expect((await tampered.get(`${pages}callback?code=x&state=${state}`)).status).toBe(403);
  });

  test("cookies are for these pages, not for scripts, and not for other sites' forms", async () => {
    const { url } = await waiting();
    const person = createPerson();
    const { headers } = await person.get(new URL("../sign-in", url).href);
    expect(String(headers["set-cookie"])).toMatch(/; Path=\/approvals; .*HttpOnly; SameSite=Lax$/);
    expect(String(headers["set-cookie"])).toMatch(/Max-Age=600/);
  });

  test("who signs out is signed out on every process; who waits too long signs in again", async () => {
    const { planId, url } = await waiting();
    const eva = createPerson();
    const page = await enter(eva, url, "eva");
    const cookie = eva.cookies.get("identity_approver") ?? "";
    const id = createHash("sha256").update(cookie).digest("hex");
    const now = new Date().toISOString();
    const session = await service.store.pageSessions.get(id, now);
    // The store has the session, and neither the cookie nor a token of the issuer.
    expect(JSON.stringify(session)).not.toContain(cookie);
    expect(Object.keys(session ?? {}).sort()).toEqual(["expiresAt", "formKey", "mayApprove", "person"]);
    const out = await eva.submit(url, formsOf(page)["sign-out"]!);
    expect(out.text).toContain("You are signed out");
    eva.keep("identity_approver", cookie);
    service.answering = 1;
    expect((await eva.get(url)).status).toBe(401);
    expect((await eva.submit(url, formsOf(page)["approve"]!)).status).toBe(401);
    service.answering = 0;
    if (session) await service.store.pageSessions.put(id, { ...session, expiresAt: now }, now);
    expect((await eva.get(url)).status).toBe(401);
    const late = await eva.submit(url, formsOf(page)["reject"]!);
    expect(late.text).toContain("Your sign-in has ended");
    expect((await planOf(planId))?.state).toBe("waiting");
  });

  test("after all that, the audit log is whole and one run was made", async () => {
    expect(await service.store.audit.verify()).toMatchObject({ broken: null, changed: [] });
    expect(await service.store.runs.list({ limit: 10 })).toHaveLength(1);
    const secrets = /code_verifier|id_token|eyJ[\w-]{20}|identity_approver=/;
    for (const replica of service.replicas) expect(replica.log()).not.toMatch(secrets);
  });
});

describe("without a list, with a public client", () => {
  beforeAll(async () => {
    service = await startService({
      mayApprove: ["ada"],
      isPublic: true,
      env: { IDENTITY_CONFIRMATION: "approval" },
    });
  });
  afterAll(() => service.close());

  test("the issuer's scope decides who may; at `approval` that may be the person who asked", async () => {
    const { planId, url } = await waiting();
    const writes = writesIn(service.sandbox).length;
    const joe = createPerson();
    const refused = await enter(joe, url, "joe");
    expect(refused.status).toBe(403);
    expect(refused.text).toContain("people to whom the issuer gives the scope identity:approve");
    const ada = createPerson();
    const page = await enter(ada, url, "ada");
    expect(writesIn(service.sandbox)).toHaveLength(writes);
    expect((await ada.submit(url, formsOf(page)["approve"]!)).status).toBe(303);
    expect(await service.callTool("ada", "apply_plan", { planId })).toMatchObject({
      status: "applied",
      decided: expect.stringMatching(/#ada, allowed by identity:approve\)\.$/) as string,
    });
    expect((await planOf(planId))?.decision).toMatchObject({ level: "approval", scope: "identity:approve" });
  });

  test("who asked without the scope sees the plan, and is told what is missing", async () => {
    const answer = await service.callTool("zoe", "remove_from_boards", boards(SEED.workspaces.standard));
    const url = String(answer["approvalUrl"]);
    const zoe = createPerson();
    const page = await enter(zoe, url, "zoe");
    expect(page.text).toContain(NAME);
    expect(page.text).toContain("does not have the scope identity:approve");
    expect(formsOf(page)["approve"]).toBeUndefined();
  });
});
