import type { Decision } from "../../src/domain/confirmation.ts";
import type { Effect } from "../../src/domain/effect.ts";
import type { Plan } from "../../src/domain/plan.ts";
import type { Evidence, Run } from "../../src/domain/run.ts";
import type { AuditEvent } from "../../src/domain/audit.ts";
import type { Review } from "../../src/domain/review.ts";
import type { JournalEntry, Store } from "../../src/store/store.ts";

export const NOON = "2026-03-01T12:00:00.000Z";
export const LEASE_MS = 30_000;

/** `seconds` after noon, ISO 8601. */
export function at(seconds: number): string {
  return new Date(Date.parse(NOON) + seconds * 1000).toISOString();
}

export function anEffect(over: Partial<Effect> = {}): Effect {
  return {
    op: "remove_board_member",
    resource: "board_membership",
    id: "b1/m1",
    target: { idBoard: "b1", idMember: "m1", idOrganization: "w1" },
    before: { memberType: "normal" },
    after: null,
    reversible: true,
    label: "Jane Doe on board Roadmap",
    place: null,
    rank: 7,
    wording: ["Remove ", ""],
    description: "Remove Jane Doe on board Roadmap",
    ...over,
  };
}

let plans = 0;

/** A plan with a new id, made at noon, good for fifteen minutes. */
export function aPlan(over: Partial<Plan> = {}): Plan {
  plans += 1;
  return {
    id: `plan_${process.pid}_${plans}`,
    tool: "remove_from_boards",
    args: { member: "jane" },
    principal: { id: "m9", name: "Ada Admin", client: "test/1" },
    summary: "Remove Jane Doe from one board",
    effects: [anEffect()],
    warnings: [],
    impact: { writes: 1, irreversible: 0, boards: 1, workspaces: 1, notes: [] },
    blindSpots: [],
    untouched: [],
    requires: "client",
    approvers: [],
    subjects: [],
    population: {},
    typedName: null,
    digest: "d".repeat(64),
    reason: null,
    ticket: null,
    createdAt: NOON,
    expiresAt: at(900),
    ...over,
  };
}

export function aDecision(plan: Plan, over: Partial<Decision> = {}): Decision {
  return {
    planId: plan.id,
    digest: plan.digest,
    accepted: true,
    level: "client",
    by: "jo",
    at: at(60),
    ...over,
  };
}

export function someEffects(count: number, over: Partial<Effect> = {}): readonly Effect[] {
  return Array.from({ length: count }, (_, index) => anEffect({ id: `b${index}/m1`, ...over }));
}

/** A run of a new plan, held by `holder` from noon for LEASE_MS. */
export async function aRun(store: Store, over: Partial<Plan> = {}, holder = "one"): Promise<Run> {
  const plan = aPlan({ requires: "none", ...over });
  await store.plans.put(plan);
  return await store.plans.startRun(plan.id, {
    runId: `run_${plan.id}`,
    principalId: plan.principal.id,
    holder,
    at: NOON,
    leaseMs: LEASE_MS,
  });
}

export function anEntry(
  index: number,
  state: JournalEntry["state"],
  seconds = 1,
  error: JournalEntry["error"] = null,
  requests = 0,
): JournalEntry {
  return { index, state, at: at(seconds), error, requests };
}

export const PASS: Evidence = {
  result: "PASS",
  checkedAt: at(10),
  checks: [{ label: "Jane Doe on board Roadmap", op: "remove_board_member", holds: true }],
  unfinished: [],
  unverified: [],
  blindSpots: [],
  untouched: [],
  requests: 4,
};

export function anEvent(over: Partial<AuditEvent> = {}): AuditEvent {
  return {
    at: NOON,
    event: "run.started",
    principal: "m9",
    client: "test/1",
    tool: "remove_from_boards",
    subject: "run_1",
    facts: { effects: 3, by: "jo" },
    ...over,
  };
}

/** A review of one workspace with one person who left. */
export function aReview(id: string): Review {
  return {
    id,
    at: NOON,
    principal: "m9",
    workspaces: ["w1"],
    dormantDays: 90,
    rosters: [],
    coverage: ["Read: 1 workspace."],
    findings: [],
    access: {
      workspaces: [{ id: "w1", name: "Operations", boards: [{ id: "b1", name: "Roadmap" }] }],
      people: [
        {
          idMember: "m1",
          name: "Jo <b>Leaver</b>",
          username: "jo",
          email: null,
          lastActive: null,
          letters: { w1: "M", b1: "A" },
        },
      ],
    },
  };
}
