import type { ConfirmationLevel } from "./confirmation.ts";
import { type Effect, storedEffect } from "./effect.ts";
import type { Json } from "./json.ts";

/** Who asks: `id` is the Trello member behind the token; `client` is the MCP client's name and version. */
export interface Principal {
  readonly id: string;
  readonly name: string;
  readonly client: string;
}

/** What a plan would change, in numbers and names, for the person who decides. */
export interface Impact {
  readonly writes: number;
  readonly irreversible: number;
  readonly boards: number;
  readonly workspaces: number;
  /** What else is lost or charged: products, billable guests; one line each. */
  readonly notes: readonly string[];
}

/** What a tool's `plan` returns: the effects and what must be known about them. It can hold nothing that writes. */
export interface PlanDraft {
  readonly summary: string;
  readonly effects: readonly Effect[];
  readonly warnings: readonly string[];
  readonly notes?: readonly string[];
  /** Who is touched, as far as known: what the guard on protected people compares. */
  readonly subjects: readonly Subject[];
  /** What the token could not see while planning; an empty list claims that it saw everything. */
  readonly blindSpots: readonly string[];
  /** True when the plan cannot show all that it takes away: the confirmation needed rises by one level. */
  readonly impactUnknown?: boolean;
  /**
   * Other tools that do what this plan does. It needs no less confirmation than each of them, or it would be the way
   * round what the policy asks for them.
   */
  readonly insteadOf?: readonly string[];
  /** The name that the person must type, where it is not that of what the effects delete. */
  readonly typedName?: string;
  /** What remains true afterwards and should be told, for example access that is not touched. */
  readonly remains?: readonly string[];
}

/** A person whom the plan touches. */
export interface Subject {
  readonly idMember?: string;
  readonly username?: string;
  readonly email?: string;
  readonly scimId?: string;
  readonly accountId?: string;
  readonly groups?: readonly string[];
}

export interface Plan {
  readonly id: string;
  readonly tool: string;
  readonly args: Json;
  readonly principal: Principal;
  readonly summary: string;
  readonly effects: readonly Effect[];
  readonly warnings: readonly string[];
  readonly impact: Impact;
  readonly blindSpots: readonly string[];
  readonly remains: readonly string[];
  readonly requires: ConfirmationLevel | "none";
  readonly typedName: string | null;
  /** SHA-256 over tool, principal, effects and before-state, hexadecimal. */
  readonly digest: string;
  readonly reason: string | null;
  readonly ticket: string | null;
  /** ISO 8601 times. */
  readonly createdAt: string;
  readonly expiresAt: string;
}

/** A plan from the store's JSON, whichever version wrote it. */
export function planFromJson(json: string): Plan {
  const plan = JSON.parse(json) as Plan;
  return { ...plan, effects: plan.effects.map(storedEffect) };
}
