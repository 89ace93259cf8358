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
import { clean } from "./text.ts";

/** A person who signed in at an issuer that this server trusts, as the access token shows the person. */
export interface SignedIn {
  /**
   * `ISSUER#VALUE`: the issuer, and the claims that identify one person, which are the same for every client of that
   * issuer.
   */
  readonly id: string;
  /** Only for display. People are never matched by it. */
  readonly name: string;
  readonly email: string | null;
  /** The tenant of a service that has several. A person without it is let in nowhere on such a service. */
  readonly tenant?: string;
}

/** A signed-in person in the form that plans, evidence and the audit log show. */
export function shownName({ name, email }: SignedIn): string {
  return clean(email === null || email === name ? name : `${name} <${email}>`, 200);
}

/** The signed-in person of a principal; null if the principal is the owner of the Trello token. */
export function signedInOf({ id, name, account }: Principal): SignedIn | null {
  return account === undefined ? null : { id, name, email: null };
}

/** The caller, its client, and how to stop or follow the call. */
export interface Caller {
  /** Name and version of the MCP client, for example `claude-ai/0.1.0`. */
  readonly client: string;
  /** The signed-in person; null if the server treats every caller as the owner of the Trello token. */
  readonly subject: SignedIn | null;
  readonly signal?: AbortSignal;
  /**
   * The signal that stops a run after it has begun, if it differs from `signal`. A client that only stops waiting stops
   * no run.
   */
  readonly stopsRun?: AbortSignal;
  /**
   * Whether the client asked to cancel. False if a connection or a process ended. A cancelled run continues only if a
   * caller asks for it.
   */
  readonly cancelled?: () => boolean;
  readonly onProgress?: (progress: {
    readonly done: number;
    readonly total: number;
    readonly message: string;
  }) => void;
}

/** What a tool needs to plan. It can read and cannot write. */
export interface PlanContext {
  readonly reads: Reads;
  /** ISO 8601. */
  readonly now: string;
  /** What earlier calls learned about an upstream, for example that a workspace refuses `/all`. */
  fact(key: string): Promise<Json | null>;
  /** A run of the same principal; null if there is none. */
  run(id: string): Promise<Run | null>;
  /** Why a plan of the same principal has no run yet, with the plan's state in the details; null if there is no such plan. */
  notStarted(planId: string): Promise<AppError | null>;
  /** A stopped run of another principal, so that another admin can undo it; null if there is none. */
  stoppedRun(id: string): Promise<Run | null>;
  /**
   * Invitations to a workspace and to its boards that earlier runs sent or revoked, newest first. A revoked one has no
   * `after`.
   */
  invitations(idOrganization: string): Promise<readonly AppliedEffect[]>;
  /** Everything that runs of all accounts applied since `since` (ISO 8601), newest first. */
  appliedSince(since: string): Promise<readonly AppliedEffect[]>;
  /** The number of days after which an invitation counts as expired. */
  readonly invitationDays: number;
  /** The boards of SCIM Groups by the Group's name, as the policy file writes them (`team_boards`). */
  readonly teamBoards: ReadonlyMap<string, readonly string[]>;
  /**
   * How far people who are no longer on a roster are offboarded, and the largest percentage of a roster's people that
   * may be missing at once.
   */
  readonly rosterRules: { readonly leaverRung: LeaverRung; readonly mostGonePercent: number };
  /** Whether the allow-list and the policy let this server change the directory. */
  readonly mayChangeDirectory: boolean;
  /** An access review of the same principal, or null. */
  review(id: string): Promise<Review | null>;
  /** A named review of the same principal, or null. */
  namedReview(id: string): Promise<ReviewRecord | null>;
  /** Emails that were proven to belong to members, from the store. */
  readonly identities: Identities;
}

/** The part of a tool that the engine uses: how the tool plans, and the least confirmation that it asks for. */
export interface Planner {
  readonly tool: string;
  /** The least confirmation for this tool, even if the policy asks for less. */
  readonly confirmation?: ConfirmationLevel | undefined;
  plan(args: Json, context: PlanContext): Promise<PlanDraft>;
}
