import type { ConfirmationLevel } from "./confirmation.ts";
import type { Effect } from "./effect.ts";
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

/**
 * What one planner knows: effects, and what must be said of them. It can hold nothing that writes. A list that is left
 * out is empty; `combine` (planning/plan-part.ts) puts parts together.
 */
export interface PlanPart {
  readonly effects?: readonly Effect[];
  readonly warnings?: readonly string[];
  /** What else is lost or charged: one line each. */
  readonly notes?: readonly string[];
  /** The people who are touched, as far as known: the guard on protected people compares them. */
  readonly subjects?: readonly Subject[];
  /** What the token could not see while planning; an empty list claims that it saw everything. */
  readonly blindSpots?: readonly string[];
  /** What the plan leaves as it is, for example access that it does not take. */
  readonly untouched?: readonly string[];
  /** True if the plan cannot show all that it takes away: it then needs a confirmation one level higher. */
  readonly impactUnknown?: boolean;
  /** What must be true afterwards beside the effects themselves; it is read again when the run ends. */
  readonly promises?: readonly AccessPromise[];
  /** What was asked for and is not in the plan, with the reason: the run is then never complete. */
  readonly notReached?: readonly string[];
  /** True if a later run may have done on purpose what the plan takes back: one level higher as well. */
  readonly afterLaterRun?: boolean;
  /** The name that the person must type, if it is not the name of what the effects delete. */
  readonly typedName?: string;
}

/** That people are on no board, or in no workspace and on no board, of these workspaces. Labels and names are cleaned. */
export interface AccessPromise {
  readonly off: "boards" | "workspaces";
  readonly people: readonly { readonly idMember: string; readonly label: string }[];
  readonly workspaces: readonly { readonly id: string; readonly name: string }[];
}

/** What a tool's `plan` returns. */
export type PlanDraft = PlanPart & { readonly summary: string };

/** A person that the plan touches. */
export interface Subject {
  readonly idMember?: string;
  readonly username?: string;
  readonly email?: string;
  /** The source that proved `email`, for example `enterprise`. */
  readonly emailSource?: string;
  /** Every email and userName that is the person's, in lower case. */
  readonly emails?: readonly string[];
  readonly scimId?: string;
  readonly accountId?: string;
  readonly groups?: readonly string[];
  /** The member whose account this is, if a subject of its own names the member: the daily limits count one person. */
  readonly countsAs?: string;
  /**
   * How the person was identified, if that alone asks for a confirmation: by an exact full name (a person is asked), or
   * by an email that only the caller states (a person decides outside of the client).
   */
  readonly identifiedBy?: "name" | "stated_email";
}

/** The admins who stay in a place from which a plan takes one, by member id. The name is cleaned. */
export interface AdminsLeft {
  readonly place: "workspace" | "board";
  readonly name: string;
  readonly members: readonly string[];
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
  readonly untouched: readonly string[];
  readonly promises?: readonly AccessPromise[];
  readonly notReached?: readonly string[];
  /** Members by place before the plan, for effects whose outcome Trello hides: a member who is not among them is new. */
  readonly present?: Readonly<Record<string, readonly string[]>>;
  readonly requires: ConfirmationLevel | "none";
  /** Emails of the people who alone may approve it, from level `approval` on; empty if the policy names none. */
  readonly approvers: readonly string[];
  /** The people who are touched, and how many people each workspace has by id: a run that goes on is guarded by them. */
  readonly subjects: readonly Subject[];
  readonly population: Readonly<Record<string, number>>;
  /** By workspace and board from which the plan takes an admin: who stays admin of it and can act. */
  readonly adminsLeft?: Readonly<Record<string, AdminsLeft>>;
  readonly typedName: string | null;
  /** SHA-256 over tool, principal, effects and before-state, hexadecimal. */
  readonly digest: string;
  readonly reason: string | null;
  readonly ticket: string | null;
  /** ISO 8601 times; what the plan tells was read after the first of them. */
  readonly createdAt: string;
  readonly expiresAt: string;
}
