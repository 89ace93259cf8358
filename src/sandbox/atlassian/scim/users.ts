/** `/scim/directory/{directoryId}/Users`: list, get, create, replace, patch and delete. */
import { atlassianRoute, isObject } from "../../route.ts";
import type { JsonObject, Route, RouteContext } from "../../route.ts";
import type { ScimDirectory, ScimGroup, ScimUser } from "../../world.ts";
import { abandonAccount, isOthersEmail, linkAccount, primaryEmail, syncAccount } from "../account.ts";
import { freshId, stableId } from "../seed.ts";
import { eqFilter, projection } from "./query.ts";
import { patched } from "./patch.ts";
import { directoryOf, listReply, refuseScim, scim } from "./reply.ts";
import { ENTERPRISE_SCHEMA, readUser, showUser, USER_SCHEMA, WRITABLE, writableDocument } from "./user.ts";
import type { UserAttributes } from "./user.ts";

const PATH = "/scim/directory/{directoryId}/Users";
const READ_ONLY = ["id", "meta", "groups", "schemas"];

/** The six operations on users (SCIM API, "Users"). */
export const scimUserRoutes: readonly Route[] = [
  atlassianRoute(`GET ${PATH}`, (context) => {
    const directory = directoryOf(context);
    const project = projection(context.query);
    const filter = eqFilter(context.query, ["userName", "externalId"]);
    const all = [...directory.users.values()];
    const found = filter ? all.filter((user) => matches(user, filter)) : all;
    const reply = listReply(context.query, found, (page) => {
      const groups = groupsByUser(directory, page);
      const base = baseUrl(context);
      return page.map((user) =>
        project(showUser(directory, user, { base, groups: groups.get(user.id) ?? [] })),
      );
    });
    if (directory.changesWhileRead && !filter) comeOrGo(context, directory);
    return reply;
  }),

  atlassianRoute(`GET ${PATH}/{userId}`, (context) => shown(context, userOf(context))),

  atlassianRoute(`POST ${PATH}`, (context) => {
    const directory = directoryOf(context);
    projection(context.query);
    const attributes = readUser(bodyOf(context));
    refuseTaken(directory, attributes, null);
    const at = new Date(context.world.now()).toISOString();
    const user: ScimUser = {
      id: freshId(context.world.atlassian, "user"),
      ...attributes,
      idAccount: null,
      created: at,
      lastModified: at,
    };
    user.idAccount = linkAccount(context.world, user);
    directory.users.set(user.id, user);
    return shown(context, user, 201);
  }),

  atlassianRoute(`PUT ${PATH}/{userId}`, (context) => {
    const user = userOf(context);
    return write(context, user, bodyOf(context));
  }),

  atlassianRoute(`PATCH ${PATH}/{userId}`, (context) => {
    const user = userOf(context);
    const document = patched(context.body, {
      document: writableDocument(user),
      writable: WRITABLE,
      readOnly: READ_ONLY,
      alias: ENTERPRISE_SCHEMA,
    });
    return write(context, user, document);
  }),

  // Deleting a User cannot be undone. The account is deactivated and separated from the User, and a new User gets
  // another id.
  atlassianRoute(`DELETE ${PATH}/{userId}`, (context) => {
    const user = userOf(context);
    const { accounts, directory } = context.world.atlassian;
    const groups = groupsByUser(directory, [user]).get(user.id) ?? [];
    for (const group of groups) group.members = group.members.filter((id) => id !== user.id);
    const account = user.idAccount === null ? undefined : accounts.get(user.idAccount);
    if (account)
      abandonAccount(
        account,
        groups.map((group) => group.displayName),
      );
    directory.users.delete(user.id);
    return { status: 204 };
  }),
];

/**
 * Changes the directory between two pages, as an identity provider may do while a client reads. After one page, a User
 * is added. After the next page, the same User is removed.
 */
function comeOrGo({ world }: RouteContext, { users }: ScimDirectory): void {
  const id = stableId("user", "comes and goes");
  if (users.delete(id)) return;
  const at = new Date(world.now()).toISOString();
  const attributes = readUser({
    userName: "newcomer",
    emails: [{ value: "newcomer@example.org", primary: true }],
  });
  users.set(id, { id, ...attributes, idAccount: null, created: at, lastModified: at });
}

/** The URL under which a client sees the directory. */
export function baseUrl(context: RouteContext): string {
  const host = context.headers.host ?? "127.0.0.1";
  return `http://${host}/atlassian/scim/directory/${context.params["directoryId"] ?? ""}`;
}

function matches(user: ScimUser, filter: { name: "userName" | "externalId"; value: string }): boolean {
  // Upper and lower case are different in `externalId`, but the same in `userName` (RFC 7643 sections 3.1 and 4.1.1).
  if (filter.name === "externalId") return user.externalId === filter.value;
  return user.userName.toLowerCase() === filter.value.toLowerCase();
}

/** The groups of each User, collected once for a whole page, because a directory may have many Users and groups. */
function groupsByUser(directory: ScimDirectory, users: readonly ScimUser[]): Map<string, ScimGroup[]> {
  const found = new Map(users.map((user): [string, ScimGroup[]] => [user.id, []]));
  for (const group of directory.groups.values()) {
    for (const id of group.members) found.get(id)?.push(group);
  }
  return found;
}

function userOf(context: RouteContext): ScimUser {
  const id = context.params["userId"] ?? "";
  return directoryOf(context).users.get(id) ?? refuseScim(404, `Resource ${id} not found`);
}

function bodyOf(context: RouteContext): JsonObject {
  const { body } = context;
  if (!isObject(body)) return refuseScim(400, "The body is not a JSON object", "invalidSyntax");
  if (!Array.isArray(body["schemas"]) || !body["schemas"].includes(USER_SCHEMA)) {
    refuseScim(400, `schemas does not have ${USER_SCHEMA}`, "invalidSyntax");
  }
  return body;
}

function write(context: RouteContext, user: ScimUser, document: JsonObject) {
  projection(context.query);
  const { atlassian } = context.world;
  const omits = (user.omits ?? []).filter((name) => !(name in document));
  const attributes = { ...readUser(document), ...kept(user, omits) };
  refuseTaken(atlassian.directory, attributes, user.id);
  const email = primaryEmail(attributes);
  if (email.toLowerCase() !== primaryEmail(user).toLowerCase() && isOthersEmail(atlassian, user, email)) {
    refuseScim(409, `Resource [USER]: with email[${email}] already exists.`, "uniqueness");
  }
  const wasActive = user.active;
  Object.assign(user, attributes, user.omits && { omits }, {
    lastModified: new Date(context.world.now()).toISOString(),
  });
  syncAccount(context.world, user, wasActive);
  return shown(context, user);
}

/**
 * Attributes that a User has but that replies do not show. If a PUT or PATCH does not name them, they keep their
 * values.
 */
function kept(user: ScimUser, omits: readonly string[]): Partial<UserAttributes> {
  return Object.fromEntries(Object.entries(user).filter(([name]) => omits.includes(name)));
}

function shown(context: RouteContext, user: ScimUser, status = 200) {
  const { directory } = context.world.atlassian;
  const groups = groupsByUser(directory, [user]).get(user.id) ?? [];
  const document = showUser(directory, user, { base: baseUrl(context), groups });
  return scim(projection(context.query)(document), status);
}

function refuseTaken(directory: ScimDirectory, wanted: UserAttributes, idSelf: string | null): void {
  const userName = wanted.userName.toLowerCase();
  const email = primaryEmail(wanted).toLowerCase();
  for (const user of directory.users.values()) {
    if (user.id === idSelf) continue;
    if (user.userName.toLowerCase() === userName) refuseScim(409, "userName is taken", "uniqueness");
    if (primaryEmail(user).toLowerCase() === email) refuseScim(409, "email is taken", "uniqueness");
  }
}
