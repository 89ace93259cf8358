import type { LeaverRung } from "../domain/roster.ts";
import { type ConfirmationLevel, raised, stronger } from "../domain/confirmation.ts";
import type { Effect } from "../domain/effect.ts";
import type { Subject } from "../domain/plan.ts";
import type { WorkspaceSnapshot } from "../domain/trello.ts";

/** What the administrator decided in the settings and the policy file, for every call. */
export interface Rules {
  /** The weakest confirmation with which a plan may take something away (IDENTITY_CONFIRMATION). */
  readonly weakest: ConfirmationLevel;
  readonly confirmation: {
    /** The level from the policy file; null if the file does not set one. */
    readonly default: ConfirmationLevel | null;
    readonly tools: ReadonlyMap<string, ConfirmationLevel>;
  };
  /** Ids, usernames and emails of people, and names of Groups, that no plan may take anything from. */
  readonly protected: { readonly members: readonly string[]; readonly groups: readonly string[] };
  readonly limits: {
    /**
     * From how many people one principal may take something in 24 hours. The same number limits all principals together
     * in one workspace.
     */
    readonly peoplePerDay: number;
    /** How many destructive effects are allowed in 24 hours, for one principal and for one workspace. */
    readonly destructiveEffectsPerDay: number;
    /**
     * From how many percent of a workspace's people, guests included, something may be taken in 24 hours. If it is only
     * one person, it is always allowed.
     */
    readonly percentOfWorkspace: number;
  };
  /** The only people who may approve plans, as emails or `ISSUER#VALUE`. Empty if the policy file names none. */
  readonly approvers: readonly string[];
  readonly invitations: { readonly expireAfterDays: number };
  /** Ids of the only workspaces that may be read or written; null if all may. */
  readonly workspaces: readonly string[] | null;
  /**
   * Whether accounts and the enterprise may be changed although only some workspaces are allowed. An account also opens
   * workspaces that are not allowed.
   */
  readonly beyondWorkspaces: boolean;
  /** The boards that the policy file lists for each SCIM Group, by the Group's name. */
  readonly teamBoards: Readonly<Record<string, readonly string[]>>;
  readonly rosters: { readonly leaverRung: LeaverRung };
}

/** The facts about an effect that decide which confirmation it needs. */
export interface Weighed {
  /** The tools that can plan this effect, enabled or not. */
  readonly tools: readonly string[];
  /** The confirmation that the effect needs because of what it does. */
  readonly gravity: ConfirmationLevel | "none";
}

/**
 * The confirmation that a plan needs: the strongest that its effects, its tool or `atLeast` ask for. If the impact is
 * unknown, one level more. An effect needs the strongest level of all tools that can plan it.
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
    // A tool such as `restore_member` declares no effects of its own. If the policy file names the tool, that level
    // counts too.
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
 * The level for an effect of a tool: what the policy file says for the tool, otherwise the effect's gravity. It is
 * never weaker than the weakest accepted level. Only the policy file can lower the level `approval`.
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
  // `client` means that a person is asked. An administrator who configured `two_step`, for use without people, wants no
  // person to be asked.
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

/** How many destructive effects there were, and which people lost something. Each person has one key. */
export interface Taken {
  readonly effects: number;
  readonly people: ReadonlySet<string>;
}

/** All facts that the guards need. The engine collects them, so a guard is a function without reads. */
export interface GuardFacts {
  readonly rules: Rules;
  readonly effects: readonly Effect[];
  /** The effects that take something away. */
  readonly destructive: readonly Effect[];
  /** The effects that take something from a person. A lost role counts like a lost membership. */
  readonly taking: readonly Effect[];
  readonly subjects: readonly Subject[];
  /** Every id, name and email of the account that this server uses, in lower case. */
  readonly self: ReadonlySet<string>;
  /** What a plan counts for the daily limits. For a run that has started, all its effects count. */
  readonly counting: readonly {
    readonly effect: Effect;
    readonly isDestructive: boolean;
    /** Keys of the people who lose something by the effect, as the store counts them. */
    readonly losers: readonly string[];
  }[];
  /** What the last 24 hours took away, by all processes: for the principal, and for each workspace. */
  readonly recent: { readonly principal: Taken; readonly workspaces: ReadonlyMap<string, Taken> };
  readonly workspaces: ReadonlyMap<string, WorkspaceSnapshot>;
  /**
   * By workspace id: the number of members and guests, now or at planning time. People who were removed in the last day
   * are included.
   */
  readonly population: Readonly<Record<string, number>>;
}

export interface Refusal {
  readonly guard: string;
  readonly message: string;
  readonly next: string;
}

/** A rule that can refuse a plan. It only looks at the facts it is given. */
export type Guard = (facts: GuardFacts) => Refusal | null;
