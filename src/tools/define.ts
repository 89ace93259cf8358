import type { z } from "zod";
import type { ConfirmationLevel } from "../domain/confirmation.ts";
import type { EffectClass, EffectOp } from "../domain/effect.ts";
import type { PlanDraft } from "../domain/plan.ts";
import type { PlanContext } from "../domain/planning.ts";
import type { Snapshots } from "../domain/membership.ts";
import type { MadeReview, Review } from "../domain/review.ts";
import type { RunPage } from "../domain/run.ts";
import type { ItemDecision, ReviewRecord } from "../domain/sign-off.ts";

export type Toolset = "directory" | "membership" | "offboarding" | "scim" | "enterprise" | "reviews" | "all";

interface ToolBase<Input extends z.ZodObject> {
  /** The name in snake_case. The file has the same name in kebab-case. */
  readonly name: string;
  readonly title: string;
  /** At most two sentences, with the most important limitation. */
  readonly description: string;
  readonly toolset: Toolset;
  /** A strict object: unknown fields are refused. */
  readonly input: Input;
}

/** Facts about the server that a read tool may show. */
export interface ReadContext extends PlanContext {
  /** The principal's own runs, newest first. INPUT_INVALID if the cursor does not come from this list. */
  runs(page: { readonly limit: number; readonly cursor?: string | undefined }): Promise<RunPage>;
  /** The memberships at earlier times. */
  readonly snapshots: Snapshots;
  /** Stores an access review. */
  keepReview(made: MadeReview): Promise<Review>;
  readonly namedReviews: NamedReviews;
  /** The requests that are left in each rate budget. */
  budgets(): Promise<
    readonly {
      readonly id: string;
      readonly limit: number;
      readonly windowMs: number;
      readonly remaining: number;
    }[]
  >;
}

/** Named reviews of the caller. A reviewer decides and signs on the page alone. */
export interface NamedReviews {
  /** Starts one. INPUT_INVALID if these people cannot decide on a page of this server. */
  start(
    ask: {
      readonly name: string;
      readonly period: string | null;
      readonly reviewers: readonly string[] | undefined;
    },
    review: () => Promise<Review>,
  ): Promise<ReviewRecord>;
  get(reviewId: string): Promise<ReviewRecord>;
  propose(reviewId: string, decisions: readonly ItemDecision[]): Promise<ReviewRecord>;
  /** Where the reviewer decides, and whether the page was opened in this machine's browser. */
  page(reviewId: string): Promise<{ readonly url: string | null; readonly opened: boolean }>;
}

/** A tool that only reads. `text` is the short readable answer beside the structured one. */
export interface ReadTool<Input extends z.ZodObject = z.ZodObject, Output extends z.ZodObject = z.ZodObject>
  extends ToolBase<Input> {
  readonly effect: "read";
  readonly output: Output;
  read(args: z.infer<Input>, context: ReadContext): Promise<z.infer<Output>>;
  text(output: z.infer<Output>): string;
}

/**
 * An effect that a tool can make. `grantsAdmin`: the effect makes a person an admin. A tool that makes admins and also
 * other members declares two effects. `along`: the effect only goes along with the tool's own work. A policy entry for
 * the tool then rules the tool's own plans, and not the same effect in plans of other tools.
 */
export interface Makes {
  readonly op: EffectOp;
  readonly direction: "gives" | "takes";
  readonly grantsAdmin?: true;
  readonly along?: true;
}

/** A tool that changes something. It only composes effects. The engine sends them. */
export interface WriteTool<Input extends z.ZodObject = z.ZodObject> extends ToolBase<Input> {
  readonly effect: EffectClass;
  /** Every effect that the tool's plans can have; `inverses` means all effects that undo a run. */
  readonly makes: readonly Makes[] | "inverses";
  /** The least confirmation for this tool, even if the policy asks for less. */
  readonly confirmation?: ConfirmationLevel;
  plan(args: z.infer<Input>, context: PlanContext): Promise<PlanDraft>;
}

/** Applies a plan that was made before. The server asks for the confirmation. */
export interface ApplyTool<Input extends z.ZodObject = z.ZodObject> extends ToolBase<Input> {
  readonly effect: "apply";
  planId(args: z.infer<Input>): string;
}

export type Tool = ReadTool | WriteTool | ApplyTool;

/** Whether a plan of the tool can take something away from a person or a place. */
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
 * The tools that the settings allow: those of the chosen toolsets and of `all`; no write tools if the server is
 * read-only.
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
  // Without this id every call of that toolset would fail.
  if (config.enterpriseId === null) toolsets.delete("enterprise");
  return tools.filter((tool) => toolsets.has(tool.toolset) && (tool.effect === "read" || !config.readOnly));
}
