import type { ConfirmationLevel } from "./confirmation.ts";
import type { Effect } from "./effect.ts";
import type { Json } from "./json.ts";

/**
 * For whom a call is made. `id` names the signed-in person or, without a sign-in, the Trello member to whom the token
 * belongs. `client`: name and version of the MCP client.
 */
export interface Principal {
  readonly id: string;
  readonly name: string;
  readonly client: string;
  /** The Trello member whose token is used for a signed-in person. Missing if the principal is that member. */
  readonly account?: string;
  /** The email of a signed-in person, if the access token shows one. */
  readonly email?: string;
}

/** The Trello member whose token sends the principal's requests. */
export function accountOf({ id, account }: Pick<Principal, "id" | "account">): string {
  return account ?? id;
}

/** What a plan would change, as numbers and names, for the person who decides. */
export interface Impact {
  readonly writes: number;
  readonly irreversible: number;
  readonly boards: number;
  readonly workspaces: number;
  /** Lines about what is lost or what costs money, besides the effects: for example products or billable guests. */
  readonly notes: readonly string[];
}

/**
 * A part of a plan: effects, and texts about them. A part is only data, so making one changes nothing. A missing list
 * counts as an empty list. `combine` (planning/plan-part.ts) joins parts.
 */
export interface PlanPart {
  readonly effects?: readonly Effect[];
  readonly warnings?: readonly string[];
  /** Lines about what is lost or what costs money, besides the effects. */
  readonly notes?: readonly string[];
  /**
   * The people whom the plan changes, as far as they are known. The guards (checks of the policy) compare them with the
   * protected people.
   */
  readonly subjects?: readonly Subject[];
  /** What could not be seen during planning. An empty list means that everything was seen. */
  readonly blindSpots?: readonly string[];
  /** What the plan does not change, for example access that it does not take away. */
  readonly untouched?: readonly string[];
  /** True if the plan may take away more than it shows. It then needs a confirmation one level higher. */
  readonly impactUnknown?: boolean;
  /**
   * True if a person must approve although the plan takes nothing away: it uses a paid seat, or adds a person from
   * outside to boards.
   */
  readonly askFirst?: boolean;
  /** What must be true after the run, in addition to the effects. It is checked by reading at the end of the run. */
  readonly promises?: readonly AccessPromise[];
  /** What the caller asked for but the plan does not do, with the reason. The result of the run is then INCOMPLETE. */
  readonly notReached?: readonly string[];
  /** True if the plan may undo what a later run did on purpose. It then needs a confirmation one level higher. */
  readonly afterLaterRun?: boolean;
  /**
   * The name that a person must type to approve the plan. If it is missing and the effects delete something, the person
   * must type the name of the thing that is deleted.
   */
  readonly typedName?: string;
}

/**
 * What must be true after the run for the people and workspaces of this object. If `off` is `boards`: the people are on
 * no board of the workspaces. If `off` is `workspaces`: they have also left the workspaces.
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
  /** All emails and userNames of the person, in lower case. */
  readonly emails?: readonly string[];
  readonly scimId?: string;
  readonly accountId?: string;
  readonly groups?: readonly string[];
  /**
   * Set if this is another account of a person, such as a SCIM User: the id of the person's Trello member. The daily
   * limits then count the account and the member as one person.
   */
  readonly countsAs?: string;
  /**
   * Set if the way in which the person was found needs a confirmation. `name`: by an exact full name; the client must
   * ask the user. `stated_email`: by an email that only the caller gave; a person must approve outside the client.
   */
  readonly identifiedBy?: "name" | "stated_email";
  /** True if the plan only gives something to this person. The guards against losses then ignore the person. */
  readonly gains?: true;
}

/**
 * The admins who stay in a workspace or board, if the plan takes the admin role there from someone. `members`: the ids
 * of people who are already admins. `made`: the ids of people whom the plan itself makes admins.
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
   * For effects whose result Trello hides, such as invitations: the ids of the members before the run, by the id of the
   * workspace or board. Members who are not in these lists after the run are new. They show that the effects were made.
   */
  readonly present?: Readonly<Record<string, readonly string[]>>;
  readonly requires: ConfirmationLevel | "none";
  /**
   * The only people who may approve the plan at level `approval` or higher. Each is an email or `ISSUER#VALUE` (the
   * issuer of the sign-in and its name for the person). Empty if the policy names no approvers.
   */
  readonly approvers: readonly string[];
  /**
   * The people whom the plan changes (`subjects`), and the number of people in each workspace, by the workspace's id
   * (`population`). If the run is continued later, the guards (checks of the policy) need this data again.
   */
  readonly subjects: readonly Subject[];
  readonly population: Readonly<Record<string, number>>;
  /** For each workspace and board from which the plan takes an admin: the active admins who stay. */
  readonly adminsLeft?: Readonly<Record<string, AdminsLeft>>;
  readonly typedName: string | null;
  /**
   * The SHA-256 digest (hexadecimal) of the tool, the principal, the notes, and the effects with their states before
   * and after.
   */
  readonly digest: string;
  readonly reason: string | null;
  readonly ticket: string | null;
  /** Times in ISO 8601. Everything in the plan was read after `createdAt`. */
  readonly createdAt: string;
  readonly expiresAt: string;
}
