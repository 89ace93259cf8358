import type { ConfirmationLevel } from "./confirmation.ts";
import type { Effect } from "./effect.ts";
import type { Json } from "./json.ts";

/** Who calls. `id` is the Trello member behind the token. `client` is the MCP client's name and version. */
export interface Principal {
  readonly id: string;
  readonly name: string;
  readonly client: string;
  /**
   * The Trello member whose token is used, if the principal is a person who signed in. Otherwise this member is the
   * principal.
   */
  readonly account?: string;
  /** The email of a person who signed in, if the access token shows one. */
  readonly email?: string;
}

/** The Trello member whose token sends a principal's requests. */
export function accountOf({ id, account }: Pick<Principal, "id" | "account">): string {
  return account ?? id;
}

/** What a plan would change, in numbers and names, for the person who decides. */
export interface Impact {
  readonly writes: number;
  readonly irreversible: number;
  readonly boards: number;
  readonly workspaces: number;
  /** What else is lost or charged, one line each: products, billable guests. */
  readonly notes: readonly string[];
}

/**
 * What one planner contributes to a plan: effects and the lines that belong to them. It cannot contain anything that
 * writes. A list that is not set is empty. `combine` (planning/plan-part.ts) joins parts.
 */
export interface PlanPart {
  readonly effects?: readonly Effect[];
  readonly warnings?: readonly string[];
  /** What else is lost or charged, one line each. */
  readonly notes?: readonly string[];
  /** The people that the plan changes, as far as they are known. The guard on protected people compares them. */
  readonly subjects?: readonly Subject[];
  /** What the token could not see while planning. An empty list claims that it saw everything. */
  readonly blindSpots?: readonly string[];
  /** What the plan does not change, for example access that it does not take. */
  readonly untouched?: readonly string[];
  /** True if the plan cannot show everything that it takes away. It then needs a confirmation one level higher. */
  readonly impactUnknown?: boolean;
  /**
   * True if a person must be asked although nothing is taken away: for a paid seat, or for a person from outside who is
   * added to boards.
   */
  readonly askFirst?: boolean;
  /** What else must be true after the run. It is read again when the run ends. */
  readonly promises?: readonly AccessPromise[];
  /** What the caller asked for but the plan does not do, with the reason. The run then ends as incomplete. */
  readonly notReached?: readonly string[];
  /**
   * True if a later run may have made on purpose what the plan undoes. The plan then needs a confirmation one level
   * higher.
   */
  readonly afterLaterRun?: boolean;
  /** The name that the person must type to confirm. If left out, it is the name of what the effects delete, if any. */
  readonly typedName?: string;
}

/**
 * A promise that people are on no board of these workspaces; or in none of them and on none of their boards. Labels
 * and names are cleaned.
 */
export interface AccessPromise {
  readonly off: "boards" | "workspaces";
  readonly people: readonly { readonly idMember: string; readonly label: string }[];
  readonly workspaces: readonly { readonly id: string; readonly name: string }[];
}

/** What a tool's `plan` returns. */
export type PlanDraft = PlanPart & { readonly summary: string };

/** A person that the plan changes. */
export interface Subject {
  readonly idMember?: string;
  readonly username?: string;
  readonly email?: string;
  /** The source that proved `email`, for example `enterprise`. */
  readonly emailSource?: string;
  /** Every email and userName of the person, in lower case. */
  readonly emails?: readonly string[];
  readonly scimId?: string;
  readonly accountId?: string;
  readonly groups?: readonly string[];
  /**
   * The member who owns this account, if another subject of the plan is that member. The daily limits then count both
   * as one person.
   */
  readonly countsAs?: string;
  /**
   * How the person was identified, if this alone needs a confirmation. An exact full name: the client asks a person.
   * An email that only the caller gave: a person decides outside the client.
   */
  readonly identifiedBy?: "name" | "stated_email";
  /** True if the plan only gives something to the person. Guards on what people lose do not look at the person. */
  readonly gains?: true;
}

/**
 * The admins who stay in a place from which a plan takes an admin, by member id. The name is cleaned. `made` are the
 * people whom the plan itself makes admins there.
 */
export interface AdminsLeft {
  readonly place: "workspace" | "board";
  readonly name: string;
  readonly members: readonly string[];
  readonly made?: readonly string[];
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
  /**
   * The members of each place before the plan, for effects whose outcome Trello hides. A member who is not listed is
   * new.
   */
  readonly present?: Readonly<Record<string, readonly string[]>>;
  readonly requires: ConfirmationLevel | "none";
  /** Emails of the only people who may approve the plan, from level `approval` on; empty if the policy names none. */
  readonly approvers: readonly string[];
  /**
   * The people that the plan changes, and how many people each workspace has, by id. The guards use them if the run
   * continues later.
   */
  readonly subjects: readonly Subject[];
  readonly population: Readonly<Record<string, number>>;
  /** For each workspace and board from which the plan takes an admin: the admins who stay and can act. */
  readonly adminsLeft?: Readonly<Record<string, AdminsLeft>>;
  readonly typedName: string | null;
  /** SHA-256 over tool, principal, effects and the state before, hexadecimal. */
  readonly digest: string;
  readonly reason: string | null;
  readonly ticket: string | null;
  /** ISO 8601 times. Everything that the plan shows was read after the first of them. */
  readonly createdAt: string;
  readonly expiresAt: string;
}
