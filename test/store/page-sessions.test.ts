import { describe, expect, it } from "vitest";
import type { PageSession } from "../../src/domain/sign-in.ts";
import { BACKENDS, newStore } from "./backends.ts";
import { aDecision, aPlan, at } from "./fixtures.ts";

const session = (expiresAt: string): PageSession => ({
  person: { id: "https://id.example#eva", name: "Eva", email: null },
  mayApprove: true,
  formKey: "k".repeat(43),
  expiresAt,
});

describe.each(BACKENDS)("sessions of the approval pages on $name", (backend) => {
  it("are there until they expire or are removed, and the expired ones are cleared", async () => {
    const { pageSessions } = await newStore(backend);
    await pageSessions.put("a", session(at(60)), at(0));
    await pageSessions.put("b", session(at(120)), at(0));
    expect(await pageSessions.get("a", at(59))).toEqual(session(at(60)));
    expect(await pageSessions.get("a", at(60))).toBeNull();
    expect(await pageSessions.get("c", at(0))).toBeNull();
    await pageSessions.put("c", session(at(120)), at(60));
    // Cleared, and not only hidden: an earlier time does not bring it back.
    expect(await pageSessions.get("a", at(0))).toBeNull();
    await pageSessions.remove("b");
    await pageSessions.remove("b");
    expect(await pageSessions.get("b", at(0))).toBeNull();
    expect(await pageSessions.get("c", at(60))).toEqual(session(at(120)));
  });

  it("approved plans are found until their run starts or they expire", async () => {
    const { plans } = await newStore(backend);
    const [waiting, approved, rejected] = ["plan_w", "plan_a", "plan_r"].map((id) => aPlan({ id }));
    for (const plan of [waiting, approved, rejected]) if (plan) await plans.put(plan);
    if (approved) await plans.decide(aDecision(approved, { level: "approval" }));
    if (rejected) await plans.decide(aDecision(rejected, { accepted: false }));
    const found = async (now: string) => (await plans.accepted(now)).map(({ plan }) => plan.id);
    expect(await found(at(60))).toEqual(["plan_a"]);
    expect(await found(at(86_400))).toEqual([]);
    const start = {
      runId: "run_1",
      principalId: approved?.principal.id ?? "",
      holder: "h",
      at: at(60),
      leaseMs: 9000,
    };
    await plans.startRun("plan_a", start);
    expect(await found(at(60))).toEqual([]);
  });
});
