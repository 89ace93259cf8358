import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type PlannedEngine, startPlannedEngine } from "../../support/planned-engine.ts";
import { connectRaw, type RawPeer } from "../../support/raw-modern.ts";
import { createSmallServer } from "../../support/small-server.ts";

const ELICITS = { elicitation: { form: {} } };
const YES = { confirm: { action: "accept", content: { confirm: true } } };
const NO = { confirm: { action: "decline" } };
const remove = { name: "remove_thing", arguments: { thing: "x" } };

let planned: PlannedEngine;
let factory: ReturnType<typeof createSmallServer>["factory"];
const peers: RawPeer[] = [];

beforeEach(async () => {
  planned = await startPlannedEngine();
  ({ factory } = createSmallServer(planned));
});
afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.close()));
  await planned.close();
});

async function peer(capabilities: Record<string, unknown> = ELICITS): Promise<RawPeer> {
  const connected = await connectRaw(factory, capabilities);
  peers.push(connected);
  return connected;
}

/** The state that an honest question for this call carries. */
async function asked(from: RawPeer, call: Record<string, unknown> = remove): Promise<string> {
  const { result } = await from.callTool(call);
  expect(result?.resultType).toBe("input_required");
  return result?.requestState ?? "";
}

describe("answers of a 2026-era client", () => {
  it("count when they belong to the question", async () => {
    const client = await peer();
    const requestState = await asked(client);
    const { result } = await client.callTool({ ...remove, requestState, inputResponses: YES });
    expect(result?.structuredContent).toMatchObject({ status: "applied" });
    expect(planned.applied).toEqual(["plan_1"]);
  });

  it("are ignored when nobody asked: the person is asked", async () => {
    const client = await peer();
    const { result } = await client.callTool({ ...remove, inputResponses: YES });
    expect(result?.resultType).toBe("input_required");
    expect(planned.applied).toEqual([]);
  });

  it.each([
    ["made up", () => "v1.e30.AAAA"],
    ["no state at all", () => "yes"],
    ["altered", (state: string) => alter(state)],
    ["cut", (state: string) => state.slice(0, -4)],
  ])("are refused with a state that is %s", async (_name, forge) => {
    const client = await peer();
    const requestState = forge(await asked(client));
    const answer = await client.callTool({ ...remove, requestState, inputResponses: YES });
    expect(answer.error).toMatchObject({ code: -32602 });
    expect(planned.applied).toEqual([]);
    expect(await planned.stateOf("plan_1")).toBe("waiting");
  });

  it("are refused with the state of another process", async () => {
    const client = await peer();
    const other = await connectRaw(createSmallServer(planned).factory, ELICITS);
    peers.push(other);
    const requestState = await asked(other);
    const answer = await client.callTool({ ...remove, requestState, inputResponses: YES });
    expect(answer.error).toMatchObject({ code: -32602 });
    expect(planned.applied).toEqual([]);
  });

  it("do not carry over to other arguments: the person is asked about those", async () => {
    const client = await peer();
    const requestState = await asked(client);
    const { result } = await client.callTool({
      name: "remove_thing",
      arguments: { thing: "everything" },
      requestState,
      inputResponses: YES,
    });
    expect(result?.resultType).toBe("input_required");
    expect(planned.applied).toEqual([]);
    expect(planned.held).toEqual(["plan_1", "plan_2"]);
  });

  it.each([
    { name: "rename_thing", arguments: remove.arguments },
    { name: "apply_plan", arguments: { planId: "plan_1" } },
  ])("do not carry over to another tool: $name", async (other) => {
    const client = await peer();
    const requestState = await asked(client);
    const { result } = await client.callTool({ ...other, requestState, inputResponses: YES });
    expect(result?.resultType).toBe("input_required");
    expect(planned.applied).toEqual([]);
  });

  it("do not carry over to another principal", async () => {
    const client = await peer();
    const requestState = await asked(client);
    planned.options.principal = "other";
    const { result } = await client.callTool({ ...remove, requestState, inputResponses: YES });
    expect(result?.resultType).toBe("input_required");
    expect(planned.applied).toEqual([]);
  });

  it("count once: a replay finds the decision used", async () => {
    const client = await peer();
    const answer = { ...remove, requestState: await asked(client), inputResponses: YES };
    await client.callTool(answer);
    const { result } = await client.callTool(answer);
    expect(result).toMatchObject({
      isError: true,
      structuredContent: { error: { code: "CONFLICT", details: { runId: "run_1" } } },
    });
    expect(planned.applied).toEqual(["plan_1"]);
  });

  it("count once when the same answer comes many times at once", async () => {
    const client = await peer();
    const answer = { ...remove, requestState: await asked(client), inputResponses: YES };
    const answers = await Promise.all(Array.from({ length: 5 }, () => client.callTool(answer)));
    expect(answers.filter(({ result }) => result?.structuredContent?.["status"] === "applied")).toHaveLength(
      1,
    );
    expect(planned.applied).toEqual(["plan_1"]);
  });

  it("cannot turn a no into a yes", async () => {
    const client = await peer();
    const requestState = await asked(client);
    await client.callTool({ ...remove, requestState, inputResponses: NO });
    const { result } = await client.callTool({ ...remove, requestState, inputResponses: YES });
    expect(result).toMatchObject({
      isError: true,
      structuredContent: { error: { code: "CONFIRMATION_DECLINED" } },
    });
    expect(planned.applied).toEqual([]);
  });

  it("are asked for again where they are missing or are no answers", async () => {
    const client = await peer();
    const requestState = await asked(client);
    for (const inputResponses of [
      {},
      { confirm: "yes" },
      { confirm: { confirm: true } },
      { other: YES.confirm },
    ]) {
      const { result } = await client.callTool({ ...remove, requestState, inputResponses });
      expect(result?.resultType).toBe("input_required");
    }
    expect(planned.applied).toEqual([]);
    expect(planned.held).toHaveLength(1);
  });

  it("meet the plan's own expiry", async () => {
    const client = await peer();
    const requestState = await asked(client);
    planned.options.now = "2026-01-02T00:00:00.000Z";
    const { result } = await client.callTool({ ...remove, requestState, inputResponses: YES });
    expect(result).toMatchObject({
      isError: true,
      structuredContent: { error: { code: "CONFIRMATION_EXPIRED" } },
    });
    expect(planned.applied).toEqual([]);
  });
});

describe("a client that declares no elicitation", () => {
  it("cannot use the state of a client that does", async () => {
    const requestState = await asked(await peer());
    const mute = await peer({});
    const { result } = await mute.callTool({ ...remove, requestState, inputResponses: YES });
    expect(result?.structuredContent).toMatchObject({ status: "awaiting_confirmation" });
    expect(planned.applied).toEqual([]);
  });

  it("gets no protocol error for it", async () => {
    for (const capabilities of [{}, { elicitation: { url: {} } }, { sampling: {} }]) {
      const { error, result } = await (await peer(capabilities)).callTool(remove);
      expect(error).toBeUndefined();
      expect(result?.structuredContent).toMatchObject({ status: "awaiting_confirmation" });
    }
  });

  it("removes nobody by any sequence of calls", async () => {
    const stolen = await asked(await peer());
    const mute = await peer({});
    const planId = fc.oneof(
      fc.integer({ min: 1, max: 30 }).map((n) => `plan_${n}`),
      fc.string(),
    );
    const step = fc.record(
      {
        call: fc.oneof(
          fc.record({
            name: fc.constant("remove_thing"),
            arguments: fc.record({ thing: fc.constantFrom("x", "y") }),
          }),
          fc.record({ name: fc.constant("apply_plan"), arguments: fc.record({ planId }) }),
        ),
        inputResponses: fc.constantFrom(YES, NO, {}),
        requestState: fc.constantFrom(stolen, "v1.e30.AAAA", "", alter(stolen)),
      },
      { requiredKeys: ["call"] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        for (const { call, ...extra } of steps) await mute.callTool({ ...call, ...extra });
        expect(planned.applied).toEqual([]);
        expect(planned.decisions).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

/** Another payload under the old signature. */
function alter(state: string): string {
  const [version, body = "", signature] = state.split(".");
  const payload = Buffer.from(body, "base64url").toString("utf8").replace("plan_1", "plan_2");
  return [version, Buffer.from(payload).toString("base64url"), signature].join(".");
}
