import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canonicalJson, type Json } from "../../src/domain/json.ts";
import { itemsOf, type SignOff, stateOf } from "../../src/domain/sign-off.ts";
import { writesIn } from "../support/stack.ts";
import { aReview } from "../store/fixtures.ts";
import { type DeskHarness, formsIn, send, startDesk, visit } from "./desk-harness.ts";

let desk: DeskHarness;
beforeAll(async () => {
  desk = await startDesk();
});
afterAll(() => desk.close());

let made = 0;

/** A named review of these people, opened in the browser of the machine's user. */
async function opened(
  names = ["Jo <b>Leaver</b>", "Ann Stays"],
  reviewers = ["user:it-admin"],
  more: Pick<SignOff, "items" | "due"> = {},
) {
  made += 1;
  const { stack } = desk;
  const one = aReview(`review_${made}`);
  const [row] = one.access.people;
  const people = names.map((name, n) => ({ ...row!, idMember: `m${n + 1}`, name, username: `u${n + 1}` }));
  const leaver = { idMember: "m1", label: names[0] ?? "", email: null };
  const review = {
    ...one,
    access: { ...one.access, people },
    findings: [
      {
        id: "f_1",
        kind: "dormant" as const,
        severity: "high" as const,
        confidence: "certain" as const,
        person: leaver,
        places: [{ idOrganization: "w1", name: "Operations", role: "normal", boards: [] }],
        evidence: ["Last seen <long> ago."],
        remedy: "remove" as const,
      },
    ],
  };
  await stack.store.reviews.put(review);
  const { signOffs } = stack.engine;
  await signOffs.start(
    review,
    { name: "Q4 <i>2026</i>", period: "2026-Q4", reviewers, ...more },
    stack.caller,
  );
  const { url } = await desk.desk.presentReview(review.id);
  const visitor = await visit(desk.opened.at(-1) ?? "");
  const page = await visitor.get(visitor.landed);
  const state = async () => stateOf((await signOffs.get(review.id))!);
  return { review, url: url ?? "", visitor, page, forms: formsIn(page.text), state };
}

const keepAll = { "d.m1.w1": "remove", "n.m1.w1": "Left", "d.m2.w1": "keep" };

describe("the page of a named review", () => {
  it("shows each person and place as text, findings first, and decides nothing at the agent's address", async () => {
    const { page, url, review, visitor } = await opened();
    expect(page.status).toBe(200);
    expect(page.text).toContain("Jo &lt;b&gt;Leaver&lt;/b&gt;");
    expect(page.text).toContain("Q4 &lt;i&gt;2026&lt;/i&gt;");
    expect(page.text).toContain("Last seen &lt;long&gt; ago.");
    expect(page.text.indexOf("With findings")).toBeLessThan(page.text.indexOf("Ann Stays"));
    expect(page.headers["content-security-policy"]).toContain("default-src 'none'");
    const told = await send(url);
    expect(told.status).toBe(200);
    expect(told.text).not.toContain("<form");
    expect(told.text).not.toContain("Ann Stays");
    const base = visitor.landed.replace(/\/reviews.*/, "");
    const list = await visitor.get(`${base}/reviews`);
    expect(list.text).toContain(`${base}/reviews/${review.id}`);
  });

  it("saves what was chosen, with note, who and when, and signs only when all is decided", async () => {
    const { forms, visitor, state, review } = await opened();
    expect(forms["sign"]).toBeUndefined();
    const until = { "d.m1.w1": "keep", "n.m1.w1": "On leave", "u.m1.w1": "2099-01-31" };
    expect((await visitor.submit(forms["save"]!, until)).status).toBe(303);
    const [kept] = (await state()).decisions.values();
    expect(kept).toMatchObject({ decision: "keep", note: "On leave", until: "2099-01-31", by: "it-admin" });
    expect(Date.parse(kept?.at ?? "")).not.toBeNaN();
    const path = visitor.landed;
    const second = await visitor.get(path);
    expect(formsIn(second.text)["sign"]).toBeUndefined();
    await visitor.submit(formsIn(second.text)["save"]!, keepAll);
    const ready = await visitor.get(path);
    const answer = await visitor.submit(formsIn(ready.text)["sign"]!);
    expect(answer.status).toBe(303);
    const after = await state();
    expect(after).toMatchObject({ isSigned: true, missing: [] });
    const closed = await visitor.get(path);
    expect(formsIn(closed.text)).not.toHaveProperty("save");
    const file = await visitor.get(`${path}/package.json`);
    const { signed } = JSON.parse(file.text) as { readonly signed: Json };
    const hash = createHash("sha256").update(canonicalJson(signed)).digest("hex");
    expect(after.signed.map((entry) => entry.hash)).toEqual([hash]);
    const records = await desk.stack.store.audit.read({ limit: 1000 });
    const facts = records.filter(({ event, subject }) => event === "review.signed" && subject === review.id);
    expect(facts.map((record) => record.facts)).toMatchObject([{ content: hash, by: "it-admin" }]);
    expect((await visitor.get(`${path}/package.md`)).text).toContain("Jo \\<b\\>Leaver\\</b\\>");
    expect(await desk.stack.store.audit.verify()).toMatchObject({ broken: null, changed: [] });
  });

  it.each([
    ["a change without a note", { "d.m1.w1": "change" }, "A change has no note"],
    ["a note without a decision", { "n.m1.w1": "hm" }, "Nothing is chosen for"],
    [
      "an end date without a reason",
      { "d.m1.w1": "keep", "u.m1.w1": "2099-01-01" },
      "the note gives the reason",
    ],
    [
      "an end date with a removal",
      { "d.m1.w1": "remove", "n.m1.w1": "x", "u.m1.w1": "2099-01-01" },
      "An end date is allowed only if the decision is",
    ],
    [
      "an end date that is past",
      { "d.m1.w1": "keep", "n.m1.w1": "x", "u.m1.w1": "2020-01-01" },
      "is not after",
    ],
    ["no such day", { "d.m1.w1": "keep", "n.m1.w1": "x", "u.m1.w1": "2099-02-30" }, "is not a day"],
  ])("refuses %s, keeps what was typed and saves nothing", async (_what, fields, said) => {
    const { forms, visitor, state } = await opened();
    const answer = await visitor.submit(forms["save"]!, { "d.m2.w1": "keep", ...fields });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain(said);
    expect(answer.text).toContain('value="keep" checked');
    expect((await state()).decisions.size).toBe(0);
  });

  it.each([
    ["save without a token", "save", { token: "" }, {}],
    ["save from another origin", "save", {}, { origin: "http://evil.example" }],
    ["a sign-off with another count", "sign", { seen: "7" }, {}],
    ["a sign-off without a token", "sign", { token: "x" }, {}],
  ])("refuses %s", async (_what, action, fields, headers) => {
    const { forms, visitor, state } = await opened();
    await visitor.submit(forms["save"]!, keepAll);
    const page = await visitor.get(visitor.landed);
    const before = (await state()).decisions;
    const answer = await visitor.submit(
      formsIn(page.text)[action]!,
      { "d.m1.w1": "keep", ...fields },
      headers,
    );
    expect(answer.status).toBe(403);
    expect(await state()).toMatchObject({ decisions: before, signed: [] });
  });

  it("takes no token of another review", async () => {
    const [one, other] = [await opened(), await opened()];
    const { token = "" } = one.forms["save"]!.fields;
    const answer = await other.visitor.submit(other.forms["save"]!, { ...keepAll, token });
    expect(answer.status).toBe(403);
    expect((await other.state()).decisions.size).toBe(0);
  });

  it("signs nothing if decisions were saved after the page was made", async () => {
    const { forms, visitor, state, review } = await opened();
    await visitor.submit(forms["save"]!, keepAll);
    const page = await visitor.get(visitor.landed);
    const change = [{ item: "m2.w1", decision: "remove" as const, note: null, until: null }];
    await desk.stack.engine.signOffs.decide(review.id, { by: "it-admin" }, change);
    const answer = await visitor.submit(formsIn(page.text)["sign"]!);
    expect(answer.status).toBe(409);
    expect((await state()).signed).toEqual([]);
  });

  it("undoes nothing that another page saved in the meantime", async () => {
    const { forms, visitor, state, review } = await opened();
    const change = [{ item: "m2.w1", decision: "remove" as const, note: "Other tab", until: null }];
    await desk.stack.engine.signOffs.decide(review.id, { by: "it-admin" }, change);
    await visitor.submit(forms["save"]!, { "d.m1.w1": "keep" });
    expect((await state()).decisions.get("m2.w1")).toMatchObject({ decision: "remove" });
    expect((await state()).decisions.get("m1.w1")).toMatchObject({ decision: "keep" });
  });

  it.each([
    ["an email, which no page on one machine proves", ["ada@example.com"]],
    ["another user", ["user:root"]],
    ["the name alone", ["it-admin"]],
  ])("lets the user of this machine only read if the reviewer is %s", async (_what, reviewers) => {
    const { page, forms, review, state } = await opened(["A", "B"], reviewers);
    expect(page.text).toContain("you are not one of the reviewers");
    expect(forms).toEqual({});
    const { signOffs } = desk.stack.engine;
    const decisions = [{ item: "m1.w1", decision: "keep" as const, note: null, until: null }];
    const word = { by: "it-admin" };
    await expect(signOffs.decide(review.id, word, decisions)).rejects.toMatchObject({
      code: "POLICY_DENIED",
    });
    await expect(signOffs.sign(review.id, word, 0)).rejects.toMatchObject({ code: "POLICY_DENIED" });
    expect((await state()).decisions.size).toBe(0);
  });

  it("marks an agent's proposals, which decide nothing", async () => {
    const { visitor, review, state } = await opened();
    const { engine, caller } = desk.stack;
    const decisions = [{ item: "m1.w1", decision: "remove" as const, note: "<b>gone</b>", until: null }];
    await engine.signOffs.propose(review.id, decisions, caller);
    const page = await visitor.get(visitor.landed);
    expect(page.text).toContain("Proposal of an agent");
    expect(page.text).toContain("&lt;b&gt;gone&lt;/b&gt;");
    expect(page.text).not.toContain(" checked");
    expect((await state()).decisions.size).toBe(0);
    const stranger = { item: "m9.w9", decision: "keep" as const, note: null, until: null };
    await expect(engine.signOffs.propose(review.id, [stranger], caller)).rejects.toMatchObject({
      code: "INPUT_INVALID",
    });
  });

  it("has pages of 50, finds people by words on all pages, and saves only what was on the page", async () => {
    const names = Array.from({ length: 120 }, (_, n) => `Person ${String(n).padStart(3, "0")} of IT`);
    const { page, visitor, forms, state, review } = await opened(names);
    expect(page.text.match(/<fieldset/g)).toHaveLength(50);
    const found = await visitor.get(`${visitor.landed}?q=operations+u118`);
    expect(found.text.match(/<fieldset/g)).toHaveLength(1);
    const third = await visitor.get(`${visitor.landed}?page=3`);
    expect(third.text.match(/<fieldset/g)).toHaveLength(20);
    await visitor.submit(forms["save"]!, { "d.m2.w1": "keep" });
    const open = await visitor.get(`${visitor.landed}?show=open&page=99`);
    expect(open.text.match(/<fieldset/g)).toHaveLength(19);
    expect((await state()).decisions.size).toBe(1);
    expect(itemsOf(review)).toHaveLength(120);
  });

  describe("with items for each reviewer", () => {
    const ada = { by: "Ada", subject: "https://id.example#7", email: "ada@x.yz" };
    const keep = (item: string) => ({ item, decision: "keep" as const, note: null, until: null });
    const shared = () =>
      opened(["Jo", "Ann", "Bo"], ["user:it-admin", "ada@x.yz"], {
        items: { "user:it-admin": ["m1.w1"], "ada@x.yz": ["m2.w1", "m3.w1"] },
        due: "2099-12-31",
      });

    it("shows a reviewer only the own items, and saves no decision about others", async () => {
      const { page, forms, visitor, state, review } = await shared();
      expect(page.text.match(/<fieldset/g)).toHaveLength(1);
      expect(page.text).not.toContain("Ann");
      expect(page.text).toContain("2099-12-31");
      await visitor.submit(forms["save"]!, { "d.m1.w1": "keep", "d.m2.w1": "remove" });
      expect([...(await state()).decisions.keys()]).toEqual(["m1.w1"]);
      const { signOffs } = desk.stack.engine;
      for (const [word, item] of [
        [{ by: "it-admin" }, "m2.w1"],
        [ada, "m1.w1"],
      ] as const)
        await expect(signOffs.decide(review.id, word, [keep(item)])).rejects.toMatchObject({
          code: "POLICY_DENIED",
        });
    });

    it("is signed when each has signed the own part; the others may decide meanwhile; the hashes are in the package", async () => {
      const { forms, visitor, state, review } = await shared();
      const { signOffs } = desk.stack.engine;
      await visitor.submit(forms["save"]!, { "d.m1.w1": "remove", "n.m1.w1": "Left" });
      const page = await visitor.get(visitor.landed);
      // What another reviewer saves is not on this page, so it does not matter to this sign-off.
      await signOffs.decide(review.id, ada, [keep("m2.w1")]);
      expect((await visitor.submit(formsIn(page.text)["sign"]!)).status).toBe(303);
      expect(await state()).toMatchObject({ isSigned: false, missing: ["ada@x.yz"] });
      const mine = await visitor.get(visitor.landed);
      expect(mine.text).toContain("You have signed");
      expect(formsIn(mine.text)).not.toHaveProperty("save");
      await expect(signOffs.decide(review.id, { by: "it-admin" }, [keep("m1.w1")])).rejects.toMatchObject({
        code: "CONFLICT",
      });
      await expect(signOffs.sign(review.id, ada, 1)).rejects.toThrow(/1 item/);
      await signOffs.decide(review.id, ada, [keep("m3.w1")]);
      await expect(signOffs.sign(review.id, ada, 1)).rejects.toThrow(/saved after this page/);
      await signOffs.sign(review.id, ada, 2);
      expect(await state()).toMatchObject({ isSigned: true, missing: [] });
      const file = await visitor.get(`${visitor.landed}/package.json`);
      const { signed, signOffs: all } = JSON.parse(file.text) as {
        readonly signed: {
          readonly signOff: { readonly items: Readonly<Record<string, readonly string[]>> };
          readonly entries: readonly { readonly decisions: readonly { readonly item: string }[] }[];
        };
        readonly signOffs: readonly { readonly reviewer: string; readonly hash: string }[];
      };
      for (const { reviewer, hash } of all) {
        const own = signed.signOff.items[reviewer] ?? [];
        const entries = signed.entries
          .map((entry) => ({ ...entry, decisions: entry.decisions.filter(({ item }) => own.includes(item)) }))
          .filter(({ decisions }) => decisions.length > 0);
        const content = { ...signed, entries, reviewer } as unknown as Json;
        expect(createHash("sha256").update(canonicalJson(content)).digest("hex")).toBe(hash);
      }
      expect(all).toHaveLength(2);
      expect(await desk.stack.store.audit.verify()).toMatchObject({ broken: null, changed: [] });
    });
  });

  it("changes nothing in Trello", () => {
    expect(writesIn(desk.stack.sandbox)).toEqual([]);
  });
});
