import { describe, expect, it } from "vitest";
import type { Progress, Question } from "../../support/client.ts";
import { KINDS, smallClients } from "../../support/small-client.ts";
import { removal } from "../../support/planned-engine.ts";
import { sayYes } from "../../support/matrix.ts";

const start = smallClients();

describe.each(KINDS)("a destructive tool, $sdk client of the $era era", (kind) => {
  it("asks the person, then applies once and tells the evidence", async () => {
    const questions: Question[] = [];
    const { client, applied, decisions } = await start(
      kind,
      {},
      {
        name: "desk",
        elicit: (question) => {
          questions.push(question);
          return sayYes();
        },
      },
    );
    const reply = await client.call("remove_thing", { thing: "x" });
    expect(reply.isError).toBe(false);
    expect(reply.structured).toMatchObject({
      status: "applied",
      runId: "run_1",
      run: {
        state: "applied",
        total: 1,
        applied: 1,
        failed: 0,
        evidence: { result: "PASS", unfinished: [] },
      },
    });
    expect(applied).toEqual(["plan_1"]);
    expect(decisions).toMatchObject([{ accepted: true, level: "client", by: "the person at desk/1.0.0" }]);
    expect(questions).toHaveLength(1);
    expect(questions[0]?.requestedSchema).toMatchObject({
      properties: { confirm: { type: "boolean" } },
      required: ["confirm"],
    });
    const message = questions[0]?.message ?? "";
    for (const part of [
      "Remove Jane Doe from 1 board.",
      "Remove Jane Doe from board Roadmap",
      "Loses Confluence.",
      "only admin of Roadmap",
      "Private boards of Acme.",
      "Asked by desk/1.0.0 as ",
      "2026-01-01T00:15:00.000Z",
    ]) {
      expect(message).toContain(part);
    }
  });

  it.each([
    { name: "decline", reply: { action: "decline" as const } },
    { name: "cancel", reply: { action: "cancel" as const } },
    { name: "accept without a yes", reply: { action: "accept" as const, content: { confirm: false } } },
  ])("takes $name for a no", async ({ reply }) => {
    const { client, applied, stateOf } = await start(kind, {}, { elicit: () => reply });
    const answer = await client.call("remove_thing", { thing: "x" });
    expect(answer.structured).toMatchObject({ status: "declined", planId: "plan_1" });
    expect(applied).toEqual([]);
    expect(await stateOf("plan_1")).toBe("declined");
    const later = await client.call("apply_plan", { planId: "plan_1" });
    expect(later).toMatchObject({ isError: true, structured: { error: { code: "CONFIRMATION_DECLINED" } } });
    expect(applied).toEqual([]);
  });

  it("asks for the name where the plan says so, and takes no other", async () => {
    const typed: string[] = ["Jane Do", "Jane Doe"];
    const questions: Question[] = [];
    const { client, applied } = await start(
      kind,
      { typedName: "Jane Doe" },
      {
        elicit: (question) => {
          questions.push(question);
          return { action: "accept", content: { confirm: true, typedName: typed.shift() ?? "" } };
        },
      },
    );
    expect((await client.call("remove_thing", { thing: "x" })).structured).toMatchObject({
      status: "declined",
    });
    expect(applied).toEqual([]);
    expect((await client.call("remove_thing", { thing: "x" })).structured).toMatchObject({
      status: "applied",
    });
    expect(applied).toEqual(["plan_2"]);
    expect(questions[0]?.requestedSchema.required).toEqual(["confirm", "typedName"]);
  });

  it("shows what cannot be undone before everything else", async () => {
    const questions: Question[] = [];
    const effects = Array.from({ length: 40 }, (_, index) => ({
      ...removal(`board ${index}`, index),
      reversible: index !== 39,
    }));
    const { client } = await start(
      kind,
      { effects },
      {
        elicit: (question) => {
          questions.push(question);
          return sayYes();
        },
      },
    );
    await client.call("remove_thing", { thing: "x" });
    const lines = questions[0]?.message.split("\n") ?? [];
    expect(lines).toContain("Changes (40, 1 cannot be undone):");
    expect(lines[lines.indexOf("Changes (40, 1 cannot be undone):") + 1]).toBe(
      "- Remove board 39 from board Roadmap (cannot be undone)",
    );
    // Nobody else is left out.
    expect(lines).toContain("- Remove 39 people from boards:");
    for (let n = 0; n < 39; n += 1) expect(lines).toContain(`* board ${n}: 1 board`);
  });

  it("shows the person no list without an end, and says how much is not shown", async () => {
    const questions: Question[] = [];
    const { client } = await start(
      kind,
      { warnings: Array.from({ length: 1000 }, (_, n) => `warning ${n} ${"x".repeat(10_000)}`) },
      {
        elicit: (question) => {
          questions.push(question);
          return sayYes();
        },
      },
    );
    await client.call("remove_thing", { thing: "x" });
    const message = questions[0]?.message ?? "";
    expect(message).toContain("- and 800 more");
    expect(message.length).toBeLessThan(70_000);
  });

  it("passes progress on", async () => {
    const seen: Progress[] = [];
    const effects = ["a", "b", "c"].map(removal);
    const { client } = await start(kind, { effects }, { elicit: sayYes });
    await client.call("remove_thing", { thing: "x" }, { onProgress: (progress) => seen.push(progress) });
    // A 2026-era client adds a tick of its own for the round of the question.
    const told = seen.filter(({ total }) => total !== undefined);
    expect(told).toMatchObject([1, 2, 3].map((progress) => ({ progress, total: 3 })));
    // The three go abreast, so any may be done first.
    expect(new Set(told.map(({ message }) => message))).toEqual(
      new Set(["a", "b", "c"].map((name) => `Remove ${name} from board Roadmap`)),
    );
  });
});
