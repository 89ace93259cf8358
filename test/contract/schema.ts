import { resolve } from "./specs.ts";
import type { Description, Schema } from "./specs.ts";

/** Where a value is not what the schema says; a property that no part of the schema names is a mistake too. */
export function mistakes(raw: Schema, value: unknown, description: Description, at = "$"): string[] {
  const schema = resolve(raw, description);
  if (value === null && (schema.nullable ?? raw.nullable)) return [];
  const either = schema.oneOf ?? schema.anyOf;
  if (either) {
    const attempts = either.map((each) => mistakes(each, value, description, at));
    return attempts.some((found) => found.length === 0) ? [] : attempts.flat();
  }
  if (schema.enum && !schema.enum.includes(value))
    return [`${at}: ${String(value)} is none of the published`];
  const type = typeOf(schema, description);
  if (Array.isArray(value)) {
    if (type !== undefined && type !== "array") return [`${at} is an array`];
    return [
      ...outside(at, "items", value.length, schema.minItems, schema.maxItems),
      ...value.flatMap((each, index) => mistakes(schema.items ?? {}, each, description, `${at}[${index}]`)),
    ];
  }
  if (typeof value === "object" && value !== null) {
    if (type !== undefined && type !== "object") return [`${at} is an object`];
    return mistakenMembers(schema, value, description, at);
  }
  const actual =
    typeof value === "number" && Number.isInteger(value) ? ["integer", "number"] : [typeof value];
  if (type !== undefined && !actual.includes(type)) return [`${at} is ${String(value)}, not a ${type}`];
  if (typeof value === "number") return outside(at, "", value, schema.minimum, schema.maximum);
  if (typeof value === "string") return mistakenText(schema, value, at);
  return [];
}

function mistakenText(schema: Schema, value: string, at: string): string[] {
  const length = outside(at, "characters", value.length, schema.minLength, schema.maxLength);
  // One description ends a pattern with the line break of the file that it was written in.
  if (schema.pattern === undefined || new RegExp(schema.pattern.trimEnd()).test(value)) return length;
  return [...length, `${at} is not of the published form`];
}

function outside(at: string, unit: string, size: number, least = -Infinity, most = Infinity): string[] {
  return size < least || size > most ? [`${at} has ${size} ${unit}, outside ${least} to ${most}`] : [];
}

function mistakenMembers(schema: Schema, value: object, description: Description, at: string): string[] {
  const { properties, required, rest } = membersOf(schema, description);
  const missing = required.filter((name) => !(name in value)).map((name) => `${at}.${name} is missing`);
  const wrong = Object.entries(value).flatMap(([name, each]) => {
    const part = properties[name] ?? rest;
    if (!part) return Object.keys(properties).length > 0 ? [`${at}.${name} is not published`] : [];
    return mistakes(part, each, description, `${at}.${name}`);
  });
  return [...missing, ...wrong];
}

function typeOf(schema: Schema, description: Description): string | undefined {
  if (schema.type !== undefined) return schema.type;
  const [first] = schema.allOf ?? [];
  return first && typeOf(resolve(first, description), description);
}

function membersOf(raw: Schema, description: Description) {
  const schema = resolve(raw, description);
  const parts = (schema.allOf ?? []).map((part) => membersOf(part, description));
  const properties: Record<string, Schema> = { ...schema.properties };
  for (const part of parts) Object.assign(properties, part.properties);
  const required: string[] = [...(schema.required ?? []), ...parts.flatMap((part) => part.required)];
  const rest: Schema | undefined =
    typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined;
  return { properties, required, rest };
}
