import type { LeaverRung } from "../domain/roster.ts";
import { type ConfirmationLevel, raised, stronger } from "../domain/confirmation.ts";
import type { Effect } from "../domain/effect.ts";
import type { Subject } from "../domain/plan.ts";
import type { WorkspaceSnapshot } from "../domain/trello.ts";

/** The administrator's decisions for every call, from settings and policy file together. */
export interface Rules {
  /** The weakest confirmation that is accepted for destructive plans (IDENTITY_CONFIRMATION). */
  readonly weakest: ConfirmationLevel;
  readonly confirmation: {
    /** null if the policy file does not say. */
    readonly default: ConfirmationLevel | null;
    readonly tools: ReadonlyMap<string, ConfirmationLevel>;
  };
  /**
   * Ids, usernames and emails of people, and names of groups. No destructive effect may change these people and
   * groups.
   */
  readonly protected: { readonly members: readonly string[]; readonly groups: readonly string[] };
  readonly limits: {
    /**
     * The most people from whom one principal may take something in 24 hours. It is also the most for all principals
     * together in one workspace.
     */
    readonly peoplePerDay: number;
    /** The most destructive effects in 24 hours, for one principal and for one workspace. */
    readonly destructiveEffectsPerDay: number;
    /**
     * The largest share of a workspace's people, guests included, from whom something may be taken in 24 hours. It
     * never stops a plan about one person.
     */
    readonly percentOfWorkspace: number;
  };
  /** Emails, and `ISSUER#VALUE`, of the only people who may approve a plan; empty if the policy names no one. */
  readonly approvers: readonly string[];
  readonly invitations: { readonly expireAfterDays: number };
  /** Ids of the only workspaces that may be read or written; null if all may. */
  readonly workspaces: readonly string[] | null;
  /**
   * Whether the enterprise and Atlassian accounts may still be changed, although they reach beyond those workspaces.
   */
  readonly beyondWorkspaces: boolean;
  /** The boards of SCIM Groups, by the Group's name, as the policy file writes them. */
  readonly teamBoards: Readonly<Record<string, readonly string[]>>;
  readonly rosters: { readonly leaverRung: LeaverRung };
}

/** What the rules need to know about an effect. */
export interface Weighed {
  /** The tools that declare the effect in `makes`, enabled or not. */
  readonly tools: readonly string[];
  /** The confirmation that the effect needs because of what it does. */
  readonly gravity: ConfirmationLevel | "none";
}

/**
 * The confirmation that a plan needs: the strongest level of its effects, its tool and `atLeast`, and one level more if
 * its impact is unknown. Each effect needs the strongest level of all tools that declare it.
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
    // A tool that declares no effects, such as one that undoes runs, also needs what the policy sets for its effects.
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
 * The level of a tool for an effect with this gravity: the policy's entry for the tool, or else the gravity. It is
 * never weaker than the weakest accepted level. Only a policy entry can lower `approval`.
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
  // `client` means that a person is asked. An administrator who configured the model alone, for unattended use, wants
  // no person to be asked.
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

/** Destructive effects, and the people who lost something, each by one key. */
export interface Taken {
  readonly effects: number;
  readonly people: ReadonlySet<string>;
}

/** Everything that guards compare. The engine collects it, so each guard is a pure function. */
export interface GuardFacts {
  readonly rules: Rules;
  readonly effects: readonly Effect[];
  /** The effects that take something away. */
  readonly destructive: readonly Effect[];
  /** The effects that take something from a person. Losing a role counts like losing a place. */
  readonly taking: readonly Effect[];
  readonly subjects: readonly Subject[];
  /** Every id, name and email of the token's owner, in lower case. */
  readonly self: ReadonlySet<string>;
  /** What a run that has begun counts in the limits of a day: everything that it does. */
  readonly counting: readonly {
    readonly effect: Effect;
    readonly isDestructive: boolean;
    /** The people who lose something by it, by the keys of the store. */
    readonly losers: readonly string[];
  }[];
  /** What the last 24 hours took, over all processes: by the principal, and in each workspace. */
  readonly recent: { readonly principal: Taken; readonly workspaces: ReadonlyMap<string, Taken> };
  readonly workspaces: ReadonlyMap<string, WorkspaceSnapshot>;
  /**
   * By workspace id: the number of people and guests now, or when the run was planned. It includes people who were
   * removed in the last day.
   */
  readonly population: Readonly<Record<string, number>>;
}

export interface Refusal {
  readonly guard: string;
  readonly message: string;
  readonly next: string;
}

/** A rule that refuses a plan: a pure function of the facts. */
export type Guard = (facts: GuardFacts) => Refusal | null;
