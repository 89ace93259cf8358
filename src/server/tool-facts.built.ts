import type { ToolFacts } from "./tool-facts.ts";

/**
 * The facts of all tools, as data. The build (scripts/build.mjs) replaces null with them. Without a build, the facts
 * are computed.
 */
export const builtFacts: readonly ToolFacts[] | null = null;
