import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createQuestionKeys } from "../../../src/cli/support/question-keys.ts";
import type { Store } from "../../../src/store/store.ts";
import { newFolder } from "../../store/backends.ts";
import { type PlannedEngine, startPlannedEngine } from "../../support/planned-engine.ts";
import { connectRaw, type RawPeer } from "../../support/raw-modern.ts";
import { createSmallServer } from "../../support/small-server.ts";
import { openStoreAt } from "../../support/wiring.ts";

const ELICITS = { elicitation: { form: {} } };
const YES = { confirm: { action: "accept", content: { confirm: true } } };
const NO = { confirm: { action: "decline" } };
const remove = { name: "remove_thing", arguments: { thing: "x" } };
const DAY_MS = 86_400_000;

let planned: PlannedEngine;
let place: string;
let now: number;
const stores: Store[] = [];
const peers: RawPeer[] = [];
beforeEach(async () => {
  planned = await startPlannedEngine();
  place = join(await newFolder(), "keys.db");
  now = Date.parse("2026-03-01T12:00:00Z");
});
afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.close()));
  await Promise.all(stores.splice(0).map((store) => store.close()));
  await planned.close();
});

/** A client of a replica: a server of its own, with its own connection to the store that has the keys. */
async function replica(client = "test", at = place): Promise<RawPeer> {
  const store = await openStoreAt(at);
  stores.push(store);
  const { factory } = createSmallServer(planned, { questionKeys: createQuestionKeys(store, () => now) });
  const peer = await connectRaw(factory, ELICITS, client);
  peers.push(peer);
  return peer;
}

async function asked(from: RawPeer): Promise<string> {
  return (await from.callTool(remove)).result?.requestState ?? "";
}

const statusOf = ({ result }: Awaited<ReturnType<RawPeer["callTool"]>>) =>
  result?.structuredContent?.["status"];

async function expectRefused(peer: RawPeer, requestState: string): Promise<void> {
  const answer = await peer.callTool({ ...remove, requestState, inputResponses: YES });
  expect(answer.error).toMatchObject({ code: -32602 });
  expect(planned.applied).toEqual([]);
  expect(planned.decisions).toEqual([]);
}

describe("the state of a question", () => {
  it("is good on another replica of the store, once: a replay on either replica does nothing", async () => {
    const [one, other] = [await replica(), await replica()];
    const answer = { ...remove, requestState: await asked(one), inputResponses: YES };
    expect(statusOf(await other.callTool(answer))).toBe("applied");
    for (const peer of [one, other, await replica()])
      expect((await peer.callTool(answer)).result).toMatchObject({
        isError: true,
        structuredContent: { error: { code: "CONFLICT" } },
      });
    expect(planned.applied).toHaveLength(1);
    expect(planned.decisions).toHaveLength(1);
  });

  it("is good on one of several replicas that get it at the same moment", async () => {
    const all = [await replica(), await replica(), await replica()];
    const answer = { ...remove, requestState: await asked(all[0] as RawPeer), inputResponses: YES };
    const answers = await Promise.all(all.map((peer) => peer.callTool(answer)));
    expect(answers.filter((each) => statusOf(each) === "applied")).toHaveLength(1);
    expect(planned.applied).toHaveLength(1);
  });

  it.each(["another", "TEST"])("is not good for a client of the name %j", async (name) => {
    const requestState = await asked(await replica());
    await expectRefused(await replica(name), requestState);
  });

  it("is not good on a server of another store", async () => {
    const requestState = await asked(await replica());
    await expectRefused(await replica("test", join(await newFolder(), "other.db")), requestState);
  });

  it.each([
    ["before its key is replaced", DAY_MS - 1, true],
    ["after its key was replaced once", DAY_MS, true],
    ["after its key was replaced twice", 2 * DAY_MS, false],
  ])("%s", async (_when, passed, isGood) => {
    const one = await replica();
    const requestState = await asked(one);
    // Each day another call makes the next key.
    for (let day = DAY_MS; day <= passed; day += DAY_MS) {
      now = Date.parse("2026-03-01T12:00:00Z") + day;
      await asked(await replica());
    }
    now = Date.parse("2026-03-01T12:00:00Z") + passed;
    if (!isGood) return await expectRefused(await replica(), requestState);
    const answer = { ...remove, requestState, inputResponses: YES };
    expect(statusOf(await (await replica()).callTool(answer))).toBe("applied");
  });

  it("decides nothing any more once its plan was declined or withdrawn elsewhere", async () => {
    const [one, other] = [await replica(), await replica()];
    const first = await asked(one);
    await other.callTool({ ...remove, requestState: first, inputResponses: NO });
    const second = await asked(one);
    await planned.engine.withdraw(planned.held.at(-1) ?? "", { by: "Ada", level: "approval" });
    for (const requestState of [first, second])
      expect((await one.callTool({ ...remove, requestState, inputResponses: YES })).result).toMatchObject({
        isError: true,
        structuredContent: { error: { code: "CONFIRMATION_DECLINED" } },
      });
    expect(planned.applied).toEqual([]);
  });
});
