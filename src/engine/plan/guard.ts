import type { Effect } from "../../domain/effect.ts";
import { AppError, toAppError } from "../../domain/error.ts";
import type { Plan, PlanPart } from "../../domain/plan.ts";
import type { PlanContext } from "../../domain/planning.ts";
import type { Reads } from "../../domain/reads.ts";
import type { Run } from "../../domain/run.ts";
import type { WorkspaceSnapshot } from "../../domain/trello.ts";
import { takesAway } from "../../effects/kinds.ts";
import { takesFromPerson } from "../../effects/taking.ts";
import { refusal } from "../../policy/guards.ts";
import { adminsLeftBy } from "../../policy/last-admin.ts";
import type { Taken } from "../../policy/rules.ts";
import type { EngineDeps } from "../context.ts";
import { countingOf, recentlyTaken, workspacesOf } from "./daily-limit.ts";
import { identify } from "./protected.ts";

export interface Guarded {
  /** Warnings for the person who approves the plan: which facts the guards (checks of the policy) could not check. */
  readonly warnings: readonly string[];
  /** For each workspace that the plan changes, by id: the number of its people. */
  readonly population: Plan["population"];
  /** For each workspace or board from which the plan takes an admin: the admins who stay. */
  readonly adminsLeft: NonNullable<Plan["adminsLeft"]>;
}

/**
 * Checks a plan's effects with every guard (check of the policy). Throws POLICY_DENIED if a guard refuses. `begun`: the
 * run of the plan, if it has started. Its effects then count only once in the limits. Percentages are then computed
 * with the number of people at planning time.
 */
export async function assertGuarded(
  deps: EngineDeps,
  { effects = [], subjects: meant = [] }: Pick<PlanPart, "effects" | "subjects">,
  context: PlanContext,
  begun?: Run,
): Promise<Guarded> {
  if (effects.length === 0) return { warnings: [], population: {}, adminsLeft: {} };
  const { reads } = context;
  const destructive = effects.filter(takesAway);
  const taking = effects.filter(takesFromPerson);
  const me = await reads.trello.me();
  const workspaces = await snapshotsOf(effects, reads);
  const { rules } = deps;
  const { subjects, self, warnings } =
    taking.length > 0
      ? await identify({ taking, subjects: meant, workspaces, rules }, context)
      : { subjects: meant, self: new Set<string>(), warnings: [] };
  const counting = begun ? countingOf(begun.plan, begun.effects) : countingOf({ effects, subjects: meant });
  const recent = await recentlyTaken(deps, me.id, taking.length > 0 ? workspacesOf(counting) : [], begun?.id);
  const population = Object.fromEntries(
    [...workspaces].map(([id, snapshot]) => [id, peopleIn(snapshot, recent.workspaces.get(id))]),
  );
  const refused = refusal({
    rules,
    effects,
    destructive,
    taking,
    subjects,
    self,
    counting,
    recent,
    workspaces,
    population: { ...population, ...begun?.plan.population },
  });
  if (!refused) return { warnings, population, adminsLeft: adminsLeftBy({ effects, workspaces }) };
  throw new AppError("POLICY_DENIED", refused.message, {
    next: refused.next,
    details: { guard: refused.guard },
  });
}

/**
 * The number of people from which the limit in percent is computed: the members and guests of a workspace, and the
 * people who lost something there in the last 24 hours. These people belong to the total, because the limit counts them
 * too.
 */
function peopleIn({ memberships, boards }: WorkspaceSnapshot, recent: Taken | undefined): number {
  const rows = [memberships, ...boards.map((board) => board.memberships)].flat();
  return new Set([...rows.map(({ idMember }) => idMember), ...(recent?.people ?? [])]).size;
}

/** The workspaces that the effects change. Planning has read them already, so no request is sent. */
async function snapshotsOf(
  effects: readonly Effect[],
  reads: Reads,
): Promise<ReadonlyMap<string, WorkspaceSnapshot>> {
  const ids = [
    ...new Set(effects.flatMap(({ target }) => (target["idOrganization"] ? [target["idOrganization"]] : []))),
  ];
  const snapshots = await Promise.all(
    ids.map((id) =>
      reads.trello.workspace(id).catch((thrown: unknown) => {
        // If the workspace is gone, or the token may not read it, the workspace is left out: a plan can take no people
        // from it. The effects in this workspace fail later, each with its own error.
        const { code } = toAppError(thrown);
        if (code === "NOT_FOUND" || code === "UPSTREAM_FORBIDDEN") return null;
        throw thrown;
      }),
    ),
  );
  return new Map(ids.flatMap((id, index) => (snapshots[index] ? [[id, snapshots[index]] as const] : [])));
}
