/** The published API descriptions, read from a folder beside the project; without it their tests are skipped. */
import { existsSync, readFileSync } from "node:fs";

export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}
export interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
}
interface Content {
  readonly $ref?: string;
  readonly required?: boolean;
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}
interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content;
  readonly responses?: Readonly<Record<string, Content>>;
}
/** The operations of one path by method in lower case; `parameters` are those of all of them. */
type PathItem = { readonly parameters?: readonly Parameter[] } & Readonly<Record<string, Operation>>;
export interface Description {
  readonly security?: readonly Readonly<Record<string, unknown>>[];
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly securitySchemes?: Readonly<Record<string, { readonly in?: string; readonly name?: string }>>;
  };
  readonly paths: Readonly<Record<string, PathItem>>;
}
export type SpecName = "trello" | "atlassian-scim" | "atlassian-orgs" | "atlassian-user-management";

const FOLDER = process.env["SPECS_DIR"] ?? "../shared/specs";
const METHODS = ["get", "put", "post", "patch", "delete"] as const;

/** Whether the descriptions are there; what `test.skipIf` asks, and what a skipped test says. */
export const specsMissing = !existsSync(`${FOLDER}/trello.openapi.json`);
export const whereSpecsAre = specsMissing ? ` (skipped: no API descriptions in ${FOLDER})` : "";

/** A published description; call it in a test only, because the folder may be absent. */
export function readSpec(name: SpecName): Description {
  return JSON.parse(readFileSync(`${FOLDER}/${name}.openapi.json`, "utf8")) as Description;
}

/** The notes beside the descriptions: each operation with what they miss and how that is known. */
export function readNotes(): string {
  return readFileSync(`${FOLDER}/ENDPOINTS.md`, "utf8");
}

/** Follows `$ref` within a description. */
export function resolve<Part extends { readonly $ref?: string }>(part: Part, description: Description): Part {
  if (part.$ref === undefined) return part;
  const target = part.$ref
    .split("/")
    .slice(1)
    .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], description);
  return resolve(target as Part, description);
}

export interface Found {
  /** `METHOD path`, as published. */
  readonly name: string;
  readonly operation: Operation;
  /** Those of the path and of the operation, without `$ref`. */
  readonly parameters: readonly Parameter[];
  readonly pathValues: Readonly<Record<string, string>>;
}

/** The published operation that a request of this method and path is; a literal segment wins over a parameter. */
export function findOperation(description: Description, method: string, path: string): Found | null {
  const wanted = path.split("/");
  const matches = Object.entries(description.paths).flatMap(([template, item]) => {
    const operation = item[method.toLowerCase()];
    const pathValues = operation && match(template.split("/"), wanted);
    return pathValues ? [{ template, item, operation, pathValues }] : [];
  });
  const [best] = matches.toSorted(
    (a, b) => Object.keys(a.pathValues).length - Object.keys(b.pathValues).length,
  );
  if (!best) return null;
  return {
    name: `${method} ${best.template}`,
    operation: best.operation,
    parameters: [...(best.item.parameters ?? []), ...(best.operation.parameters ?? [])].map((each) =>
      resolve(each, description),
    ),
    pathValues: best.pathValues,
  };
}

function match(template: readonly string[], wanted: readonly string[]): Record<string, string> | null {
  if (template.length !== wanted.length) return null;
  const values: Record<string, string> = {};
  for (const [index, segment] of template.entries()) {
    const value = wanted[index] ?? "";
    if (!segment.startsWith("{")) {
      if (segment !== value) return null;
    } else if (value === "") return null;
    else values[segment.slice(1, -1)] = decodeURIComponent(value);
  }
  return values;
}

/** Every operation of a description as `METHOD path`, behind the base path that its server has. */
export function operationNames(description: Description, base = ""): string[] {
  return Object.entries(description.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => `${method.toUpperCase()} ${base}${path}`),
  );
}
