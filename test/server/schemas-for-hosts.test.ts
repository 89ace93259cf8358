import { describe, expect, it } from "vitest";
import { z } from "zod";
import { inputSchema, toolListing } from "../../src/server/tool-list.ts";
import { catalog } from "../../src/tools/catalog.ts";

// The published rules of the hosts that hand these schemas to a model, as far as they differ from JSON Schema.
//  Anthropic: the top is an object without a union; names of fields are 1 to 64 of [a-zA-Z0-9_.-].
//  OpenAI: each schema has a `type`; `strict` takes no default, no format, no free keys, at most five levels, and closes every
//  object; 5,000 properties and 1,000 enum values in all.
//  Gemini: each schema has one `type`; `enum` for STRING alone; ARRAY has `items`; OBJECT below the top has properties; of the formats
//  of a text only `enum` and `date-time`; a description, no `$ref`, no `const`.
type Node = Readonly<Record<string, unknown>>;
interface Place {
  readonly node: Node;
  readonly path: string;
  readonly depth: number;
}

const TYPES = ["string", "integer", "number", "boolean", "array", "object"];
const ANY_HOST = ["type", "enum", "items", "properties", "required", "additionalProperties", "description"];

function places(node: Node, path: string, depth = 0): Place[] {
  const properties = Object.entries((node["properties"] ?? {}) as Record<string, Node>);
  const items = node["items"] === undefined ? [] : [["[]", node["items"] as Node] as const];
  return [
    { node, path, depth },
    ...[...properties, ...items].flatMap(([name, child]) => places(child, `${path}.${name}`, depth + 1)),
  ];
}

/** Every rule that a schema breaks, with the place. */
function broken(schema: Node, name: string): string[] {
  const all = places(schema, name);
  const found = all.flatMap(({ node, path, depth }) => {
    const { type, items, properties } = node;
    const required = (node["required"] ?? []) as readonly string[];
    const names = Object.keys(properties ?? {});
    const says: [boolean, string][] = [
      [typeof type !== "string" || !TYPES.includes(type), `type is ${JSON.stringify(type)}`],
      [Object.keys(node).some((key) => !ANY_HOST.includes(key)), `has ${Object.keys(node).join(", ")}`],
      ["enum" in node && (type !== "string" || !isTexts(node["enum"])), "enum that is not of texts"],
      [type === "array" && (typeof items !== "object" || items === null), "array without items"],
      [type !== "array" && items !== undefined, "items without an array"],
      [type !== "object" && properties !== undefined, "properties without an object"],
      [type === "object" && depth > 0 && names.length === 0, "object without properties"],
      [type === "object" && node["additionalProperties"] !== false, "object that takes any key"],
      [names.some((each) => !/^[a-zA-Z0-9_.-]{1,64}$/.test(each)), "name of a field"],
      [required.some((each) => !names.includes(each)), "requires what it has not"],
      [depth > 5, "nested too deeply"],
      ["description" in node && typeof node["description"] !== "string", "description that is no text"],
    ];
    return says.filter(([isBroken]) => isBroken).map(([, what]) => `${path}: ${what}`);
  });
  if (schema["type"] !== "object") found.push(`${name}: no object at the top`);
  return found;
}

function isTexts(values: unknown): boolean {
  return Array.isArray(values) && values.length > 0 && values.every((value) => typeof value === "string");
}

describe("the input schemas of all tools", () => {
  const listed = toolListing(catalog, "client");

  it("are there, with names that every host takes", () => {
    expect(listed.length).toBeGreaterThan(30);
    for (const { name } of listed) expect(name).toMatch(/^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$/);
  });

  it("break no rule of Anthropic, OpenAI (strict and not) or Gemini", () => {
    expect(listed.flatMap(({ name, inputSchema: schema }) => broken(schema, name))).toEqual([]);
  });

  it("are within the sizes of OpenAI's strict mode", () => {
    for (const { name, inputSchema: schema } of listed) {
      const all = places(schema, name);
      expect(all.length).toBeLessThan(100);
      expect(all.flatMap(({ node }) => (node["enum"] ?? []) as unknown[]).length).toBeLessThan(1000);
    }
  });

  it("can be made strict, as OpenAI's own clients do it: every field required, null for what is left out", () => {
    for (const tool of catalog) {
      const { properties = {} } = inputSchema(tool.input) as { properties?: Record<string, Node> };
      expect(Object.keys(properties)).toEqual(Object.keys(tool.input.shape));
    }
  });
});

describe("a field of another form", () => {
  const told = (schema: z.ZodType) =>
    (inputSchema(z.strictObject({ it: schema })) as { properties?: Record<string, Node> }).properties?.["it"];

  it.each<[string, z.ZodType, Node]>([
    ["a text or null", z.string().nullable(), { type: "string" }],
    ["null or a number", z.union([z.null(), z.int()]), { type: "integer" }],
    ["a text or a list", z.union([z.string(), z.array(z.string())]), { type: "string" }],
    [
      "a list or a text",
      z.union([z.array(z.string()), z.string()]),
      { type: "array", items: { type: "string" } },
    ],
    ["an enumeration", z.enum(["a", "b"]), { type: "string", enum: ["a", "b"] }],
    [
      "a default",
      z.enum(["a", "b"]).default("b"),
      { type: "string", enum: ["a", "b"], description: "default b" },
    ],
    [
      "a default and a description",
      z.string().describe("x").default("y"),
      { type: "string", description: "x; default y" },
    ],
    ["a default number", z.int().min(1).default(25), { type: "integer" }],
    ["an email", z.email(), { type: "string" }],
    ["a day", z.iso.date(), { type: "string", description: "YYYY-MM-DD" }],
    ["a nullable description", z.string().describe("x").nullable(), { type: "string", description: "x" }],
    [
      "a list of objects",
      z.array(z.strictObject({ team: z.string(), at: z.enum(["x"]).optional() })),
      {
        type: "array",
        items: {
          type: "object",
          properties: { team: { type: "string" }, at: { type: "string", enum: ["x"] } },
          required: ["team"],
          additionalProperties: false,
        },
      },
    ],
  ])("%s is told with one type", (_what, schema, expected) => {
    expect(told(schema)).toEqual(expected);
    expect(broken(inputSchema(z.strictObject({ it: schema })), "it")).toEqual([]);
  });
});
