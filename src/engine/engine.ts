import type { ConfirmationLevel, Decision } from "../domain/confirmation.ts";
import type { EffectOp } from "../domain/effect.ts";
import type { Json } from "../domain/json.ts";
import type { Plan, PlanDraft, Principal } from "../domain/plan.ts";
import type { Reads } from "../domain/reads.ts";
import type { Run } from "../domain/run.ts";
import type { AppliedEffect, StoredPlan } from "../store/store.ts";
import type { LinkedEmail } from "./linked-emails.ts";

/** Who calls, through which client, and how to stop or follow the call. */
export interface Caller {
  /** Name and version of the MCP client, for example `claude-ai/0.1.0`. */
  readonly client: string;
  /** The authenticated subject, where the transport knows one. */
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

export type { AppliedEffect, StoredPlan };

/** What a tool plans with: reads, and nothing that writes. */
export interface PlanContext {
  readonly reads: Reads;
  /** ISO 8601. */
  readonly now: string;
  /** What was learnt of an upstream earlier, for example that a workspace refuses `/all`. */
  fact(key: string): Promise<Json | null>;
  /** A run of the same principal, or null. */
  run(id: string): Promise<Run | null>;
  /** Effects of these ops that earlier runs applied in a workspace, newest first: what the ledger of invitations is made of. */
  applied(query: {
    readonly ops: readonly EffectOp[];
    readonly idOrganization: string;
  }): Promise<readonly AppliedEffect[]>;
  /** After how many days an invitation counts as expired. */
  readonly invitationDays: number;
  /** Emails linked to members by earlier proof. */
  readonly identities: Identities;
}

export interface Identities {
  /** Member ids that were proven to have this email, with the source of the proof. */
  membersOf(email: string): Promise<readonly { readonly idMember: string; readonly source: string }[]>;
  /** Emails linked to this member, newest first; a disputed one proves nothing. */
  emailsOf(idMember: string): Promise<readonly LinkedEmail[]>;
  learn(link: { readonly email: string; readonly idMember: string; readonly source: string }): Promise<void>;
}

/** The part of a tool that the engine knows: how to plan it, and how much confirmation it asks for at least. */
export interface Planner {
  readonly tool: string;
  /** What the tool asks for whatever the policy says less. */
  readonly confirmation?: ConfirmationLevel | undefined;
  plan(args: Json, context: PlanContext): Promise<PlanDraft>;
}

export interface Engine {
  /** A pass of guarded reads (workspace allow-list applied) for read tools. */
  context(caller: Caller): PlanContext;
  /** Plans, guards, and fixes what confirmation is needed. Stores nothing. */
  propose(tool: string, args: Json, caller: Caller): Promise<Plan>;
  /** Stores a proposed plan so that a decision can be made on it. */
  hold(plan: Plan): Promise<StoredPlan>;
  plan(id: string): Promise<StoredPlan | null>;
  waiting(): Promise<readonly StoredPlan[]>;
  /** Records a person's word, once. `typed` is what the person typed where the plan asks for a name. */
  decide(
    planId: string,
    word: {
      readonly accepted: boolean;
      readonly level: ConfirmationLevel;
      readonly by: string;
      readonly typed?: string;
    },
  ): Promise<Decision>;
  /**
   * Plans again, compares the digest (PLAN_STALE with `details.plan`), spends the decision, writes, verifies, keeps evidence.
   * CONFIRMATION_PENDING, _DECLINED, _EXPIRED where the decision is missing or unusable.
   */
  apply(planId: string, caller: Caller): Promise<Run>;
  run(id: string): Promise<Run | null>;
  runs(page: { readonly limit: number; readonly before?: string }): Promise<readonly Run[]>;
  /**
   * Takes up unfinished runs that nobody works on, also those whose caller went away or whose upstream was out; resolves
   * when none is left. `abandoned`: not those that this process tried a moment ago in vain, for which it waits longer each
   * time. A run that a caller cancelled is taken up by `apply` alone.
   */
  recover(signal?: AbortSignal, which?: "all" | "abandoned"): Promise<readonly Run[]>;
  /** The principal behind the token. */
  principal(caller: Caller): Promise<Principal>;
}
