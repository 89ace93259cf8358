import type { z } from "zod";
import type { ConfirmationLevel } from "../domain/confirmation.ts";
import type { EffectClass, EffectOp } from "../domain/effect.ts";
import type { PlanDraft } from "../domain/plan.ts";
import type { PlanContext } from "../domain/planning.ts";
import type { Snapshots } from "../domain/membership.ts";
import type { MadeReview, Review } from "../domain/review.ts";
import type { RunPage } from "../domain/run.ts";

export type Toolset = "directory" | "membership" | "offboarding" | "scim" | "enterprise" | "reviews" | "all";

interface ToolBase<Input extends z.ZodObject> {
  /** snake_case; the file has the same name in kebab-case. */
  readonly name: string;
  readonly title: string;
  /** At most two sentences, with the caveat that matters. */
  readonly description: string;
  readonly toolset: Toolset;
  /** A strict object: unknown fields are refused. */
  readonly input: Input;
}

/** Facts about the server that a read tool may tell. */
export interface ReadContext extends PlanContext {
  /** Runs of the same principal, newest first. INPUT_INVALID for a cursor that no page of them came with. */
  runs(page: { readonly limit: number; readonly cursor?: string | undefined }): Promise<RunPage>;
  /** Who was where at earlier moments. */
  readonly snapshots: Snapshots;
  /** Keeps an access review. */
  keepReview(made: MadeReview): Promise<Review>;
  /** Starts left in each rate budget. */
  budgets(): Promise<
    readonly {
      readonly id: string;
      readonly limit: number;
      readonly windowMs: number;
      readonly remaining: number;
    }[]
  >;
}

/** A tool that only reads. `text` is the short readable answer beside the structured one. */
export interface ReadTool<Input extends z.ZodObject = z.ZodObject, Output extends z.ZodObject = z.ZodObject>
  extends ToolBase<Input> {
  readonly effect: "read";
  readonly output: Output;
  read(args: z.infer<Input>, context: ReadContext): Promise<z.infer<Output>>;
  text(output: z.infer<Output>): string;
}

/** An effect that a tool can make: `grantsAdmin` if it makes somebody an admin. A tool that does both declares both. */
export interface Makes {
  readonly op: EffectOp;
  readonly direction: "gives" | "takes";
  readonly grantsAdmin?: true;
}

/** A tool that changes something: it composes effects and can write nothing itself; the engine does the rest. */
export interface WriteTool<Input extends z.ZodObject = z.ZodObject> extends ToolBase<Input> {
  readonly effect: EffectClass;
  /** Every effect that its plans can have; `inverses`: whatever undoes a run. */
  readonly makes: readonly Makes[] | "inverses";
  /** Confirmation that the tool asks for whatever the policy says less. */
  readonly confirmation?: ConfirmationLevel;
  plan(args: z.infer<Input>, context: PlanContext): Promise<PlanDraft>;
}

/** Applies a plan that was made before; the server runs the confirmation around it. */
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
