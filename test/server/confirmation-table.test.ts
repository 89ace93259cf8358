import { afterEach, describe, expect, it } from "vitest";
import { createQuestionKeys } from "../../src/cli/support/question-keys.ts";
import type { ConfirmationLevel } from "../../src/domain/confirmation.ts";
import type { Plan } from "../../src/domain/plan.ts";
import type { Json } from "../../src/domain/json.ts";
import { type PlannedEngine, profileChange, startPlannedEngine } from "../support/planned-engine.ts";
import { connectRaw, type RawAnswer, type RawPeer } from "../support/raw-modern.ts";
import { createSmallServer } from "../support/small-server.ts";

// docs/confirmation.md: client capability x level -> what happens. A cell a test, and each tries to get round it.

const CLIENTS = {
  "no elicitation": {},
  form: { elicitation: { form: {} } },
  "an elicitation without modes": { elicitation: {} },
  "URL only": { elicitation: { url: {} } },
} as const;
type ClientName = keyof typeof CLIENTS;

const YES = { confirm: { action: "accept", content: { confirm: true } } };
const remove = { name: "remove_thing", arguments: { thing: "x" } };

let planned: PlannedEngine;
let peer: RawPeer;
let presented: string[];
afterEach(async () => {
  await peer.close();
  await planned.close();
});

async function connect(client: ClientName, level: ConfirmationLevel | "none"): Promise<void> {
  planned = await startPlannedEngine(
    level === "none" ? { effects: [profileChange("new")] } : { requires: level },
  );
  presented = [];
  const { factory } = createSmallServer(planned, {
    patience: { decisionMs: 20, runMs: 20_000 },
    approvals: {
      async present({ id }: Plan) {
        presented.push(id);
        return { url: `http://127.0.0.1:9/plans/${id}`, opened: true };
      },
      start: (id) => planned.engine.apply(id, { client: "page", subject: null }),
      command: () => null,
    },
  });
  peer = await connectRaw(factory, CLIENTS[client]);
}

const call = (more: Readonly<Record<string, unknown>> = {}): Promise<RawAnswer> =>
  peer.callTool({ ...remove, ...more });
const apply = (planId: string): Promise<RawAnswer> =>
  peer.callTool({ name: "apply_plan", arguments: { planId } });
const statusOf = ({ result }: RawAnswer): unknown => result?.structuredContent?.["status"];

const ALL = Object.keys(CLIENTS) as ClientName[];
const ASKING: readonly ClientName[] = ["form", "an elicitation without modes"];

describe.each(ALL)("a client with %s", (client) => {
  it("does at once what needs nobody", async () => {
    await connect(client, "none");
    expect(statusOf(await call())).toBe("applied");
    expect(presented).toEqual([]);
  });

  it("decides `two_step` itself, by apply_plan and not before", async () => {
    await connect(client, "two_step");
    expect(statusOf(await call({ inputResponses: YES }))).toBe("awaiting_confirmation");
    expect(planned.applied).toEqual([]);
    expect(statusOf(await apply("plan_1"))).toBe("applied");
    expect(planned.decisions).toMatchObject([{ level: "two_step" }]);
  });

  it("at `client`: asks where it can, else waits for the page", async () => {
    await connect(client, "client");
    const first = await call({ inputResponses: YES });
    expect(planned.applied).toEqual([]);
    if (ASKING.includes(client)) {
      expect(first.result?.resultType).toBe("input_required");
      expect(presented).toEqual([]);
      const { requestState } = first.result ?? {};
      expect(statusOf(await call({ requestState, inputResponses: YES }))).toBe("applied");
      expect(planned.decisions).toMatchObject([{ level: "client", accepted: true }]);
      return;
    }
    expect(statusOf(first)).toBe("awaiting_confirmation");
    expect(presented).toEqual(["plan_1"]);
    expect(statusOf(await apply("plan_1"))).toBe("awaiting_confirmation");
    await expectOnlyPageDecides("approval");
  });

  it("at `approval`: waits for the page, and is not asked", async () => {
    await connect(client, "approval");
    expect(statusOf(await call({ inputResponses: YES }))).toBe("awaiting_confirmation");
    expect(presented).toEqual(["plan_1"]);
    expect(statusOf(await apply("plan_1"))).toBe("awaiting_confirmation");
    expect(planned.applied).toEqual([]);
    // The weaker levels are refused, whoever says them.
    for (const level of ["two_step", "client"] as const) {
      await expect(
        planned.engine.decide("plan_1", { accepted: true, level, by: "agent" }),
      ).rejects.toMatchObject({
        code: "CONFIRMATION_PENDING",
      });
    }
    await expectOnlyPageDecides("approval");
  });

  it("at `four_eyes`: waits, and an approval of one person is not enough", async () => {
    await connect(client, "four_eyes");
    expect(statusOf(await call({ inputResponses: YES }))).toBe("awaiting_confirmation");
    await expect(
      planned.engine.decide("plan_1", { accepted: true, level: "approval", by: "it-admin" }),
    ).rejects.toMatchObject({ code: "CONFIRMATION_PENDING" });
    expect(statusOf(await apply("plan_1"))).toBe("awaiting_confirmation");
    expect(planned.applied).toEqual([]);
  });

  it.each(["client", "approval"] as const)("a no at `%s` executes nothing", async (level) => {
    await connect(client, level);
    await call();
    await planned.engine.decide("plan_1", {
      accepted: false,
      level: "approval",
      by: "it-admin",
      reason: "Not her",
    });
    const answer = await apply("plan_1");
    expect(answer.result).toMatchObject({
      isError: true,
      structuredContent: {
        error: { code: "CONFIRMATION_DECLINED", message: expect.stringContaining("Not her") as string },
      },
    });
    expect(planned.applied).toEqual([]);
  });
});

async function expectOnlyPageDecides(level: "approval"): Promise<void> {
  expect(planned.applied).toEqual([]);
  await planned.engine.decide("plan_1", { accepted: true, level, by: "it-admin" });
  expect(["applied", "running"]).toContain(statusOf(await apply("plan_1")));
  await expect.poll(() => planned.applied).toEqual(["plan_1"]);
}

describe("the keys of questions", () => {
  it("are one for every process and after a restart, rotate daily, and keep the one before", async () => {
    const facts = new Map<string, Json>();
    const store = {
      facts: {
        get: async (key: string) => facts.get(key) ?? null,
        set: async (key: string, value: Json) => void facts.set(key, value),
        setOnce: async () => true,
      },
    };
    let now = 0;
    const one = createQuestionKeys(store, () => now);
    const first = await one();
    expect(first).toHaveLength(1);
    expect(await createQuestionKeys(store, () => now)()).toEqual(first);
    now += 86_400_000;
    const second = await one();
    expect(second).toHaveLength(2);
    expect(second[1]).toBe(first[0]);
    now += 86_400_000;
    expect((await one())[1]).toBe(second[0]);
  });

  it("a question is good in another process on the same keys, once, and for its own client only", async () => {
    planned = await startPlannedEngine();
    const keys = ["newest".repeat(8), "before".repeat(8)];
    const server = (own: readonly string[]) =>
      createSmallServer(planned, { questionKeys: () => Promise.resolve(own) }).factory;
    const old = await connectRaw(server(keys.slice(1)), CLIENTS.form);
    const asked = await old.callTool(remove);
    await old.close();
    const { requestState } = asked.result ?? {};
    const stranger = await connectRaw(server(["other".repeat(8)]), CLIENTS.form);
    expect((await stranger.callTool({ ...remove, requestState, inputResponses: YES })).error).toBeDefined();
    await stranger.close();
    const thief = await connectRaw(server(keys), CLIENTS.form, "another");
    expect((await thief.callTool({ ...remove, requestState, inputResponses: YES })).error).toBeDefined();
    await thief.close();
    peer = await connectRaw(server(keys), CLIENTS.form);
    expect(planned.applied).toEqual([]);
    expect(statusOf(await peer.callTool({ ...remove, requestState, inputResponses: YES }))).toBe("applied");
    const again = await peer.callTool({ ...remove, requestState, inputResponses: YES });
    expect(statusOf(again)).not.toBe("applied");
    expect(planned.applied).toHaveLength(1);
  });
});
