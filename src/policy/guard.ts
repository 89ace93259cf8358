import type { Effect } from "../domain/effect.ts";
import type { Subject } from "../domain/plan.ts";
import type { WorkspaceSnapshot } from "../domain/trello.ts";
import type { Rules } from "./rules.ts";

/** Everything that guards look at; gathered by the engine, so that a guard is a pure function. */
export interface GuardFacts {
  readonly rules: Rules;
  readonly effects: readonly Effect[];
  /** Those of them that take something away. */
  readonly destructive: readonly Effect[];
  readonly subjects: readonly Subject[];
  /** The token's owner. */
  readonly self: {
    readonly idMember: string;
    readonly email: string | null;
    readonly accountId: string | null;
  };
  /** Destructive effects of the last 24 hours, over all processes: of the principal, and in each workspace. */
  readonly recent: { readonly principal: number; readonly workspaces: ReadonlyMap<string, number> };
  readonly workspaces: ReadonlyMap<string, WorkspaceSnapshot>;
}

export interface Refusal {
  readonly guard: string;
  readonly message: string;
  readonly next: string;
}

/** A rule that refuses a plan: a pure function of the facts. */
export type Guard = (facts: GuardFacts) => Refusal | null;
