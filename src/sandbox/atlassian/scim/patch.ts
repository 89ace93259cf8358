/** Applies PATCH requests (RFC 7644 section 3.5.2) to the attributes that a client may set. */
import { NoPathInScimPatchOp, NoTarget, PATCH_OPERATION_SCHEMA, ScimError, scimPatch } from "scim-patch";
import type { ScimPatchOperation, ScimResource } from "scim-patch";
import { isObject } from "../../route.ts";
import type { JsonObject } from "../../route.ts";
import { refuseScim } from "./reply.ts";

export interface PatchTarget {
  readonly document: JsonObject;
  readonly writable: readonly string[];
  /** Attributes that only the server can set. */
  readonly readOnly: readonly string[];
  /** An extension schema. Its attributes have the same meaning as the top-level attributes with the same names. */
  readonly alias?: string;
}

/**
 * Returns a copy of a document with the changes of a PATCH. Refuses a wrong PATCH with `invalidSyntax`, `invalidPath`,
 * `mutability` or `noTarget`.
 */
export function patched(body: unknown, target: PatchTarget): JsonObject {
  const operations = readOperations(body).flatMap((operation) => normalise(operation, target));
  try {
    const options = { mutateDocument: false, treatMissingAsAdd: true };
    // The type of the library scim-patch asks for a whole resource. A part is enough, because the library changes only
    // the attributes that the operations name.
    const resource = target.document as unknown as ScimResource;
    return scimPatch(resource, operations, options) as unknown as JsonObject;
  } catch (error) {
    return refusePatch(error);
  }
}

function refusePatch(error: unknown): never {
  if (error instanceof NoTarget || error instanceof NoPathInScimPatchOp) {
    return refuseScim(400, "The path does not yield an attribute that could be operated on", "noTarget");
  }
  if (error instanceof ScimError || error instanceof TypeError) {
    return refuseScim(400, `The operation is not valid: ${error.message}`, "invalidPath");
  }
  throw error;
}

interface Operation {
  readonly op: "add" | "replace" | "remove";
  readonly path: string | null;
  readonly value: unknown;
}

/**
 * Reads a PATCH message. `schemas` must contain the schema PatchOp, the operations are in the list `Operations`, and
 * `op` may be in upper or lower case.
 */
function readOperations(body: unknown): Operation[] {
  if (!isObject(body) || !Array.isArray(body["schemas"]))
    refuseScim(400, "schemas is required", "invalidSyntax");
  if (!(body["schemas"] as unknown[]).includes(PATCH_OPERATION_SCHEMA)) {
    refuseScim(400, `schemas does not have ${PATCH_OPERATION_SCHEMA}`, "invalidSyntax");
  }
  const list = body["Operations"];
  if (!Array.isArray(list) || list.length === 0) refuseScim(400, "Operations is required", "invalidSyntax");
  return list.map(readOperation);
}

function readOperation(entry: unknown): Operation {
  const op = isObject(entry) && typeof entry["op"] === "string" ? entry["op"].toLowerCase() : "";
  if (!isObject(entry) || (op !== "add" && op !== "replace" && op !== "remove")) {
    return refuseScim(400, "op is not one of add, replace, remove", "invalidSyntax");
  }
  const path = entry["path"] ?? null;
  if (path !== null && typeof path !== "string") refuseScim(400, "path is not a string", "invalidPath");
  if (op !== "remove" && entry["value"] === undefined) refuseScim(400, "value is required", "invalidValue");
  if (op === "remove" && (path === null || path === "")) refuseScim(400, "path is required", "noTarget");
  return { op, path: path === "" ? null : path, value: entry["value"] };
}

/**
 * Splits an operation into one for each attribute, with the attribute's name as in the document. The request may have
 * the name in upper or lower case (RFC 7643 section 2.1).
 */
function normalise({ op, path, value }: Operation, target: PatchTarget): ScimPatchOperation[] {
  refuseForeignKeys(value);
  if (path !== null) {
    const local = stripSchema(path, target);
    if (local === "" && isObject(value)) return spread(op, value, target);
    const spelled = spell(local, target) ?? refuseScim(400, `Unknown attribute ${path}`, "invalidPath");
    // The value may be null, because some identity providers remove an attribute by sending null.
    return [operation(op, spelled, value)];
  }
  if (!isObject(value)) refuseScim(400, "value without a path is not an object", "invalidValue");
  return spread(op, value, target);
}

/**
 * Reads an operation without a path, whose value is an object. Read-only and unknown attributes in it are ignored (RFC
 * 7644 section 3.5.2.1).
 */
function spread(op: Operation["op"], value: JsonObject, target: PatchTarget): ScimPatchOperation[] {
  return Object.entries(value).flatMap(([key, each]) => {
    if (key === target.alias && isObject(each)) return spread(op, each, target);
    const [first = ""] = key.split(/[.[]/, 1);
    if (target.readOnly.some((name) => name.toLowerCase() === first.toLowerCase())) return [];
    const spelled = spell(stripSchema(key, target), target);
    return spelled === null ? [] : [operation(op, spelled, each)];
  });
}

function operation(op: Operation["op"], path: string, value: unknown): ScimPatchOperation {
  if (op === "remove") return value === undefined || value === null ? { op, path } : { op, path, value };
  return { op, path, value };
}

function stripSchema(path: string, target: PatchTarget): string {
  for (const schema of ["urn:ietf:params:scim:schemas:core:2.0:User", target.alias]) {
    if (schema === undefined || !path.toLowerCase().startsWith(schema.toLowerCase())) continue;
    return path.slice(schema.length).replace(/^:/, "");
  }
  return path.replace(/^urn:ietf:params:scim:schemas:core:2\.0:Group:/i, "");
}

/** The path of an operation, with its first name spelled as in the document; null if there is no such attribute. */
function spell(path: string, target: PatchTarget): string | null {
  const [first = ""] = path.split(/[.[]/, 1);
  const same = (name: string) => name.toLowerCase() === first.toLowerCase();
  if (target.readOnly.some(same)) refuseScim(400, `${first} is read-only`, "mutability");
  const name = target.writable.find(same);
  if (name === undefined || !/^[\w$]*(\[[^\]]*\])?(\.[\w$]+)?$/.test(path)) return null;
  if (FOREIGN.test(path)) return null;
  return name + path.slice(first.length);
}

const FOREIGN = /__proto__|constructor|prototype/;

// Refuses names such as `__proto__`, because the library scim-patch would then change objects of JavaScript outside the
// document.
function refuseForeignKeys(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  for (const [key, each] of Object.entries(value)) {
    if (FOREIGN.test(key)) refuseScim(400, `Unknown attribute ${key}`, "invalidPath");
    refuseForeignKeys(each);
  }
}
