import { z } from "zod";

/** What an argument may be: the types in its JSON Schema, and whether the argument is optional. */
interface Field {
  readonly schema: z.ZodType;
  readonly types: ReadonlySet<string>;
  readonly optional: boolean;
}

type Arguments = Readonly<Record<string, unknown>>;

/**
 * Reads arguments as the client meant them, because many clients send every field of the schema, or send values as JSON
 * text.
 * - A JSON text is read as the number, boolean, list or object that the field needs.
 * - A value that the schema accepts stays as it is. For example, `null` or `""` deletes the value of some fields.
 * - Otherwise, `null`, 0, an empty text or an empty list in an optional field means "left out". Some clients cannot
 * leave a field out.
 * `takesAway`: if the tool can take something away, an empty list never means "left out", and 0 means it only for a
 * number or a boolean. The reason is that "left out" could mean "all".
 */
export function readArguments(input: z.ZodObject, args: Arguments, takesAway: boolean): Arguments {
  const fields = fieldsOf(input);
  const read = Object.entries(args).flatMap(([name, value]): [string, unknown][] => {
    const field = fields.get(name);
    if (field === undefined) return [[name, value]];
    const meant = readValue(value, field);
    if (field.schema.safeParse(meant).success) return [[name, meant]];
    return field.optional && isLeftOut(meant, field, takesAway) ? [] : [[name, meant]];
  });
  return Object.fromEntries(read);
}

function isLeftOut(value: unknown, { types }: Field, takesAway: boolean): boolean {
  if (value === null) return true;
  // If the tool takes something away, 0 means "left out" only for a number or a boolean. For a list or a word, "left
  // out" could mean "all".
  if (value === 0) return !takesAway || types.has("integer") || types.has("number") || types.has("boolean");
  const isList = types.has("array") && !types.has("string");
  const isBlank = typeof value === "string" && value.trim() === "";
  const isEmpty = isBlank || (Array.isArray(value) && value.length === 0);
  return isEmpty && !(isList && takesAway);
}

/**
 * Reads a JSON text as the type that the field needs. If a field accepts a text or a list, only a text with a JSON list
 * is changed.
 */
function readValue(value: unknown, { types, schema }: Field): unknown {
  if (typeof value !== "string") return value;
  const isText = types.has("string");
  if (isText && !(types.has("array") && value.trim().startsWith("["))) return value;
  // Python writes True and False.
  const text = types.has("boolean") ? value.toLowerCase() : value;
  const parsed = parsedJson(text);
  if (parsed === undefined || !types.has(typeOf(parsed))) return value;
  return isText && !schema.safeParse(parsed).success ? value : parsed;
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (Number.isInteger(value)) return "integer";
  return value === null ? "null" : typeof value;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const known = new WeakMap<z.ZodObject, ReadonlyMap<string, Field>>();

function fieldsOf(input: z.ZodObject): ReadonlyMap<string, Field> {
  let fields = known.get(input);
  if (fields === undefined) {
    const { properties = {}, required = [] } = z.toJSONSchema(input, { io: "input", unrepresentable: "any" });
    fields = new Map(
      Object.entries(input.shape).map(([name, schema]) => [
        name,
        {
          schema: schema as z.ZodType,
          types: new Set(typesOf(properties[name])),
          optional: !required.includes(name),
        },
      ]),
    );
    known.set(input, fields);
  }
  return fields;
}

function typesOf(schema: unknown): readonly string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const { type = [], anyOf = [] } = schema as {
    readonly type?: string | readonly string[];
    readonly anyOf?: readonly unknown[];
  };
  const own = [type].flat();
  // Adds `integer` to `number`, because the JSON Schema type `number` also accepts whole numbers.
  return [...own, ...(own.includes("number") ? ["integer"] : []), ...anyOf.flatMap(typesOf)];
}
