import type { ToolFacts } from "./tool-facts.ts";

/**
 * The facts of every tool of the catalog. The build puts them here as data (scripts/build.mjs). Without a build this is null,
 * and they are computed from the catalog.
 */
export const builtFacts: readonly ToolFacts[] | null = null;
