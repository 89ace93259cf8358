/** `/scim/directory/{directoryId}/Groups`: list, get, create, replace, patch and delete. */
import { atlassianRoute, isObject, Refusal } from "../../route.ts";
import type { JsonObject, Reply, Route, RouteContext } from "../../route.ts";
import type { AtlassianWorld, ScimDirectory, ScimGroup } from "../../world.ts";
import { freshId } from "../seed.ts";
import { eqFilter } from "./query.ts";
import { patched } from "./patch.ts";
import { directoryOf, listReply, refuseScim, scim } from "./reply.ts";
import { baseUrl } from "./users.ts";

const PATH = "/scim/directory/{directoryId}/Groups";
const GROUP_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Group";

/** The six operations on groups (SCIM API, "Groups"). */
export const scimGroupRoutes: readonly Route[] = [
  atlassianRoute(`GET ${PATH}`, (context) => {
    const directory = directoryOf(context);
    const filter = eqFilter(context.query, ["displayName"]);
    const all = [...directory.groups.values()];
    const found = filter ? all.filter((group) => sameName(group.displayName, filter.value)) : all;
    return listReply(context.query, found, (page) => page.map((group) => showGroup(context, group)));
  }),

  atlassianRoute(`GET ${PATH}/{id}`, (context) => scim(showGroup(context, groupOf(context)))),

  atlassianRoute(`POST ${PATH}`, (context) => {
    const directory = directoryOf(context);
    const body = bodyOf(context);
    const displayName = displayNameOf(body);
    for (const group of directory.groups.values()) {
      if (sameName(group.displayName, displayName)) refuseScim(409, "displayName is taken", "uniqueness");
    }
    // Refuses a new group with the name of a group that exists outside SCIM, as the real API does (ACCESS-1369).
    for (const { groups } of context.world.atlassian.accounts.values()) {
      if (groups.some((name) => sameName(name, displayName)))
        refuseScim(409, "displayName is taken", "uniqueness");
    }
    const members = memberIdsOf(body["members"], directory, refuseUnknownUser);
    const at = new Date(context.world.now()).toISOString();
    const id = freshId(context.world.atlassian, "group");
    const group: ScimGroup = {
      id,
      externalId: externalIdOf(body),
      displayName,
      members: [],
      created: at,
      lastModified: at,
    };
    directory.groups.set(id, group);
    setMembers(context, group, members);
    return scim(showGroup(context, group), 201);
  }),

  atlassianRoute(`PUT ${PATH}/{id}`, (context) => {
    const group = groupOf(context);
    const body = bodyOf(context);
    refuseRename(group, displayNameOf(body));
    const members = memberIdsOf(body["members"], directoryOf(context), refusePutOfUnknownUser);
    group.externalId = externalIdOf(body);
    setMembers(context, group, members);
    return scim(showGroup(context, group));
  }),

  atlassianRoute(`PATCH ${PATH}/{id}`, (context) => {
    const group = groupOf(context);
    const document = patched(withBareMembers(context.body), {
      document: {
        displayName: group.displayName,
        ...(group.externalId !== null && { externalId: group.externalId }),
        members: group.members.map((value) => ({ value })),
      },
      writable: ["displayName", "externalId", "members"],
      readOnly: ["id", "meta", "schemas"],
    });
    refuseRename(group, displayNameOf(document));
    const members = memberIdsOf(document["members"], directoryOf(context), refuseUnknownUser);
    group.externalId = externalIdOf(document);
    setMembers(context, group, members);
    return scim(showGroup(context, group));
  }),

  atlassianRoute(`DELETE ${PATH}/{id}`, (context) => {
    const group = groupOf(context);
    setMembers(context, group, []);
    directoryOf(context).groups.delete(group.id);
    return { status: 204 };
  }),
];

function groupOf(context: RouteContext): ScimGroup {
  const id = context.params["id"] ?? "";
  return directoryOf(context).groups.get(id) ?? refuseScim(404, `Resource ${id} not found`);
}

function showGroup(context: RouteContext, group: ScimGroup): JsonObject {
  const base = baseUrl(context);
  const { users } = context.world.atlassian.directory;
  return {
    schemas: [GROUP_SCHEMA],
    id: group.id,
    ...(group.externalId !== null && { externalId: group.externalId }),
    displayName: group.displayName,
    members: group.members.map((value) => ({
      type: "User",
      value,
      display: users.get(value)?.userName ?? "",
      $ref: `${base}/Users/${value}`,
    })),
    meta: {
      resourceType: "GROUP",
      location: `${base}/Groups/${group.id}`,
      lastModified: group.lastModified,
      created: group.created,
    },
  };
}

/**
 * Sets the members of a group. The accounts of added members get the group's name, and those of removed members lose
 * it.
 */
function setMembers(context: RouteContext, group: ScimGroup, members: readonly string[]): void {
  const { atlassian } = context.world;
  const before = new Set(group.members);
  const after = new Set(members);
  for (const id of before) if (!after.has(id)) leaveGroup(atlassian, id, group.displayName);
  for (const id of after) if (!before.has(id)) joinGroup(atlassian, id, group.displayName);
  group.members = [...after];
  group.lastModified = new Date(context.world.now()).toISOString();
}

function leaveGroup(atlassian: AtlassianWorld, idUser: string, name: string): void {
  const account = accountOf(atlassian, idUser);
  if (account) account.groups = account.groups.filter((each) => each !== name);
}

function joinGroup(atlassian: AtlassianWorld, idUser: string, name: string): void {
  const account = accountOf(atlassian, idUser);
  if (account && !account.groups.includes(name)) account.groups.push(name);
}

function accountOf(atlassian: AtlassianWorld, idUser: string) {
  const idAccount = atlassian.directory.users.get(idUser)?.idAccount ?? null;
  return idAccount === null ? undefined : atlassian.accounts.get(idAccount);
}

function bodyOf(context: RouteContext): JsonObject {
  const { body } = context;
  if (!isObject(body)) return refuseScim(400, "The body is not a JSON object", "invalidSyntax");
  if (!Array.isArray(body["schemas"]) || !body["schemas"].includes(GROUP_SCHEMA)) {
    refuseScim(400, `schemas does not have ${GROUP_SCHEMA}`, "invalidSyntax");
  }
  return body;
}

function displayNameOf(body: JsonObject): string {
  const name = body["displayName"];
  if (typeof name === "string" && name.trim() !== "") return name;
  return refuseScim(400, "displayName is required", "invalidValue");
}

function externalIdOf(body: JsonObject): string | null {
  const value = body["externalId"] ?? null;
  if (value === null || typeof value === "string") return value;
  return refuseScim(400, "externalId is not a string", "invalidValue");
}

// Refuses to rename a group, because Atlassian does not support it: "create a new group ... and then delete the old
// group".
function refuseRename(group: ScimGroup, displayName: string): void {
  if (displayName !== group.displayName) refuseScim(400, "displayName is immutable", "mutability");
}

function memberIdsOf(
  list: unknown,
  directory: ScimDirectory,
  refuseUnknown: (id: string) => never,
): string[] {
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) refuseScim(400, "members is not an array", "invalidValue");
  const ids = list.map((entry: unknown) => {
    if (isObject(entry) && typeof entry["value"] === "string") return entry["value"];
    return refuseScim(400, "members has an entry without a value", "invalidValue");
  });
  for (const id of ids) if (!directory.users.has(id)) refuseUnknown(id);
  return [...new Set(ids)];
}

function refuseUnknownUser(id: string): never {
  return refuseScim(404, `User ${id} not found`);
}

/**
 * Refuses a PUT of a group that names a member who does not exist. Only this refusal has the form BadRequestException
 * (SCIM API, "Update a group by ID").
 */
function refusePutOfUnknownUser(id: string): never {
  const reply: Reply = scim(
    { responseStatus: "BAD_REQUEST", scimErrorType: "invalidValue", message: `User ${id} does not exist` },
    400,
  );
  throw new Refusal(reply);
}

/**
 * Removes all fields except `value` from the members in a PATCH. Clients also send `display` and other fields, but only
 * `value` says which User is added or removed.
 */
function withBareMembers(body: unknown): unknown {
  if (!isObject(body) || !Array.isArray(body["Operations"])) return body;
  const operations = body["Operations"].map((operation: unknown) => {
    if (!isObject(operation)) return operation;
    const path = typeof operation["path"] === "string" ? operation["path"] : "";
    if (/^members$/i.test(path)) return { ...operation, value: bare(operation["value"]) };
    if (path !== "" || !isObject(operation["value"])) return operation;
    const value = Object.entries(operation["value"]).map(([key, each]): [string, unknown] => [
      key,
      key.toLowerCase() === "members" ? bare(each) : each,
    ]);
    return { ...operation, value: Object.fromEntries(value) };
  });
  return { ...body, Operations: operations };
}

function bare(value: unknown): unknown {
  if (value === undefined || value === null) return undefined;
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.map((entry) => (isObject(entry) ? { value: entry["value"] } : entry));
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
