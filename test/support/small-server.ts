import type { McpServerFactory } from "@modelcontextprotocol/server";
import { z } from "zod";
import type { ServerDeps } from "../../src/server/deps.ts";
import { createServerFactory } from "../../src/server/server.ts";
import { defineApplyTool, defineReadTool, defineTool } from "../../src/tools/define.ts";

const look = defineReadTool({
  name: "look",
  title: "Look",
  description: "Looks at a thing.",
  toolset: "directory",
  input: z.strictObject({
    name: z.string().max(20_000),
    how: z.enum(["near", "far"]).default("near"),
    times: z.number().int().max(5).optional(),
    contact: z.email().optional(),
  }),
  output: z.strictObject({ name: z.string(), seen: z.array(z.string()), note: z.string().nullable() }),
  async read({ name }) {
    if (name === "broken") throw new Error("secret internals");
    return { name, seen: [name], note: null };
  },
  text: ({ name }) => `Seen: ${name}`,
});

const remove = defineTool({
  name: "remove_thing",
  title: "Remove a thing",
  description: "Removes a thing from where it is.",
  toolset: "membership",
  effect: "delete",
  makes: [],
  input: z.strictObject({ thing: z.string(), dryRun: z.boolean().optional() }),
  plan: () => Promise.reject(new Error("the planned engine plans")),
});

const rename = defineTool({
  name: "rename_thing",
  title: "Rename a thing",
  description: "Gives a thing another name.",
  toolset: "membership",
  effect: "update",
  makes: [],
  input: z.strictObject({ thing: z.string() }),
  plan: () => Promise.reject(new Error("the planned engine plans")),
});

const apply = defineApplyTool({
  name: "apply_plan",
  title: "Apply a plan",
  description: "Applies a plan whose confirmation has been given.",
  toolset: "offboarding",
  input: z.strictObject({ planId: z.string() }),
  planId: ({ planId }) => planId,
});

export const smallTools = [look, remove, rename, apply];

export interface LogLine {
  readonly level: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** A server over any engine, with one tool of each shape. */
export function createSmallServer(
  { engine }: Pick<ServerDeps, "engine">,
  overrides: Partial<ServerDeps> = {},
): { readonly factory: McpServerFactory; readonly logs: readonly LogLine[] } {
  const logs: LogLine[] = [];
  const factory = createServerFactory({
    engine,
    tools: smallTools,
    weakest: "client",
    approvals: {
      present: async () => ({ url: null, opened: false }),
      start: (id) => engine.apply(id, { client: "page", subject: null }),
      command: ({ id }) => `trello-identity-mcp approvals approve ${id}`,
    },
    budgets: async () => [],
    version: "0.0.0",
    log: (level, facts, message) => logs.push({ level, facts, message }),
    ...overrides,
  });
  return { factory, logs };
}
