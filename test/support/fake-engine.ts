import type { ConfirmationLevel, Decision } from "../../src/domain/confirmation.ts";
import type { Effect } from "../../src/domain/effect.ts";
import { AppError } from "../../src/domain/error.ts";
import type { Plan } from "../../src/domain/plan.ts";
import type { Caller, PlanContext } from "../../src/domain/planning.ts";
import type { Run, RunSummary } from "../../src/domain/run.ts";
import { assertCanApply, assertCanDecide, type StoredPlan } from "../../src/domain/stored-plan.ts";
import type { Engine } from "../../src/engine/engine.ts";

/** What a test turns on an engine that keeps plans in memory and has no upstream. */
export interface FakeEngineOptions {
  requires?: ConfirmationLevel | "none";
  effects?: readonly Effect[];
  typedName?: string | null;
  summary?: string;
  warnings?: readonly string[];
  blindSpots?: readonly string[];
  /** When set, every proposal fails with it. */
  refusal?: AppError;
  /** The member behind the token. */
  principal?: string;
  /** ISO 8601. */
  now?: string;
  /** When set, every apply finds a changed world. */
  stale?: boolean;
  runState?: Run["state"];
}

export interface FakeEngine {
  readonly engine: Engine;
  /** Live: change them between calls. */
  readonly options: FakeEngineOptions;
  /** Ids of the plans that were applied, in order. */
  readonly applied: readonly string[];
  readonly decisions: readonly Decision[];
  readonly plans: ReadonlyMap<string, StoredPlan>;
  readonly callers: readonly Caller[];
}

export const effect = (label: string, reversible = true): Effect => ({
  op: "remove_board_member",
  resource: "board_membership",
  id: label,
  target: {},
  before: null,
  after: null,
  reversible,
  label,
  place: null,
  rank: 7,
  wording: ["Remove ", ""],
  description: `Remove ${label}`,
});

/** The engine's contract in memory: a decision counts once, and nothing is applied without one that is good enough. */
export function createFakeEngine(options: FakeEngineOptions = {}): FakeEngine {
  const plans = new Map<string, StoredPlan>();
  const runs: Run[] = [];
  const applied: string[] = [];
  const decisions: Decision[] = [];
  const callers: Caller[] = [];
  let count = 0;
  const now = () => options.now ?? "2026-01-01T00:00:00.000Z";
  const principal = (caller: Caller) => ({
    id: options.principal ?? "member-1",
    name: "Ada Admin",
    client: caller.client,
  });

  const own = (caller: Caller) => runs.filter(({ plan }) => plan.principal.id === principal(caller).id);

  const engine: Engine = {
    // The tools over this engine read nothing else.
    context: () => ({ now: now() }) as PlanContext,
    async propose(tool, args, caller) {
      callers.push(caller);
      if (options.refusal) throw options.refusal;
      count += 1;
      const effects = options.effects ?? [effect("Jane Doe on board Roadmap")];
      return {
        id: `plan_${count}`,
        tool,
        args,
        principal: principal(caller),
        summary: options.summary ?? "Remove Jane Doe from 1 board.",
        effects,
        warnings: options.warnings ?? ["Jane Doe is the only admin of Roadmap."],
        impact: {
          writes: effects.length,
          irreversible: effects.filter(({ reversible }) => !reversible).length,
          boards: 1,
          workspaces: 0,
          notes: ["Loses Confluence."],
        },
        blindSpots: options.blindSpots ?? ["Private boards of Acme."],
        untouched: [],
        requires: options.requires ?? "client",
        typedName: options.typedName ?? null,
        digest: "d".repeat(64),
        reason: null,
        ticket: null,
        createdAt: now(),
        expiresAt: new Date(Date.parse(now()) + 900_000).toISOString(),
      };
    },
    async storePlan(plan) {
      const stored: StoredPlan = { plan, state: "waiting", decision: null, runId: null };
      plans.set(plan.id, stored);
      return stored;
    },
    plan: async (id, caller) => {
      const stored = plans.get(id);
      return stored?.plan.principal.id === principal(caller).id ? stored : null;
    },
    waiting: async () => [...plans.values()].filter(({ state }) => state === "waiting"),
    async decide(planId, word) {
      const stored = plans.get(planId) ?? null;
      const decision = { planId, digest: stored?.plan.digest ?? "", at: now(), ...word };
      assertCanDecide(stored, decision);
      plans.set(planId, { ...stored, state: word.accepted ? "accepted" : "declined", decision });
      decisions.push(decision);
      return decision;
    },
    async apply(planId, caller) {
      callers.push(caller);
      const stored = plans.get(planId) ?? null;
      assertCanApply(stored, { principalId: principal(caller).id, at: now() });
      const { plan, decision } = stored;
      if (options.stale) {
        throw new AppError("PLAN_STALE", "Things changed.", {
          next: "Plan again.",
          retry: "replan",
          details: { plan },
        });
      }
      const runId = `run_${planId}`;
      plans.set(planId, { ...stored, state: "used", runId });
      applied.push(planId);
      plan.effects.forEach((each, index) => {
        caller.onProgress?.({ done: index + 1, total: plan.effects.length, message: each.label });
      });
      const run = finished(runId, plan, decision, options.runState ?? "applied", now());
      runs.push(run);
      return run;
    },
    run: async (id, caller) => own(caller).find((run) => run.id === id) ?? null,
    async runs({ caller, limit, cursor }) {
      const all = own(caller).toReversed();
      const from = cursor === undefined ? 0 : all.findIndex(({ id }) => id === cursor) + 1;
      if (from === 0 && cursor !== undefined)
        throw new AppError("INPUT_INVALID", "No such cursor.", { next: "Leave it out." });
      const page = all.slice(from, from + limit);
      return {
        runs: page.map(summaryOf),
        cursor: all.length > from + limit ? (page.at(-1)?.id ?? null) : null,
      };
    },
    recover: async () => [],
  };
  return { engine, options, applied, decisions, plans, callers };
}

function summaryOf({ id, plan, state, effects, evidence, startedAt, endedAt }: Run): RunSummary {
  return {
    id,
    planId: plan.id,
    tool: plan.tool,
    summary: plan.summary,
    state,
    done: effects.filter((row) => row.state === "applied").length,
    total: effects.length,
    result: evidence?.result ?? null,
    startedAt,
    endedAt,
  };
}

function finished(id: string, plan: Plan, decision: Decision | null, state: Run["state"], at: string): Run {
  const ok = state === "applied";
  return {
    id,
    plan,
    decision,
    state,
    effects: plan.effects.map((each, index) => ({
      index,
      effect: each,
      state: ok || index === 0 ? "applied" : "failed",
      attempts: 1,
      sentAt: at,
      settledAt: at,
      error:
        ok || index === 0
          ? null
          : { code: "UPSTREAM_FORBIDDEN", message: "Trello refused it.", next: "Ask an admin." },
    })),
    evidence: {
      result: ok ? "PASS" : "INCOMPLETE",
      checkedAt: at,
      checks: [],
      remaining: ok ? [] : ["Jane Doe on board Roadmap"],
      blindSpots: ["Private boards of Acme."],
      remains: [],
      requests: 3,
    },
    requests: 3,
    startedAt: at,
    endedAt: at,
  };
}
