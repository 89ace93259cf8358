// The facts that answer `tools/list`. This file loads no tool, so a server can answer soon after its start.
import type { Tool as Listed, ToolAnnotations } from "@modelcontextprotocol/server";
import { type ConfirmationLevel, stronger } from "../domain/confirmation.ts";
import type { Tool } from "../tools/define.ts";
import { scopeOf } from "./scope-names.ts";

/** A JSON Schema object. */
export type JsonSchema = Readonly<Record<string, unknown>>;
type ObjectSchema = JsonSchema & { readonly type: "object" };

/** The facts about a tool that are known before its file is loaded. */
export interface ToolFacts extends Pick<Tool, "name" | "title" | "description" | "toolset" | "effect"> {
  /** The lowest confirmation level that the tool itself asks for; null if the tool asks for no level. */
  readonly confirmation: ConfirmationLevel | null;
  readonly inputSchema: ObjectSchema;
  readonly outputSchema: ObjectSchema;
}

/** The `_meta` key that tells a client that a person must confirm the plans of a tool, and at which level or higher. */
const CONFIRMATION_META = "trello-identity/confirmation";

/**
 * A tool as clients get it in the list.
 * `weakest`: the lowest confirmation level that the server allows for a plan that takes something away.
 * `authorization`: null if people do not sign in. Otherwise each tool names the scope that it needs (OpenAI Apps SDK,
 * `securitySchemes`).
 */
export function listedTool(
  facts: ToolFacts,
  weakest: ConfirmationLevel,
  authorization: { readonly scopePrefix: string } | null = null,
): Listed {
  const { name, title, description, effect, inputSchema, outputSchema } = facts;
  const minimum = minimumConfirmation(facts, weakest);
  const meta = {
    ...(minimum !== null && { [CONFIRMATION_META]: { required: true, minimum } }),
    ...(authorization && {
      securitySchemes: [{ type: "oauth2", scopes: [`${authorization.scopePrefix}${scopeOf(facts)}`] }],
    }),
  };
  return {
    name,
    title,
    description,
    inputSchema,
    outputSchema,
    annotations: annotations(effect),
    ...(Object.keys(meta).length > 0 && { _meta: meta }),
  };
}

/**
 * The four hints of MCP about a tool, derived from what the tool does. A tool that only sets or removes is idempotent,
 * because a second call changes nothing more.
 */
function annotations(effect: Tool["effect"]): Required<Omit<ToolAnnotations, "title">> {
  return {
    readOnlyHint: effect === "read",
    destructiveHint: effect === "delete" || effect === "apply",
    idempotentHint: effect !== "create" && effect !== "apply",
    openWorldHint: true,
  };
}

function minimumConfirmation(
  { effect, confirmation }: ToolFacts,
  weakest: ConfirmationLevel,
): ConfirmationLevel | null {
  if (effect === "read") return null;
  if (confirmation !== null) return stronger(confirmation, weakest);
  return effect === "create" || effect === "update" ? null : weakest;
}

/** The names of all tools that make plans. The policy file can contain these names. */
export function planningNames(tools: readonly Pick<ToolFacts, "name" | "effect">[]): readonly string[] {
  return tools.filter(({ effect }) => effect !== "read" && effect !== "apply").map(({ name }) => name);
}
