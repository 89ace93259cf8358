import { afterEach, expect, test, vi } from "vitest";
import type { ConfirmationLevel } from "../../../src/domain/confirmation.ts";
import {
  type PlannedEngine,
  profileChange,
  removal,
  startPlannedEngine,
} from "../../support/planned-engine.ts";
import { connectRaw, type RawAnswer, type RawPeer } from "../../support/raw-modern.ts";
import { createSmallServer } from "../../support/small-server.ts";

// A call answers before its client gives up, and its run goes on. Here a call does not wait for a run at all.

let planned: PlannedEngine;
let peer: RawPeer;
afterEach(async () => {
  await peer.close();
  await planned.close();
});

const YES = { confirm: { action: "accept", content: { confirm: true } } };
const effects = [removal("a", 0), removal("b", 1), removal("c", 2)];
const facts = ({ result }: RawAnswer): Readonly<Record<string, unknown>> => result?.structuredContent ?? {};
const apply = () => peer.callTool({ name: "apply_plan", arguments: { planId: "plan_1" } });

test.each<[ConfirmationLevel | "none"]>([["none"], ["client"], ["two_step"]])(
  "a run that takes longer than its call, of a plan that needs %s, ends by itself; apply_plan tells its outcome",
  async (level) => {
    planned = await startPlannedEngine(
      level === "none" ? { effects: [profileChange("new")] } : { requires: level, effects },
    );
    const { factory } = createSmallServer(planned, { patience: { decisionMs: 0, runMs: 0 } });
    peer = await connectRaw(factory, { elicitation: { form: {} } });
    const remove = { name: "remove_thing", arguments: { thing: "x" } };
    let answer = await peer.callTool(remove);
    if (level === "client") {
      const { requestState } = answer.result ?? {};
      answer = await peer.callTool({ ...remove, requestState, inputResponses: YES });
    }
    if (level === "two_step") answer = await apply();
    expect(facts(answer)).toMatchObject({ status: "running", planId: "plan_1" });
    await vi.waitFor(async () => expect(await planned.stateOf("plan_1")).toBe("used"));
    const total = level === "none" ? 1 : effects.length;
    await vi.waitFor(async () => expect(facts(await apply())).toMatchObject({ status: "applied" }));
    // It ran once: apply_plan does not run it again.
    const { runs } = await planned.engine.runs({ caller: { client: "test", subject: null }, limit: 5 });
    expect(runs).toMatchObject([{ state: "applied", result: "PASS", done: total }]);
  },
);
