import type { LeaverRung } from "../domain/roster.ts";
import { type ConfirmationLevel, raised, stronger } from "../domain/confirmation.ts";
import type { Effect } from "../domain/effect.ts";
import type { Subject } from "../domain/plan.ts";
import type { WorkspaceSnapshot } from "../domain/trello.ts";

/** The rules of the administrator, from the settings and the policy file. They apply to every call. */
export interface Rules {
  /** The weakest confirmation with which a plan may take something away (IDENTITY_CONFIRMATION). */
  readonly weakest: ConfirmationLevel;
  readonly confirmation: {
    /** The usual confirmation level, which the policy file sets for all tools; null if the file sets none. */
    readonly default: ConfirmationLevel | null;
    readonly tools: ReadonlyMap<string, ConfirmationLevel>;
  };
  /**
   * People and Groups from whom no plan may take anything: ids, usernames and emails of people, and names of Groups.
   */
  readonly protected: { readonly members: readonly string[]; readonly groups: readonly string[] };
  readonly limits: {
    /**
     * How many people may lose something in 24 hours by the plans of one principal (the user for whom an agent works).
     * The plans of all principals together may take something from as many people in each workspace.
     */
    readonly peoplePerDay: number;
    /** How many destructive effects are allowed in 24 hours, for one principal and for one workspace. */
    readonly destructiveEffectsPerDay: number;
    /**
     * How many percent of a workspace's people, guests included, may lose something in 24 hours. If only one person
     * loses something, that is always allowed.
     */
    readonly percentOfWorkspace: number;
  };
  /** The only people who may approve plans, as emails or `ISSUER#VALUE`. Empty if the policy file names none. */
  readonly approvers: readonly string[];
  readonly invitations: { readonly expireAfterDays: number };
  /** The ids of the only workspaces that may be read or written; null if all workspaces may be used. */
  readonly workspaces: readonly string[] | null;
  /**
   * Whether a plan may change accounts and the enterprise even if only some workspaces are allowed. An account also
   * opens workspaces that are not in the list.
   */
  readonly beyondWorkspaces: boolean;
  /** The boards that the policy file lists for each SCIM Group, by the Group's name. */
  readonly teamBoards: Readonly<Record<string, readonly string[]>>;
  readonly rosters: { readonly leaverRung: LeaverRung };
}

/** An effect, with the facts that decide which confirmation it needs. */
export interface Weighed {
  /** The tools that can plan this effect, including tools that are not enabled. */
  readonly tools: readonly string[];
  /** The confirmation that the effect needs because of what it does. */
  readonly gravity: ConfirmationLevel | "none";
}

/**
 * The confirmation that a plan needs: the strongest level that its effects or `atLeast` ask for. `atLeast`: levels that
 * the plan needs for other reasons. If several tools can plan an effect, the strongest level of these tools counts. If
 * the impact of the plan is unknown, the plan needs one level more.
 */
export function requiredConfirmation(
  rules: Rules,
  plan: {
    readonly tool: string;
    readonly effects: readonly Weighed[];
    readonly atLeast: readonly ConfirmationLevel[];
    readonly impactUnknown: boolean;
  },
): ConfirmationLevel | "none" {
  const levels = plan.effects.flatMap(({ tools, gravity }) => {
    // A tool such as `restore_member` plans effects that belong to other tools. If the policy file names
    // `restore_member` itself, the level in the file counts too.
    const named = rules.confirmation.tools.has(plan.tool) ? [plan.tool] : [];
    const binding = tools.length === 0 ? [plan.tool] : [...tools, ...named];
    return binding.map((tool) => levelOf(rules, tool, gravity));
  });
  const needed = [...levels, ...plan.atLeast.map((level) => stronger(level, rules.weakest))].reduce(
    strongerOf,
    "none",
  );
  return plan.impactUnknown && needed !== "none" ? raised(needed) : needed;
}

/**
 * The confirmation level for an effect that a tool plans. First choice: the level that the policy file sets for the
 * tool, even if the effect itself needs a stronger level. Otherwise: the level that the effect needs, or the usual
 * level if that is stronger. A level from the policy file that is weaker than IDENTITY_CONFIRMATION is replaced by that
 * setting.
 */
export function levelOf(
  { weakest, confirmation }: Pick<Rules, "weakest" | "confirmation">,
  tool: string,
  gravity: Weighed["gravity"],
): ConfirmationLevel | "none" {
  const named = confirmation.tools.get(tool);
  if (named !== undefined) return stronger(named, weakest);
  if (gravity === "none") return "none";
  const usual = stronger(confirmation.default ?? weakest, weakest);
  // If the effect needs only `client` (the user is asked through the MCP client), the usual level is used, even if it
  // is weaker. For example, an administrator sets the usual level `two_step` on a server where no person can be asked.
  return gravity === "client" ? usual : stronger(gravity, usual);
}

/** The stronger of two levels; `none` is the weakest. */
export function strongerOf(
  a: ConfirmationLevel | "none",
  b: ConfirmationLevel | "none",
): ConfirmationLevel | "none" {
  if (a === "none") return b;
  return b === "none" ? a : stronger(a, b);
}

/**
 * How many destructive effects were made, and which people lost something. Each person is in `people` once, under one
 * key.
 */
export interface Taken {
  readonly effects: number;
  readonly people: ReadonlySet<string>;
}

/**
 * All facts that the guards (checks of a plan) need. The engine collects them first, so a guard reads nothing itself.
 */
export interface GuardFacts {
  readonly rules: Rules;
  readonly effects: readonly Effect[];
  /** The effects that take something away. */
  readonly destructive: readonly Effect[];
  /** The effects that take something from a person. Losing a role counts like losing a membership. */
  readonly taking: readonly Effect[];
  readonly subjects: readonly Subject[];
  /** Every id, name and email of the account that this server uses, in lower case. */
  readonly self: ReadonlySet<string>;
  /**
   * The effects of the plan that count for the daily limits. For a run that has already started, these are all its
   * effects except those that have failed.
   */
  readonly counting: readonly {
    readonly effect: Effect;
    readonly isDestructive: boolean;
    /** The people who lose something by the effect, each as the key under which the store counts the person. */
    readonly losers: readonly string[];
  }[];
  /** What was taken away in the last 24 hours, by all processes: for the principal, and for each workspace. */
  readonly recent: { readonly principal: Taken; readonly workspaces: ReadonlyMap<string, Taken> };
  readonly workspaces: ReadonlyMap<string, WorkspaceSnapshot>;
  /**
   * For each workspace, by its id: the number of members and guests, including people who were removed in the last 24
   * hours. For a run that has already started, it is the number at planning time, otherwise the number now.
   */
  readonly population: Readonly<Record<string, number>>;
}

export interface Refusal {
  readonly guard: string;
  readonly message: string;
  readonly next: string;
}

/** A rule that can refuse a plan. It only looks at the given facts and sends no request. */
export type Guard = (facts: GuardFacts) => Refusal | null;
