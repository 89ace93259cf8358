import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { clock } from "../../src/cli/support/product.ts";
import type { ClientSessions } from "../../src/domain/client-session.ts";
import type { ConfirmationLevel, Decision } from "../../src/domain/confirmation.ts";
import type { Effect } from "../../src/domain/effect.ts";
import type { AppError } from "../../src/domain/error.ts";
import type { PlanDraft } from "../../src/domain/plan.ts";
import type { Caller } from "../../src/domain/planning.ts";
import type { PlanState } from "../../src/domain/decision-rules.ts";
import { removeBoardMember } from "../../src/effects/board-members.ts";
import { updateProfile } from "../../src/effects/profile.ts";
import { setWorkspaceDeactivated } from "../../src/effects/workspace-members.ts";
import type { EngineDeps } from "../../src/engine/context.ts";
import { createEngine, type Engine } from "../../src/engine/engine.ts";
import { SEED, startSandbox } from "../../src/sandbox/index.ts";
import { boundless } from "./boundless.ts";
import { freshWorld } from "./fresh-world.ts";
import { MEMORY } from "./memory.ts";
import { catalog, toolsMaking } from "../../src/tools/catalog.ts";
import { engineDeps, gatewayTo, OPEN_RULES, openStoreAt } from "./wiring.ts";

/** What a test wants planned, and by whom; live, so that it can change between calls. */
export interface PlannedOptions {
  requires?: ConfirmationLevel;
  effects?: readonly Effect[];
  typedName?: string;
  warnings?: readonly string[];
  /** When set, every plan fails with it. */
  refusal?: AppError;
  /** Whose token this is: that of the seed's admin, or of somebody else. */
  principal?: "admin" | "other";
  /** ISO 8601. */
  now?: string;
  /** When set, no two plans are the same. */
  stale?: boolean;
}

/** The engine itself over a sandbox, with a planner that answers what the test says: for tests of what is above the engine. */
export interface PlannedEngine {
  readonly engine: Engine;
  readonly clientSessions: ClientSessions;
  readonly options: PlannedOptions;
  /** Ids of the plans that were applied, in order. */
  readonly applied: readonly string[];
  readonly decisions: readonly Decision[];
  readonly callers: readonly Caller[];
  /** Plans stored so far. */
  readonly held: readonly string[];
  stateOf(planId: string): Promise<PlanState | undefined>;
  close(): Promise<void>;
}

/** Whose tokens these are: nobody takes their own access. */
const OWNERS: ReadonlySet<string> = new Set([SEED.admin.id, SEED.successor.id]);
const ROWS = seededRows();

/** Somebody who loses a board; each index is another row of the seed. */
export const removal = (label: string, index = 0): Effect => {
  const { idBoard, idMember, memberType } = rowAt(index);
  return removeBoardMember.make({
    target: { idBoard, idMember, idOrganization: SEED.workspaces.standard.id },
    before: { memberType },
    after: null,
    label,
    place: { kind: "board", id: idBoard, name: "Roadmap" },
  });
};

/** A change of the token owner's own profile, for which nobody has to be asked. */
export const profileChange = (bio: string): Effect =>
  updateProfile.make({
    target: { idMember: SEED.admin.id },
    before: { bio: "" },
    after: { bio },
    label: SEED.admin.fullName,
  });

/** What Trello refuses: nobody is deactivated in a Free workspace. */
export const refusedEffect = (label: string): Effect =>
  setWorkspaceDeactivated.make({
    target: { idOrganization: SEED.workspaces.free.id, idMember: SEED.privateOwner.id },
    before: { deactivated: false },
    after: { deactivated: true },
    label,
    place: { kind: "workspace", id: SEED.workspaces.free.id, name: "the Free workspace" },
  });

/** Starts a sandbox, a store and the engine on both; `close` ends them. */
export async function startPlannedEngine(options: PlannedOptions = {}): Promise<PlannedEngine> {
  const sandbox = await startSandbox({ rateLimits: false, world: freshWorld() });
  const folder = await mkdtemp(join(MEMORY, "identity-"));
  const store = await openStoreAt(join(folder, "identity.db"));
  const applied: string[] = [];
  const decisions: Decision[] = [];
  const callers: Caller[] = [];
  const held: string[] = [];
  const counts = { plan: 0, run: 0, review: 0, moment: 0, planned: 0 };

  const rules = {
    ...OPEN_RULES,
    // However many people a plan takes off boards, the weakest level is enough.
    confirmation: {
      default: null,
      tools: new Map(toolsMaking(catalog)(removal("Jane Doe")).map((tool) => [tool, "two_step"] as const)),
    },
    get weakest() {
      return options.requires ?? "client";
    },
  };
  const build = (token?: string) => {
    const gateway = gatewayTo(sandbox.env, { ledger: boundless }, token === undefined ? {} : { token });
    const base = engineDeps(gateway, store, rules);
    const deps: EngineDeps = {
      ...base,
      planner: (tool) => ({ tool, plan: async () => draft() }),
      clock: {
        ...clock, // Runs are listed by their time: no two are of the same one.
        now: () => (options.now ? Date.parse(options.now) : FIRST + counts.run),
      },
      newId: (prefix) => {
        counts[prefix] += 1;
        return `${prefix}_${counts[prefix]}`;
      },
    };
    return { gateway, engine: createEngine(deps) };
  };

  function draft(): PlanDraft {
    if (options.refusal) throw options.refusal;
    counts.planned += 1;
    return {
      summary: "Remove Jane Doe from 1 board.",
      effects: options.effects ?? [removal("Jane Doe", options.stale ? counts.planned : 0)],
      warnings: options.warnings ?? ["Jane Doe is the only admin of Roadmap."],
      notes: ["Loses Confluence."],
      subjects: [],
      blindSpots: ["Private boards of Acme."],
      ...(options.typedName !== undefined && { typedName: options.typedName }),
    };
  }

  const sides = { admin: build(), other: build(SEED.tokens.normalMember) };
  const side = (): Engine => sides[options.principal ?? "admin"].engine;
  const engine: Engine = {
    context: (caller) => side().context(caller),
    async propose(tool, args, caller) {
      callers.push(caller);
      return side().propose(tool, args, caller);
    },
    async storePlan(plan) {
      held.push(plan.id);
      return side().storePlan(plan);
    },
    plan: (id, caller) => side().plan(id, caller),
    waiting: () => side().waiting(),
    signOffs: sides.admin.engine.signOffs,
    seenNames: (kind, typed) => [`${kind} ${typed}`],
    startable: () => side().startable(),
    async decide(planId, word) {
      const decision = await side().decide(planId, word);
      decisions.push(decision);
      return decision;
    },
    async apply(planId, caller) {
      callers.push(caller);
      const run = await side().apply(planId, caller);
      applied.push(planId);
      return run;
    },
    withdraw: (planId, word) => side().withdraw(planId, word),
    planRest: (stored, caller) => side().planRest(stored, caller),
    snapshots: (caller) => side().snapshots(caller),
    keepReview: (made, caller) => side().keepReview(made, caller),
    audit: (caller, limit) => side().audit(caller, limit),
    principalId: (caller) => side().principalId(caller),
    auditAfter: (after, limit) => side().auditAfter(after, limit),
    stop: (runId, word) => side().stop(runId, word),
    run: (id, caller) => side().run(id, caller),
    runs: (page) => side().runs(page),
    recover: (signal, which) => side().recover(signal, which),
    carry: (runId, signal) => side().carry(runId, signal),
    prepare: (signal) => side().prepare(signal),
  };
  return {
    engine,
    clientSessions: store.clientSessions,
    options,
    applied,
    decisions,
    callers,
    held,
    stateOf: async (planId) => (await store.plans.get(planId))?.state,
    async close() {
      await Promise.all(Object.values(sides).map(({ gateway }) => gateway.close()));
      await store.close();
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const FIRST = Date.parse("2026-01-01T00:00:00.000Z");

interface Row {
  readonly idBoard: string;
  readonly idMember: string;
  readonly memberType: string;
}

function rowAt(index: number): Row {
  const row = ROWS[index];
  if (!row) throw new Error(`the seed has no row ${index}`);
  return row;
}

/** Rows that no guard minds: neither an admin nor a token's owner. */
function seededRows(): readonly Row[] {
  const { trello } = freshWorld();
  return [...trello.boards.values()]
    .filter(({ idOrganization, closed }) => idOrganization === SEED.workspaces.standard.id && !closed)
    .flatMap(({ id, memberships }) =>
      memberships
        .filter(({ memberType, idMember }) => memberType === "normal" && !OWNERS.has(idMember))
        .map(({ idMember, memberType }) => ({ idBoard: id, idMember, memberType })),
    );
}
