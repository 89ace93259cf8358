import { z } from "zod";

/** A JSON Schema object, as far as it is rewritten here. */
export type JsonSchema = Readonly<Record<string, unknown>>;

// Lengths that a caller exceeds only by mistake: the parser enforces and names them, so that the list need not pay for them.
const LENGTHS = new Set(["minLength", "maxLength", "minItems", "maxItems"]);
// What zod writes for `.int()` without bounds; it says nothing and costs tokens in every tool.
const UNBOUNDED = new Set<unknown>([Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]);

/** What a caller may send, in few words: no unknown fields, no `$schema`, no lengths, no meaningless bounds. */
export function inputSchema(schema: z.ZodObject): JsonSchema & { readonly type: "object" } {
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema;
  return { ...compact(json), type: "object", additionalProperties: false };
}

/**
 * Names of the top-level properties only: a list of tools is sent to every client, and the types of what a tool answers
 * are seen in its answer. Nothing is required, because an error result carries structured content too and clients
 * validate it against this schema.
 */
export function outputSchema(schema: z.ZodObject): JsonSchema & { readonly type: "object" } {
  const json = z.toJSONSchema(schema, { io: "output", unrepresentable: "any" }) as JsonSchema;
  const properties = Object.keys((json["properties"] ?? {}) as Record<string, JsonSchema>);
  return {
    type: "object",
    properties: Object.fromEntries(properties.map((name) => [name, {}])),
  };
}

function compact(node: JsonSchema): JsonSchema {
  const kept = Object.entries(node).filter(([key, value]) => {
    if (key === "$schema" || LENGTHS.has(key)) return false;
    if (key === "minimum" && (value === 0 || value === 1)) return false;
    if ((key === "minimum" || key === "maximum") && UNBOUNDED.has(value)) return false;
    // A format says the same as the long regular expression that zod adds to it.
    return !(key === "pattern" && typeof node["format"] === "string");
  });
  return Object.fromEntries(kept.map(([key, value]) => [key, compactValue(key, value)]));
}

function compactValue(key: string, value: unknown): unknown {
  if (key === "default" || key === "enum" || key === "const") return value;
  if (Array.isArray(value)) return value.map((item) => (isNode(item) ? compact(item) : item));
  if (!isNode(value)) return value;
  if (key !== "properties") return compact(value);
  // The keys of `properties` are field names, which may be called like a keyword.
  return Object.fromEntries(
    Object.entries(value).map(([name, property]) => [name, isNode(property) ? compact(property) : property]),
  );
}

function isNode(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
