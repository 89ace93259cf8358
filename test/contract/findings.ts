/** A request held against a published description; what is not as published is a finding, one sentence each. */
import { mistakes } from "./schema.ts";
import { findOperation, resolve } from "./specs.ts";
import type { Description, Found, Parameter } from "./specs.ts";
import type { WireRequest } from "./wire.ts";

/** One request of an upstream; `path` is relative to the description's server. */
export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A request from the wire, where it belongs to the upstream with this base path; null otherwise. */
export function sentTo(base: string, { method, target, headers, body }: WireRequest): Sent | null {
  const [path = "", search = ""] = target.split(/\?(.*)/s);
  if (!path.startsWith(`${base}/`)) return null;
  return { method, path: path.slice(base.length), query: new URLSearchParams(search), headers, body };
}

/** The GETs inside a `/batch`, with the headers of the batch: decoded once, then split at the commas that are left. */
export function insideBatch(sent: Sent): Sent[] {
  if (sent.path !== "/batch") return [];
  const urls = sent.query.get("urls")?.split(",") ?? [];
  return urls.map((url) => {
    const [path = "", search = ""] = url.split(/\?(.*)/s);
    return { method: "GET", path, query: new URLSearchParams(search), headers: sent.headers, body: "" };
  });
}

/** What of a request is not as published. */
export function findings(description: Description, sent: Sent): string[] {
  const found = findOperation(description, sent.method, sent.path);
  if (!found) return [`${sent.method} ${sent.path} is not published`];
  return [
    ...foundInPath(description, found),
    ...foundInQuery(description, found, sent.query),
    ...foundInBody(description, found, sent),
    ...foundInSecurity(description, sent),
  ];
}

function foundInPath(description: Description, { name, parameters, pathValues }: Found): string[] {
  return Object.entries(pathValues).flatMap(([key, value]) => {
    const parameter = parameters.find((each) => each.in === "path" && each.name === key);
    if (!parameter) return [`${name}: {${key}} is not described`];
    return mistakenValue(description, parameter, value, `${name}: {${key}}`);
  });
}

function foundInQuery(
  description: Description,
  { name, parameters }: Found,
  query: URLSearchParams,
): string[] {
  const published = parameters.filter((each) => each.in === "query");
  const missing = published
    .filter((each) => each.required && !query.has(each.name))
    .map((each) => `${name}: ?${each.name} is missing`);
  const wrong = [...query].flatMap(([key, value]) => {
    const parameter = published.find((each) => each.name === key);
    if (!parameter) return [`${name}: ?${key} is not published`];
    return mistakenValue(description, parameter, value, `${name}: ?${key}`);
  });
  return [...missing, ...wrong];
}

/** A parameter's text as the value it stands for; a list, where the description has one, word by word. */
function mistakenValue(description: Description, parameter: Parameter, text: string, at: string): string[] {
  const schema = parameter.schema ?? {};
  const fields = /\/(\w+)Fields$/.exec(schema.$ref ?? "")?.[1];
  if (fields !== undefined) return unknownFields(description, fields, text);
  const type = resolve(schema, description).type;
  const isList = parameter.description?.includes("comma-separated list") ?? false;
  return (isList ? text.split(",") : [text]).flatMap((word) =>
    mistakes(schema, valueOf(word, type), description, at),
  );
}

function valueOf(word: string, type: string | undefined): unknown {
  if (type === "boolean" && /^(true|false)$/.test(word)) return word === "true";
  if ((type === "integer" || type === "number") && /^-?\d+$/.test(word)) return Number(word);
  return word;
}

/** The enumerations of fields stop after a name or two, so that the object's own properties count as well. */
function unknownFields(description: Description, object: string, text: string): string[] {
  const { schemas } = description.components;
  const known = new Set<unknown>([
    "all",
    ...(schemas[`${object}Fields`]?.enum ?? []),
    ...Object.keys(schemas[object]?.properties ?? {}),
  ]);
  return text
    .split(",")
    .filter((field) => !known.has(field))
    .map((field) => `${object} has no field ${field}`);
}

function foundInBody(description: Description, { name, operation }: Found, sent: Sent): string[] {
  const published = operation.requestBody && resolve(operation.requestBody, description);
  if (sent.body === "") return published?.required ? [`${name}: the body is missing`] : [];
  if (!published) return [`${name}: no body is published`];
  const type = sent.headers["content-type"] ?? "none";
  const schema = published.content?.[type]?.schema;
  if (!schema) return [`${name}: a body of ${type} is not published`];
  return mistakes(schema, JSON.parse(sent.body), description).map((mistake) => `${name}: ${mistake}`);
}

/** Keys that the description has in the query; a bearer token is looked for by the tests themselves. */
function foundInSecurity(description: Description, { query }: Sent): string[] {
  return (description.security ?? [])
    .flatMap((needed) => Object.keys(needed))
    .map((scheme) => description.components.securitySchemes?.[scheme])
    .filter((scheme) => scheme?.in === "query" && !query.has(scheme.name ?? ""))
    .map((scheme) => `security: ?${scheme?.name} is not sent`);
}
