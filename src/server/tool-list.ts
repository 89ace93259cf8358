import type { Tool as Listed } from "@modelcontextprotocol/server";
import { z } from "zod";
import type { ConfirmationLevel } from "../domain/confirmation.ts";
import type { Tool } from "../tools/define.ts";
import { type JsonSchema, listedTool, type ToolFacts } from "./tool-facts.ts";

// The fields that the tool list names for the answer of every tool that changes something. In such an answer, the field
// `next` explains the other fields.
const changeOutput = outputSchema(
  z.object({
    status: z.string(),
    planId: z.string(),
    runId: z.string(),
  }),
);

/** The answer to `tools/list`. */
export function toolListing(tools: readonly Tool[], weakest: ConfirmationLevel): Listed[] {
  return toolFacts(tools).map((facts) => listedTool(facts, weakest));
}

/** The facts about tools that the build computes in advance, so that a server starts faster. */
export function toolFacts(tools: readonly Tool[]): readonly ToolFacts[] {
  return tools.map((tool) => ({
    name: tool.name,
    title: tool.title,
    description: tool.description,
    toolset: tool.toolset,
    effect: tool.effect,
    confirmation: (tool.effect !== "read" && tool.effect !== "apply" && tool.confirmation) || null,
    inputSchema: inputSchema(tool.input),
    outputSchema: tool.effect === "read" ? outputSchema(tool.output) : changeOutput,
  }));
}

// Keywords of JSON Schema that the tool list leaves out, so that the list stays short. Most of them are limits, which
// clients exceed only by mistake. The error then names the limit.
const UNSAID = new Set([
  "$schema",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "minimum",
  "maximum",
  "pattern",
  "propertyNames",
]);

/**
 * The input of a tool as a short JSON Schema, without `$schema`, limits and patterns. Fields that are not in the schema
 * are not allowed.
 */
export function inputSchema(schema: z.ZodObject): JsonSchema & { readonly type: "object" } {
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema;
  return { ...compact(json), type: "object", additionalProperties: false };
}

/**
 * The output of a tool as a schema with only the names and types of its top fields. The schema is short, because each
 * model that uses the tools reads the tool list. No field is required, because clients check error results against this
 * schema too.
 */
export function outputSchema(schema: z.ZodObject): JsonSchema & { readonly type: "object" } {
  const json = z.toJSONSchema(schema, { io: "output", unrepresentable: "any" }) as JsonSchema;
  const properties = Object.entries((json["properties"] ?? {}) as Readonly<Record<string, JsonSchema>>);
  return {
    type: "object",
    properties: Object.fromEntries(properties.map(([name, node]) => [name, typesOnly(node)])),
  };
}

/**
 * Only the types of a schema. If there are several types, they become a list of schemas, because some clients accept no
 * list of types.
 */
function typesOnly({ type, anyOf }: JsonSchema): JsonSchema {
  if (Array.isArray(anyOf)) return { anyOf: (anyOf as readonly JsonSchema[]).map(typesOnly) };
  if (Array.isArray(type)) return { anyOf: type.map((each: unknown) => ({ type: each })) };
  if (type !== undefined) return { type };
  throw new Error("An output property has no type.");
}

/**
 * A schema that every client accepts: each field has one type, and there are no unions, formats or defaults. If a field
 * accepts a union, the schema shows only the first form that is not null, but the server accepts the other forms too.
 * If a field has a text as default, the field's description names it.
 */
function compact(node: JsonSchema): JsonSchema {
  const { anyOf, default: preset, format, ...own } = node;
  const forms = Array.isArray(anyOf) ? (anyOf as readonly JsonSchema[]) : [];
  const told = { ...forms.find(({ type }) => type !== "null"), ...own };
  const kept = Object.entries(told).filter(
    ([key]) => !UNSAID.has(key) && key !== "format" && key !== "description",
  );
  const description = [
    typeof told["description"] === "string" ? told["description"] : undefined,
    format === "date" ? "YYYY-MM-DD" : undefined,
    typeof preset === "string" ? `default ${preset}` : undefined,
  ]
    .filter((part) => part !== undefined)
    .join("; ");
  return {
    ...Object.fromEntries(kept.map(([key, value]) => [key, compactValue(key, value)])),
    ...(Array.isArray(told["type"]) && { type: told["type"].find((type) => type !== "null") as unknown }),
    ...(description && { description }),
  };
}

function compactValue(key: string, value: unknown): unknown {
  if (key === "enum") return value;
  if (Array.isArray(value)) return value.map((item) => (isNode(item) ? compact(item) : item));
  if (!isNode(value)) return value;
  if (key !== "properties") return compact(value);
  // The keys of `properties` are field names. So a key such as `default` is a field here, not a keyword of JSON Schema.
  return Object.fromEntries(
    Object.entries(value).map(([name, property]) => [name, isNode(property) ? compact(property) : property]),
  );
}

function isNode(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
