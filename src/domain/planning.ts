import type { ConfirmationLevel } from "./confirmation.ts";
import type { AppError } from "./error.ts";
import type { Identities } from "./identity.ts";
import type { Json } from "./json.ts";
import type { PlanDraft, Principal } from "./plan.ts";
import type { Reads } from "./reads.ts";
import type { LeaverRung } from "./roster.ts";
import type { Review } from "./review.ts";
import type { AppliedEffect, Run } from "./run.ts";
import type { ReviewRecord } from "./sign-off.ts";
import type { Webhooks } from "./webhook.ts";
import { clean } from "./text.ts";

/** A person who signed in at an issuer that this server trusts. The data is from the access token. */
export interface SignedIn {
  /**
   * `ISSUER#VALUE`. VALUE contains the claims of the access token that identify one person. The id does not depend on
   * the client by which the person signed in.
   */
  readonly id: string;
  /** A name that is only shown. People are never compared by it. */
  readonly name: string;
  readonly email: string | null;
  /** The tenant of the person, on a service with several tenants. There, people without a tenant are refused. */
  readonly tenant?: string;
}

/** A signed-in person in words, as plans, evidence and the audit log show the person. */
export function shownName({ name, email }: SignedIn): string {
  return clean(email === null || email === name ? name : `${name} <${email}>`, 200);
}

/** The signed-in person for whom a call is made; null if the call is made for the owner of the Trello token. */
export function signedInOf({ id, name, account }: Principal): SignedIn | null {
  return account === undefined ? null : { id, name, email: null };
}

/**
 * What a tool knows about its call: who calls, which MCP client is used, how the call is stopped, and where its
 * progress is reported.
 */
export interface Caller {
  /** Name and version of the MCP client, for example `claude-ai/0.1.0`. */
  readonly client: string;
  /**
   * The signed-in person. null if people do not sign in to this server; then every caller counts as the owner of the
   * Trello token.
   */
  readonly subject: SignedIn | null;
  readonly signal?: AbortSignal;
  /**
   * The signal that stops a run after its start. Such a run does not stop by `signal`, because a client that only stops
   * waiting must not stop the run. If `stopsRun` is missing, `signal` stops the run.
   */
  readonly stopsRun?: AbortSignal;
  /**
   * Whether the client cancelled the call. False if the call ended because the connection or a process ended. A
   * cancelled run is continued only when a caller asks for it.
   */
  readonly cancelled?: () => boolean;
  readonly onProgress?: (progress: {
    readonly done: number;
    readonly total: number;
    readonly message: string;
  }) => void;
}

/** What a tool gets to make a plan. With it, the tool can read but not write. */
export interface PlanContext {
  readonly reads: Reads;
  /** ISO 8601. */
  readonly now: string;
  /**
   * A fact about Trello or Atlassian that earlier calls learned; null if it is not known. For example: a workspace
   * refuses the request that removes a person from the workspace and all its boards (`DELETE .../all`).
   */
  fact(key: string): Promise<Json | null>;
  /** A run of the caller, found by its id or by the id of its plan; null if the caller has no such run. */
  run(id: string): Promise<Run | null>;
  /**
   * If a plan of the caller has no run: an error that says why, with the plan's state. null if the plan has a run, or
   * if the caller has no such plan.
   */
  notStarted(planId: string): Promise<AppError | null>;
  /**
   * A stopped run of someone else, because an admin may undo such a run. null if there is none with this id, or if the
   * caller signed in: people who signed in see only their own runs.
   */
  stoppedRun(id: string): Promise<Run | null>;
  /**
   * The effects of earlier runs that sent or revoked invitations to a workspace and its boards, newest first. An effect
   * that revoked an invitation has null in `after`.
   */
  invitations(idOrganization: string): Promise<readonly AppliedEffect[]>;
  /**
   * The effects that runs applied after `since` (ISO 8601), newest first. The runs of all people are included, not only
   * those of the caller.
   */
  appliedSince(since: string): Promise<readonly AppliedEffect[]>;
  /** After this many days, an invitation counts as expired. */
  readonly invitationDays: number;
  /** The boards of SCIM Groups from `team_boards` in the policy file, by the Group's name. */
  readonly teamBoards: ReadonlyMap<string, readonly string[]>;
  /**
   * The policy's rules for rosters. `leaverRung`: the last step of the offboarding of people who are no longer on a
   * roster. `mostGonePercent`: how many percent of a roster's people may be missing at once.
   */
  readonly rosterRules: { readonly leaverRung: LeaverRung; readonly mostGonePercent: number };
  /**
   * The size of each named roster when a plan was last made from it. It is stored, because a roster that is suddenly
   * much shorter may be incomplete.
   */
  readonly rosterSizes: {
    /** How many people the roster had when a plan was last made from it; null if no plan was made from it yet. */
    last(name: string): Promise<number | null>;
    learn(name: string, people: number): Promise<void>;
  };
  readonly webhooks: Webhooks;
  /** Whether the settings and the policy allow this server to change the SCIM directory. */
  readonly mayChangeDirectory: boolean;
  /** An access review of the caller; null if the caller has none with this id. */
  review(id: string): Promise<Review | null>;
  /** A named review of the caller; null if the caller has none with this id. */
  namedReview(id: string): Promise<ReviewRecord | null>;
  /** Stored proofs that show which member owns which email. */
  readonly identities: Identities;
}

/** What the engine needs to know about a tool: the function that makes the plan, and the lowest confirmation level. */
export interface Planner {
  readonly tool: string;
  /** The lowest confirmation level that this tool needs. The policy file cannot lower it. */
  readonly confirmation?: ConfirmationLevel | undefined;
  plan(args: Json, context: PlanContext): Promise<PlanDraft>;
}
