import type { ToolFacts } from "./tool-facts.ts";

/** Replaced by the build. */
export const builtFacts: readonly ToolFacts[] | null = null;
