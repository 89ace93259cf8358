// What `tools/list` is answered from. Nothing here loads a tool, so that a start can answer before any is loaded.
import type { Tool as Listed, ToolAnnotations } from "@modelcontextprotocol/server";
import { type ConfirmationLevel, stronger } from "../domain/confirmation.ts";
import type { Tool } from "../tools/define.ts";

/** A JSON Schema object. */
export type JsonSchema = Readonly<Record<string, unknown>>;
type ObjectSchema = JsonSchema & { readonly type: "object" };

/** What is known of a tool without its code. */
export interface ToolFacts extends Pick<Tool, "name" | "title" | "description" | "toolset" | "effect"> {
  /** The confirmation that the tool asks for by itself, or null. */
  readonly confirmation: ConfirmationLevel | null;
  readonly inputSchema: ObjectSchema;
  readonly outputSchema: ObjectSchema;
}

/** The `_meta` key that tells a client which tools a person will be asked about. */
const CONFIRMATION_META = "trello-identity/confirmation";

/** A tool as clients are told of it; `weakest` is the weakest confirmation that destructive tools accept. */
export function listedTool(facts: ToolFacts, weakest: ConfirmationLevel): Listed {
  const { name, title, description, effect, inputSchema, outputSchema } = facts;
  const minimum = minimumConfirmation(facts, weakest);
  return {
    name,
    title,
    description,
    inputSchema,
    outputSchema,
    annotations: annotations(effect),
    ...(minimum === null ? {} : { _meta: { [CONFIRMATION_META]: { required: true, minimum } } }),
  };
}

/**
 * The four hints, derived from what a tool does. If a tool only sets or removes, a second call changes nothing more.
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

/** Names of the tools that plan something: those that a policy file can name. */
export function planningNames(tools: readonly Pick<ToolFacts, "name" | "effect">[]): readonly string[] {
  return tools.filter(({ effect }) => effect !== "read" && effect !== "apply").map(({ name }) => name);
}
