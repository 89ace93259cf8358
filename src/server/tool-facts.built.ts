import type { ToolFacts } from "./tool-facts.ts";

/**
 * The facts of every tool in the catalog. The build (scripts/build.mjs) writes them here as data. Without a build this
 * is null, and the catalog computes them.
 */
export const builtFacts: readonly ToolFacts[] | null = null;
