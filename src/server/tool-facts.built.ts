import type { ToolFacts } from "./tool-facts.ts";

/** The facts of all tools. The build (scripts/build.mjs) replaces null by data; without a build, they are computed. */
export const builtFacts: readonly ToolFacts[] | null = null;
