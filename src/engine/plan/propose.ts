import { createHash } from "node:crypto";
import type { ConfirmationLevel } from "../../domain/confirmation.ts";
import { boardsTakenAlong, type Effect, reachesBeyondWorkspaces } from "../../domain/effect.ts";
import { AppError } from "../../domain/error.ts";
import { canonicalJson, type Json } from "../../domain/json.ts";
import type { Impact, Plan, PlanDraft } from "../../domain/plan.ts";
import type { Caller } from "../../domain/planning.ts";
import type { Reads } from "../../domain/reads.ts";
import { kindOf } from "../../effects/kinds.ts";
import type { Pass } from "../../gateway/gateway.ts";
import { createContext, type EngineDeps, PLAN_LIFE_MS, principalOf } from "../context.ts";
import { assertGuarded } from "./guard.ts";
import { levelFor } from "./levels.ts";

/** Makes a plan and checks it with the policy's guards. Writes nothing. POLICY_DENIED if a guard refuses. */
export async function propose(
  deps: EngineDeps,
  request: {
    readonly tool: string;
    readonly args: Json;
    readonly caller: Caller;
    readonly usage?: Pass["usage"];
    /** How long (ms) the plan can be approved and applied; 15 minutes by default. */
    readonly lifeMs?: number | undefined;
  },
): Promise<Plan> {
  const { tool, args, caller, lifeMs = PLAN_LIFE_MS } = request;
  const planner = deps.planner(tool);
  if (!planner) {
    throw new AppError("NOT_FOUND", `The tool ${tool} is not enabled on this server.`, {
      next: "Use a tool of tools/list, or ask the administrator to enable the toolset of this tool.",
    });
  }
  const context = createContext(deps, caller, request.usage);
  const draft = await planner.plan(args, context);
  const principal = await principalOf(context.reads, caller);
  const { warnings: unguarded, population, adminsLeft } = await assertGuarded(deps, draft, context);

  const { effects = [], warnings = [], blindSpots = [], untouched = [] } = draft;
  const reachesAccounts = effects.some(reachesBeyondWorkspaces);
  // The lowest confirmation level that is allowed if the guards (checks of the policy) could not find out whether the
  // policy protects a person of the plan. Then a human must approve the plan, not only the model.
  const leastUnknown: readonly ConfirmationLevel[] =
    unguarded.length > 0 && !reachesAccounts ? ["client"] : [];
  const now = deps.clock.now();
  const asked = (name: string): string | null => {
    const value =
      args !== null && typeof args === "object" && name in args ? (args as Record<string, Json>)[name] : null;
    return typeof value === "string" ? value : null;
  };
  return {
    id: deps.newId("plan"),
    tool,
    args: await pinned(args, context.reads),
    principal,
    summary: draft.summary,
    effects,
    warnings: [...warnings, ...unguarded],
    impact: countImpact(draft),
    blindSpots,
    untouched,
    ...(draft.promises?.length && { promises: draft.promises }),
    ...(draft.notReached?.length && { notReached: draft.notReached }),
    ...(await presentBefore(effects, context.reads)),
    requires: levelFor(deps, {
      tool,
      effects,
      subjects: draft.subjects ?? [],
      askFirst: draft.askFirst === true,
      atLeast: [
        ...(planner.confirmation === undefined ? [] : [planner.confirmation]),
        ...leastFor(draft),
        ...leastUnknown,
      ],
      impactUnknown:
        draft.impactUnknown === true ||
        draft.afterLaterRun === true ||
        (unguarded.length > 0 && reachesAccounts),
    }),
    approvers: deps.rules.approvers,
    subjects: draft.subjects ?? [],
    population,
    ...(Object.keys(adminsLeft).length > 0 && { adminsLeft }),
    typedName: draft.typedName ?? typedNameOf(effects),
    digest: digestOf({ tool, principalId: principal.id, effects, notes: draft.notes ?? [] }),
    reason: asked("reason"),
    ticket: asked("ticket"),
    createdAt: context.now,
    expiresAt: new Date(now + lifeMs).toISOString(),
  };
}

const LEAST = { name: "client", stated_email: "approval" } as const;

/**
 * The lowest confirmation level that is allowed, as it follows from how the people of the plan were found. A person
 * found only by full name needs a higher level than a person found by id.
 */
function leastFor({ effects = [], subjects = [] }: PlanDraft): readonly ConfirmationLevel[] {
  if (effects.length === 0) return [];
  return subjects.flatMap(({ identifiedBy }) => (identifiedBy ? [LEAST[identifiedBy]] : []));
}

/**
 * Replaces names of workspaces in the stored arguments by ids. So if the plan is made again, a workspace that was
 * renamed meanwhile is still found. No request is sent, because planning has already read the workspaces.
 */
async function pinned(args: Json, { trello }: Reads): Promise<Json> {
  if (args === null || typeof args !== "object" || Array.isArray(args)) return args;
  const { workspace, workspaces, ...rest } = args as Readonly<Record<string, Json>>;
  const idOf = async (ref: Json): Promise<Json> =>
    typeof ref === "string" ? (await trello.workspace(ref)).workspace.id : ref;
  return {
    ...rest,
    ...(workspace !== undefined && { workspace: await idOf(workspace) }),
    ...(Array.isArray(workspaces) && { workspaces: await Promise.all(workspaces.map(idOf)) }),
  };
}

/**
 * The members of each workspace or board before the plan is applied. They are stored for effects whose result Trello
 * hides (invitations), because new members can later be found by comparison. No request is sent, because planning has
 * already read the workspaces.
 */
async function presentBefore(effects: readonly Effect[], reads: Reads): Promise<Pick<Plan, "present">> {
  const found = await Promise.all(effects.map((effect) => kindOf(effect).present(effect, reads)));
  const present = Object.fromEntries(found.flatMap((each) => (each ? [[each.place, each.members]] : [])));
  return Object.keys(present).length > 0 ? { present } : {};
}

/** The name that a person must type to approve effects that cannot be undone; null if the plan has no such effects. */
function typedNameOf(effects: readonly Effect[]): string | null {
  const names = new Set(effects.flatMap((effect) => kindOf(effect).typedName(effect) ?? []));
  return names.size === 0 ? null : [...names].join(", ");
}

function countImpact({ effects = [], notes = [] }: PlanDraft): Impact {
  const distinct = (name: string) =>
    new Set(effects.flatMap(({ target }) => (target[name] ? [target[name]] : []))).size;
  return {
    writes: effects.length,
    irreversible: effects.filter((effect) => !effect.reversible).length,
    boards: new Set([
      ...effects.flatMap(({ target: { idBoard } }) => (idBoard ? [idBoard] : [])),
      ...effects.flatMap((effect) => boardsTakenAlong(effect).map(({ idBoard }) => idBoard)),
    ]).size,
    workspaces: distinct("idOrganization"),
    notes,
  };
}

/**
 * The SHA-256 digest of everything that a person approves: the tool, the principal, and every effect with its target,
 * state before and state after. It also covers losses and costs that the person has read: products, groups, paid seats.
 * If two plans have the same digest, they make the same changes to the same state at the same cost.
 */
export function digestOf(plan: {
  readonly tool: string;
  readonly principalId: string;
  readonly effects: readonly Effect[];
  readonly notes?: readonly string[];
}): string {
  const effects = plan.effects.map(({ op, resource, id, target, before, after }) => ({
    op,
    resource,
    id,
    target,
    before,
    after,
  }));
  return createHash("sha256")
    .update(canonicalJson({ tool: plan.tool, principal: plan.principalId, effects, notes: plan.notes ?? [] }))
    .digest("hex");
}
