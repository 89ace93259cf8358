import type { z } from "zod";
import type { ConfirmationLevel } from "../domain/confirmation.ts";
import type { EffectClass, EffectOp } from "../domain/effect.ts";
import type { PlanDraft } from "../domain/plan.ts";
import type { PlanContext } from "../domain/planning.ts";
import type { Snapshots } from "../domain/membership.ts";
import type { MadeReview, Review } from "../domain/review.ts";
import type { RunPage } from "../domain/run.ts";
import type { ItemDecision, ReviewRecord, SignOff } from "../domain/sign-off.ts";

export type Toolset =
  | "directory"
  | "membership"
  | "offboarding"
  | "scim"
  | "enterprise"
  | "reviews"
  | "webhooks"
  | "all";

interface ToolBase<Input extends z.ZodObject> {
  /** The name of the tool in snake_case. The file has the same name in kebab-case. */
  readonly name: string;
  readonly title: string;
  /**
   * What the tool does, for the model that calls it. At most two sentences, including the most important limitation.
   */
  readonly description: string;
  readonly toolset: Toolset;
  /** The schema of the tool's arguments. Fields that are not in the schema are refused. */
  readonly input: Input;
}

/** Facts about the server that a read tool may show. */
export interface ReadContext extends PlanContext {
  /** The runs of the caller's principal, newest first. INPUT_INVALID if the cursor was not made by this list. */
  runs(page: { readonly limit: number; readonly cursor?: string | undefined }): Promise<RunPage>;
  /** The memberships at earlier times. */
  readonly snapshots: Snapshots;
  /** Stores an access review. */
  keepReview(made: MadeReview): Promise<Review>;
  readonly namedReviews: NamedReviews;
  /** How many requests each rate budget still allows now. */
  budgets(): Promise<
    readonly {
      readonly id: string;
      readonly limit: number;
      readonly windowMs: number;
      readonly remaining: number;
    }[]
  >;
}

/** The named reviews of the caller. A reviewer can decide and sign only on the page for reviewers. */
export interface NamedReviews {
  /** Starts a named review. INPUT_INVALID if the reviewers cannot sign in to a page of this server. */
  start(
    ask: Pick<SignOff, "name" | "period" | "due"> & {
      readonly reviewers: readonly string[] | undefined;
      /**
       * A function that divides the items of the review among the reviewers. null if the reviewers named in the call
       * review all items together.
       */
      readonly assign:
        | ((review: Review, named: readonly string[]) => Pick<SignOff, "reviewers" | "items">)
        | null;
    },
    review: () => Promise<Review>,
  ): Promise<ReviewRecord>;
  get(reviewId: string): Promise<ReviewRecord>;
  propose(reviewId: string, decisions: readonly ItemDecision[]): Promise<ReviewRecord>;
  /**
   * The caller's signed reviews, the newest first. The list ends with the oldest review in which a reviewer accepted a
   * finding and the acceptance is still valid.
   */
  accepting(): Promise<readonly ReviewRecord[]>;
  /**
   * The plan made from the removals of a signed review, or the reason why no plan was made. null if planning has not
   * begun.
   */
  removals(
    reviewId: string,
  ): Promise<{ readonly planId: string | null; readonly problem: string | null } | null>;
  /**
   * Adds two things to a signed review: what its runs did, and its list of people as it is now. `after` reads the new
   * list. CONFLICT if not all reviewers have signed.
   */
  check(reviewId: string, after: (review: Review) => Promise<Review>): Promise<ReviewRecord>;
  /** The address of the page for reviewers, and whether the page was opened in the browser of this machine. */
  page(reviewId: string): Promise<{ readonly url: string | null; readonly opened: boolean }>;
}

/** A tool that only reads. `text` makes the short answer for a reader; the structured answer has all facts. */
export interface ReadTool<Input extends z.ZodObject = z.ZodObject, Output extends z.ZodObject = z.ZodObject>
  extends ToolBase<Input> {
  readonly effect: "read";
  readonly output: Output;
  read(args: z.infer<Input>, context: ReadContext): Promise<z.infer<Output>>;
  text(output: z.infer<Output>): string;
}

/**
 * An effect that a tool can plan. `grantsAdmin`: the effect makes a person an admin. A tool that can make both admins
 * and normal members declares two effects. `along`: the effect only accompanies the main work of the tool. So the
 * tool's entry in the policy file applies to this effect in plans of this tool, but not in plans of other tools.
 */
export interface Makes {
  readonly op: EffectOp;
  readonly direction: "gives" | "takes";
  readonly grantsAdmin?: true;
  readonly along?: true;
}

/** A tool that changes something. The tool only plans effects; the engine sends them. */
export interface WriteTool<Input extends z.ZodObject = z.ZodObject> extends ToolBase<Input> {
  readonly effect: EffectClass;
  /** All effects that the tool can plan. `inverses`: the tool plans the effects that undo a run. */
  readonly makes: readonly Makes[] | "inverses";
  /** The lowest confirmation for this tool. The policy file cannot lower it. */
  readonly confirmation?: ConfirmationLevel;
  plan(args: z.infer<Input>, context: PlanContext): Promise<PlanDraft>;
}

/** The tool that applies a stored plan. The server asks the user for the confirmation. */
export interface ApplyTool<Input extends z.ZodObject = z.ZodObject> extends ToolBase<Input> {
  readonly effect: "apply";
  planId(args: z.infer<Input>): string;
}

export type Tool = ReadTool | WriteTool | ApplyTool;

/** Whether a plan of the tool can take something away. */
export function mayTakeAway(tool: Tool): boolean {
  if (tool.effect === "delete" || tool.effect === "apply") return true;
  if (tool.effect === "read") return false;
  return tool.makes === "inverses" || tool.makes.some(({ direction }) => direction === "takes");
}

export function defineReadTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  tool: Omit<ReadTool<Input, Output>, "effect">,
): Tool {
  return { ...tool, effect: "read" } as unknown as Tool;
}

export function defineTool<Input extends z.ZodObject>(tool: WriteTool<Input>): Tool {
  return tool;
}

export function defineApplyTool<Input extends z.ZodObject>(tool: Omit<ApplyTool<Input>, "effect">): Tool {
  return { ...tool, effect: "apply" } as unknown as Tool;
}

/**
 * The tools that are enabled: those of the configured toolsets, and those that belong to every configuration (toolset
 * `all`). On a read-only server, only read tools are enabled. If any tool can make plans, `apply_plan` is enabled too,
 * because it applies these plans.
 */
export function enabledTools<T extends Pick<Tool, "toolset" | "effect">>(
  tools: readonly T[],
  config: {
    readonly toolsets: readonly string[];
    readonly readOnly: boolean;
    readonly enterpriseId: string | null;
  },
): readonly T[] {
  const toolsets = new Set<string>([...config.toolsets, "all"]);
  // Without an enterprise id, every call of the enterprise tools would fail, so they are not offered.
  if (config.enterpriseId === null) toolsets.delete("enterprise");
  const chosen = tools.filter(
    (tool) => toolsets.has(tool.toolset) && (tool.effect === "read" || !config.readOnly),
  );
  const isWriting = chosen.some(({ effect }) => effect !== "read" && effect !== "apply");
  return tools.filter((tool) => chosen.includes(tool) || (isWriting && tool.effect === "apply"));
}
