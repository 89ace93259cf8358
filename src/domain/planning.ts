import type { ConfirmationLevel } from "./confirmation.ts";
import type { Identities } from "./identity.ts";
import type { Json } from "./json.ts";
import type { PlanDraft } from "./plan.ts";
import type { Reads } from "./reads.ts";
import type { Review } from "./review.ts";
import type { AppliedEffect, Run } from "./run.ts";

/** Who calls, through which client, and how to stop or follow the call. */
export interface Caller {
  /** Name and version of the MCP client, for example `claude-ai/0.1.0`. */
  readonly client: string;
  /** The authenticated subject, if the transport knows one. */
  readonly subject: string | null;
  readonly signal?: AbortSignal;
  /** Whether the signal was a wish to cancel, not a connection or a process that ends. A cancelled run waits to be asked for. */
  readonly cancelled?: () => boolean;
  readonly onProgress?: (progress: {
    readonly done: number;
    readonly total: number;
    readonly message: string;
  }) => void;
}

/** What a tool plans with: reads, and nothing that writes. */
export interface PlanContext {
  readonly reads: Reads;
  /** ISO 8601. */
  readonly now: string;
  /** What was learnt of an upstream earlier, for example that a workspace refuses `/all`. */
  fact(key: string): Promise<Json | null>;
  /** A run of the same principal, or null. */
  run(id: string): Promise<Run | null>;
  /** A run of another principal that was stopped, or null: another admin has to clean up after it. */
  stoppedRun(id: string): Promise<Run | null>;
  /** Invitations to a workspace and to its boards that earlier runs sent or revoked, newest first; revoked ones have no `after`. */
  invitations(idOrganization: string): Promise<readonly AppliedEffect[]>;
  /** Everything that runs of any account applied from `since` (ISO 8601) on, newest first. */
  appliedSince(since: string): Promise<readonly AppliedEffect[]>;
  /** After how many days an invitation counts as expired. */
  readonly invitationDays: number;
  /** An access review of the same principal, or null. */
  review(id: string): Promise<Review | null>;
  /** Emails linked to members by earlier proof. */
  readonly identities: Identities;
}

/** The part of a tool that the engine knows: how to plan it, and how much confirmation it asks for at least. */
export interface Planner {
  readonly tool: string;
  /** What the tool asks for whatever the policy says less. */
  readonly confirmation?: ConfirmationLevel | undefined;
  plan(args: Json, context: PlanContext): Promise<PlanDraft>;
}
