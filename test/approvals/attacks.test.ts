import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Plan } from "../../src/domain/plan.ts";
import { SEED } from "../../src/sandbox/index.ts";
import { writesIn } from "../support/stack.ts";
import {
  type DeskHarness,
  type Form,
  formsIn,
  send,
  startDesk,
  type Visitor,
  visit,
} from "./desk-harness.ts";

const leaver = { workspace: SEED.workspaces.standard.id, member: SEED.leaver.id };

let desk: DeskHarness;
let plan: Plan;
let other: Plan;
let url: string;
let visitor: Visitor;
let stranger: Visitor;
let approve: Form;
let reject: Form;

beforeAll(async () => {
  desk = await startDesk();
  ({ plan, url } = await desk.wait("remove_from_workspace", leaver));
  ({ plan: other } = await desk.wait("remove_from_boards", leaver));
  const [first = "", second = ""] = desk.opened;
  visitor = await visit(first);
  stranger = await visit(second);
  const forms = formsIn((await visitor.get(visitor.landed)).text);
  approve = forms["approve"] ?? { action: "", fields: {} };
  reject = forms["reject"] ?? { action: "", fields: {} };
});
afterAll(() => desk.close());

/** Nothing was decided and nothing was written. */
async function expectUndecided(): Promise<void> {
  for (const { id } of [plan, other]) {
    expect(await desk.stack.store.plans.get(id)).toMatchObject({ state: "waiting", decision: null });
  }
  expect(writesIn(desk.stack.sandbox)).toEqual([]);
}

const form = { "content-type": "application/x-www-form-urlencoded" };

describe("what decides nothing", () => {
  it("the address that opened the page, once it was visited", async () => {
    const again = await send(desk.opened[0] ?? "");
    expect(again.status).toBe(410);
    expect(again.headers["set-cookie"]).toBeUndefined();
    expect(again.text).toContain("used already");
    // Neither a look at the headers nor a prefetch spends an address.
    await desk.desk.present({ ...plan, id: plan.id.concat("x") });
    const address = desk.opened.at(-1) ?? "";
    expect((await send(address, { method: "HEAD" })).status).toBe(503);
    expect((await send(address, { headers: { "sec-purpose": "prefetch;prerender" } })).status).toBe(503);
    expect((await send(address)).status).toBe(303);
    await expectUndecided();
  });

  it("every address that the model is told, by every method", async () => {
    const told = [
      url,
      `${url}/approve`,
      `${url}/reject`,
      `${url}?approve=1`,
      new URL("/", url).href,
      new URL("/s/", url).href,
    ];
    for (const address of told) {
      for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
        for (const headers of [{}, { ...form, origin: visitor.origin }]) {
          const withBody =
            method === "GET" || method === "HEAD"
              ? {}
              : { body: new URLSearchParams(approve.fields).toString() };
          const answer = await send(address, { method, headers, ...withBody });
          expect([200, 403, 404, 405]).toContain(answer.status);
          expect(answer.headers["set-cookie"]).toBeUndefined();
          expect(answer.text).not.toContain("/s/");
        }
      }
    }
    expect((await send(url)).text).toContain("decides nothing");
    await expectUndecided();
  });

  it("GET, on every address of the page itself", async () => {
    for (const path of [
      approve.action,
      reject.action,
      `${approve.action}?${new URLSearchParams(approve.fields).toString()}`,
    ]) {
      expect(await visitor.get(path)).toMatchObject({ status: 303, headers: { location: visitor.landed } });
    }
    await expectUndecided();
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ["no token", { token: "" }],
    ["a guessed token", { token: "A".repeat(43) }],
    ["another digest", { digest: "0".repeat(64) }],
    ["no digest", { digest: "" }],
  ])("a form with %s", async (_name, fields) => {
    expect((await visitor.submit(approve, fields)).status).toBe(403);
    expect((await visitor.submit(reject, fields)).status).toBe(403);
    await expectUndecided();
  });

  it("the token of another form, plan or session", async () => {
    const theirs = formsIn((await stranger.get(stranger.landed)).text)["approve"];
    const otherPlan = formsIn((await visitor.get(visitor.landed.replace(plan.id, other.id))).text)["approve"];
    for (const fields of [reject.fields, theirs?.fields ?? {}, otherPlan?.fields ?? {}]) {
      expect((await visitor.submit({ action: approve.action, fields })).status).toBe(403);
    }
    // A session's path with the cookie of another session.
    const crossed = await send(visitor.origin + approve.action, {
      method: "POST",
      headers: { ...form, origin: visitor.origin, cookie: stranger.cookie },
      body: new URLSearchParams(approve.fields).toString(),
    });
    expect(crossed.status).toBe(403);
    await expectUndecided();
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ["no cookie", { cookie: "" }],
    ["a guessed cookie", { cookie: `identity_session=${"A".repeat(43)}` }],
    ["another site's Origin", { origin: "https://evil.example" }],
    ["the Origin of another port of this machine", { origin: "http://127.0.0.1:1" }],
    ["the Origin by name", { origin: "http://localhost:80" }],
    ["an opaque Origin", { origin: "null" }],
    ["a request that the browser calls cross-site", { "sec-fetch-site": "cross-site" }],
    ["a request of another port of this machine", { "sec-fetch-site": "same-site" }],
    ["another Host, as after DNS rebinding", { host: "evil.example" }],
    ["another Host with the right port", { host: "localhost:1" }],
    ["JSON instead of a form", { "content-type": "application/json" }],
    ["text instead of a form", { "content-type": "text/plain" }],
  ])("a form with %s", async (_name, headers) => {
    expect([403, 421]).toContain((await visitor.submit(approve, {}, headers)).status);
    await expectUndecided();
  });

  it("a form without an Origin", async () => {
    const answer = await send(visitor.origin + approve.action, {
      method: "POST",
      headers: { ...form, cookie: visitor.cookie },
      body: new URLSearchParams(approve.fields).toString(),
    });
    expect(answer.status).toBe(403);
    await expectUndecided();
  });

  it("guessed tickets, sessions and plans", async () => {
    for (const path of [
      "/open/",
      "/open/A",
      `/open/${"A".repeat(43)}`,
      `/s/${"A".repeat(43)}/`,
      "/plans/plan_1",
      "/plans/%00",
      "/s/%2e%2e/",
    ]) {
      const answer = await send(visitor.origin + path, { headers: { cookie: visitor.cookie } });
      expect([400, 403, 404, 410]).toContain(answer.status);
    }
    await expectUndecided();
  });

  it("a form that is too large, or no form at all", async () => {
    expect((await visitor.submit(approve, { typedName: "x".repeat(20_000) })).status).toBe(413);
    expect((await visitor.submit({ action: approve.action, fields: {} })).status).toBe(403);
    await expectUndecided();
  });
});

describe("every answer", () => {
  it("loads nothing from elsewhere, runs no script of a name, and is not framed or kept", async () => {
    const base = visitor.landed.replace(/\/plans.*/, "");
    const paths = [
      visitor.landed,
      `${base}/`,
      `${base}/runs`,
      `${base}/page.js`,
      "/page.css",
      "/open/none",
      "/none",
      `/plans/${plan.id}`,
    ];
    for (const path of paths) {
      const { headers, text } = await visitor.get(path);
      expect(headers).toMatchObject({
        "content-security-policy": expect.stringContaining("default-src 'none'") as string,
        "x-frame-options": "DENY",
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
        "referrer-policy": "same-origin",
      });
      const policy = String(headers["content-security-policy"]);
      for (const part of ["frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"])
        expect(policy).toContain(part);
      expect(policy).not.toContain("unsafe");
      expect(headers["x-powered-by"]).toBeUndefined();
      if (!String(headers["content-type"]).includes("html")) continue;
      expect(text).not.toMatch(/ style=| on[a-z]+=|<style|<script>|(src|href)="(https?:)?\/\//);
    }
    for (const dest of ["iframe", "frame", "embed", "object"]) {
      expect(
        (
          await send(visitor.origin + visitor.landed, {
            headers: { cookie: visitor.cookie, "sec-fetch-dest": dest },
          })
        ).status,
      ).toBe(403);
    }
  });

  it("keeps the session from every script and every other path and site", () => {
    expect(visitor.setCookie).toMatch(
      /^identity_session=[\w-]{43}; Path=\/s\/[\w-]{43}; HttpOnly; SameSite=Strict$/,
    );
    expect(visitor.landed).toBe(`${/Path=([^;]+)/.exec(visitor.setCookie)?.[1]}/plans/${plan.id}`);
    expect(stranger.setCookie).not.toBe(visitor.setCookie);
  });

  it("shows hostile names as text", async () => {
    const world = await startDesk();
    const evil = `<img src=x onerror=alert(1)> "><script>steal()</script> &amp; '`;
    const member = world.stack.sandbox.world.trello.members.get(SEED.leaver.id);
    if (!member) throw new Error("the leaver is a member");
    member.fullName = evil;
    try {
      await world.wait("remove_from_workspace", { ...leaver, reason: evil, ticket: evil });
      const there = await visit(world.opened[0] ?? "");
      const page = await there.get(there.landed);
      expect(page.text).toContain("&lt;script&gt;steal()");
      expect(page.text).not.toMatch(/<img|<script>|onerror=alert\(1\)>/);
    } finally {
      await world.close();
    }
  });
});

describe("the key", () => {
  it("is in no log", () => {
    const secrets = [
      ...desk.opened.map((address) => address.split("/open/")[1] ?? ""),
      visitor.cookie.split("=")[1] ?? "",
      visitor.landed.split("/")[2] ?? "",
    ];
    expect(secrets.every((secret) => secret.length === 43)).toBe(true);
    expect(desk.logged.length).toBeGreaterThan(0);
    for (const secret of secrets) expect(desk.logged.join("\n")).not.toContain(secret);
  });
});

describe("an agent that plans again and again", () => {
  it("opens three pages a minute, and three more a minute later", async () => {
    let ahead = 0;
    const flooded = await startDesk({ desk: { mostOpened: 3 }, nowMs: () => Date.now() + ahead });
    try {
      for (const expected of [1, 2, 3, 3, 3]) {
        await flooded.wait("remove_from_workspace", leaver);
        expect(flooded.opened).toHaveLength(expected);
      }
      ahead = 60_001;
      await flooded.wait("remove_from_workspace", leaver);
      expect(flooded.opened).toHaveLength(4);
    } finally {
      await flooded.close();
    }
  });
});

describe("two decisions at once", () => {
  it("count once: one run, whatever was sent twice", async () => {
    const answers = await Promise.all([visitor, visitor, visitor].map((each) => each.submit(approve)));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    for (const { status } of answers) expect([303, 409, 200]).toContain(status);
    const again = await visitor.submit(approve);
    expect(again.status).toBe(409);
    const run = await desk.desk.start(plan.id).catch(() => null);
    expect(run === null || run.state === "applied").toBe(true);
    const decided = (await desk.stack.store.audit.read({ limit: 1000 })).filter(
      ({ event, subject }) => event === "plan.decided" && subject === plan.id,
    );
    expect(decided).toHaveLength(1);
    expect(
      (await desk.stack.store.runs.list({ limit: 10 })).filter(({ planId }) => planId === plan.id),
    ).toHaveLength(1);
  });
});
