import type { Plan } from "../../../src/domain/plan.ts";
import { signedContent } from "../../../src/domain/sign-off.ts";
import type { Store } from "../../../src/store/store.ts";
import { aDecision, anEntry, aPlan, aReview, at, PASS, someEffects } from "../fixtures.ts";

const LONG_MS = 3_600_000;
const FAILURE = { code: "CONFLICT", message: "Trello refused.", next: "Plan again." } as const;

/**
 * Fills a store with plans and runs in every state, through the product. `after` is called after each write of the store: a
 * process that is killed leaves the store as it is at one of these moments.
 */
export async function fill(store: Store, after: () => Promise<void> = async () => {}): Promise<void> {
  let made = 0;
  const held = async (over: Partial<Plan> = {}): Promise<Plan> => {
    made += 1;
    const plan = aPlan({
      id: `plan_${made}`,
      digest: `${made % 10}`.repeat(64),
      ticket: `IT-${made}`,
      ...over,
    });
    await store.plans.put(plan);
    await after();
    return plan;
  };
  const decided = async (plan: Plan, over: Parameters<typeof aDecision>[1] = {}): Promise<Plan> => {
    await store.plans.decide(aDecision(plan, over));
    await after();
    return plan;
  };
  const started = async (plan: Plan): Promise<string> => {
    const runId = `run_of_${plan.id}`;
    const start = { runId, principalId: plan.principal.id, holder: "one", at: at(80), leaseMs: LONG_MS };
    await store.plans.startRun(plan.id, start);
    await after();
    return runId;
  };
  const wrote = async (runId: string, index: number, state: "applied" | "failed" | "lost"): Promise<void> => {
    await store.runs.append(runId, "one", anEntry(index, "sent", 81 + index, null, index + 1));
    await after();
    const error = state === "applied" ? null : FAILURE;
    await store.runs.append(runId, "one", anEntry(index, state, 90 + index, error, index + 1));
    await after();
  };
  const begun = async (requires: Plan["requires"] = "client"): Promise<string> => {
    const plan = await held({ effects: someEffects(4), requires });
    if (requires !== "none")
      await decided(plan, { by: "Zoë 🙂", level: "approval", email: "zoe@example.com" });
    return await started(plan);
  };
  const paused = async (runId: string, state?: "cancelled"): Promise<void> => {
    await store.runs.pause(runId, "one", { at: at(100), done: 1, why: "test", ...(state && { state }) });
    await after();
  };

  await fillOld(store, held, after);
  await held();
  await held({ reason: "Left | the = company\n", requires: "approval", approvers: ["zoe@example.com"] });
  await decided(await held(), { by: "jo" });
  await decided(await held(), { accepted: false, reason: "Not her" });
  const withdrawn = await decided(await held());
  await decided(withdrawn, { accepted: false });
  for (const plan of [await held(), await decided(await held())]) {
    await store.plans.discard(plan.id, { at: at(70), found: "e".repeat(64) });
    await after();
  }
  for (const result of ["PASS", "INCOMPLETE"] as const) {
    const runId = await begun(result === "PASS" ? "none" : "client");
    for (const index of [0, 1, 2]) await wrote(runId, index, "applied");
    await wrote(runId, 3, result === "PASS" ? "applied" : "failed");
    await store.runs.setState(runId, "one", "verifying");
    await after();
    const state = result === "PASS" ? "applied" : "partial";
    await store.runs.finish(runId, "one", { state, evidence: { ...PASS, result }, at: at(120) });
    await after();
  }
  const open = await begun();
  await wrote(open, 0, "applied");
  await wrote(open, 1, "lost");
  const cancelled = await begun();
  await wrote(cancelled, 0, "applied");
  await paused(cancelled, "cancelled");
  const taken = await begun();
  await wrote(taken, 0, "applied");
  await paused(taken);
  await store.runs.claim(taken, "one", at(110), LONG_MS, () => false);
  await after();
  const reopened = await begun();
  await wrote(reopened, 1, "failed");
  await paused(reopened, "cancelled");
  await store.runs.reopen(reopened, "one", at(110), LONG_MS, "test/1");
  await after();
  await wrote(reopened, 2, "applied");
  const stopped = await begun();
  await wrote(stopped, 0, "applied");
  await store.runs.append(stopped, "one", anEntry(1, "sent", 95));
  await after();
  await store.runs.stop(stopped, { at: at(96), by: "Ada", why: { ...FAILURE, code: "POLICY_DENIED" } });
  await after();
  // The answer of what was sent before.
  await store.runs.append(stopped, "one", anEntry(1, "applied", 97));
  await after();
  await store.runs.pause(stopped, "one", { at: at(98), done: 2, why: "stopped" });
  await after();
  await fillReviews(store, after);
}

/** A plan, a run and a named review of long ago, which are then deleted. */
async function fillOld(
  store: Store,
  held: (over: Partial<Plan>) => Promise<Plan>,
  after: () => Promise<void>,
): Promise<void> {
  const old = { createdAt: at(-9000), expiresAt: at(-8000), requires: "none" } as const;
  await held(old);
  const plan = await held(old);
  const runId = `run_of_${plan.id}`;
  const start = { runId, principalId: plan.principal.id, holder: "one", at: at(-8990), leaseMs: LONG_MS };
  await store.plans.startRun(plan.id, start);
  await after();
  await store.runs.finish(runId, "one", { state: "applied", evidence: PASS, at: at(-8900) });
  await after();
  await store.reviews.put({ ...aReview("review_0"), at: at(-9000) });
  const principal = { id: "m9", name: "Ada", client: "test/1" };
  const reviewers = ["user:zoe"];
  const review = { reviewId: "review_0", name: "Q0", period: "2025-Q4", reviewers, at: at(-9000), principal };
  await store.signOffs.start(review);
  await store.signOffs.append("review_0", (record, hash) => ({
    kind: "signed",
    at: at(-8950),
    by: "zoe",
    reviewer: "user:zoe",
    hash: hash(signedContent(record, record.entries)),
  }));
  await after();
  while ((await store.retention.deleteSome({ now: at(-1), before: at(-7000), most: 1 })) > 0) await after();
}

/** Two named reviews: one signed, one still open. */
async function fillReviews(store: Store, after: () => Promise<void>): Promise<void> {
  for (const reviewId of ["review_1", "review_2"]) {
    await store.reviews.put(aReview(reviewId));
    await after();
    const principal = { id: "m9", name: "Ada", client: "test/1" };
    const reviewers = ["user:zoe"];
    await store.signOffs.start({ reviewId, name: "Q1", period: "2026-Q1", reviewers, at: at(10), principal });
    await after();
    const decisions = [{ item: "m1.w1", decision: "remove" as const, note: "Left 🙂", until: null }];
    await store.signOffs.append(reviewId, () => ({
      kind: "proposed",
      at: at(11),
      by: "Ada",
      client: "test/1",
      decisions,
    }));
    await after();
    const who = { by: "zoe", reviewer: "user:zoe" };
    await store.signOffs.append(reviewId, () => ({ kind: "decided", at: at(12), ...who, decisions }));
    await after();
  }
  await store.signOffs.append("review_1", (record, hash) => ({
    kind: "signed",
    at: at(13),
    by: "zoe",
    reviewer: "user:zoe",
    hash: hash(signedContent(record, record.entries)),
  }));
  await after();
  await store.reviews.put(aReview("review_3"));
  await after();
  await store.signOffs.append("review_1", () => ({
    kind: "checked",
    at: at(14),
    by: "Ada",
    client: "test/1",
    runs: [],
    list: "review_3",
    hash: "0".repeat(64),
  }));
  await after();
}
