/** Two applications with their own users and SCIM 2.0 (RFC 7644). They use the standard in different ways. */
import {
  bearerToken,
  isObject,
  json,
  Refusal,
  type Reply,
  type Route,
  type RouteContext,
  vendorRoute,
} from "../route.ts";
import { APPLICATION_NAMES, type ApplicationUser, type ApplicationWorld } from "./application-world.ts";

const ERROR = "urn:ietf:params:scim:api:messages:2.0:Error";
const LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const PAGE = 50;

function refuse(status: number, detail: string, scimType?: string): never {
  throw new Refusal(
    scim(status, { schemas: [ERROR], status: String(status), detail, ...(scimType && { scimType }) }),
  );
}

function scim(status: number, body: unknown): Reply {
  return json(body, status, { "content-type": "application/scim+json" });
}

function worldOf(context: RouteContext): ApplicationWorld {
  const name = APPLICATION_NAMES.find((each) => each === context.params["application"]);
  const found = name && context.world.vendors.applications.get(name);
  if (!found) return refuse(404, "there is no such application");
  if (found.isDown) refuse(503, "the application is being maintained");
  if (bearerToken(context) !== found.token) refuse(401, "the token is not known");
  return found;
}

function userOf(context: RouteContext, { users }: ApplicationWorld): ApplicationUser {
  return users.find(({ id }) => id === context.params["id"]) ?? refuse(404, "there is no such user");
}

export const applicationRoutes: readonly Route[] = [
  vendorRoute("GET /applications/{application}/Users", (context) => {
    const world = worldOf(context);
    return scim(200, world.way === "chat" ? byIndex(context, world) : byCursor(context, world));
  }),
  vendorRoute("GET /applications/{application}/Users/{id}", (context) => {
    const world = worldOf(context);
    return scim(200, shown(userOf(context, world), world));
  }),
  vendorRoute("PATCH /applications/{application}/Users/{id}", (context) => {
    const world = worldOf(context);
    const user = userOf(context, world);
    user.active = activeIn(context.body, world);
    return scim(200, shown(user, world));
  }),
  vendorRoute("PUT /applications/{application}/Users/{id}", (context) => {
    const world = worldOf(context);
    const user = userOf(context, world);
    const body = isObject(context.body) ? context.body : refuse(400, "no user", "invalidSyntax");
    const { userName, displayName, active, emails, team } = body;
    if (typeof userName !== "string" || typeof active !== "boolean")
      return refuse(400, "a user needs userName and active");
    Object.assign(user, {
      userName,
      active,
      displayName: typeof displayName === "string" ? displayName : "",
      team: typeof team === "string" ? team : null,
      emails: Array.isArray(emails)
        ? emails.flatMap((each) => (isObject(each) ? String(each["value"]) : []))
        : [],
    });
    return scim(200, shown(user, world));
  }),
  vendorRoute("DELETE /applications/{application}/Users/{id}", (context) => {
    const world = worldOf(context);
    world.users.splice(world.users.indexOf(userOf(context, world)), 1);
    return { status: 204 };
  }),
];

/**
 * The list of users of the application `chat`. The filter is `attribute eq "value"` on userName or emails; startIndex
 * and count choose the page.
 */
function byIndex({ query }: RouteContext, world: ApplicationWorld) {
  const filter = query.get("filter");
  const [, attribute, value] = /^([\w.]+) eq "([^"]*)"$/i.exec(filter ?? "") ?? [];
  if (filter !== null && !/^(userName|emails(\.value)?)$/i.test(attribute ?? ""))
    refuse(400, "only userName and emails can be searched", "invalidFilter");
  const wanted = value?.toLowerCase();
  const rows = world.users.filter(
    ({ userName, emails }) =>
      wanted === undefined ||
      (/^userName$/i.test(attribute ?? "") ? [userName] : emails).some(
        (text) => text.toLowerCase() === wanted,
      ),
  );
  const from = Math.max(1, Number(query.get("startIndex") ?? 1));
  const page = rows.slice(from - 1, from - 1 + Math.min(PAGE, Number(query.get("count") ?? PAGE)));
  return {
    schemas: [LIST],
    totalResults: rows.length,
    startIndex: from,
    itemsPerPage: page.length,
    Resources: page.map((user) => shown(user, world)),
  };
}

/** The list of users of the application `vault`. It cannot be filtered. A cursor leads to the next page (RFC 9865). */
function byCursor({ query }: RouteContext, world: ApplicationWorld) {
  const cursor = query.get("cursor");
  if (cursor === null) refuse(400, "the list is read by cursor", "invalidCursor");
  const from = cursor === "" ? 0 : Number(Buffer.from(cursor, "base64url").toString());
  const page = world.users.slice(from, from + Math.min(PAGE, Number(query.get("count") ?? PAGE)));
  const next = from + page.length;
  return {
    schemas: [LIST],
    totalResults: world.users.length,
    itemsPerPage: page.length,
    ...(next < world.users.length && { nextCursor: Buffer.from(String(next)).toString("base64url") }),
    Resources: page.map((user) => shown(user, world)),
  };
}

function shown(
  { id, userName, emails, displayName, active, team }: ApplicationUser,
  { way }: ApplicationWorld,
) {
  return {
    schemas: [USER],
    id,
    userName,
    displayName,
    active: way === "chat" ? active : active ? "True" : "False",
    emails: emails.map((value, index) => ({ value, type: "work", primary: index === 0 })),
    ...(team !== null && { team }),
    meta: { resourceType: "User" },
  };
}

/** Reads from a PATCH whether the User is to be active. Each application has its own form of PATCH. */
function activeIn(body: unknown, { way }: ApplicationWorld): boolean {
  const operations =
    isObject(body) && Array.isArray(body["schemas"]) && body["schemas"].includes(PATCH)
      ? body["Operations"]
      : null;
  const [only, ...others] = Array.isArray(operations) ? operations : [];
  if (!isObject(only) || others.length > 0 || only["op"] !== "replace")
    return refuse(400, "no replace", "invalidSyntax");
  if (way === "chat") {
    const { path, value } = only;
    return path === "active" && typeof value === "boolean"
      ? value
      : refuse(400, "active is true or false", "invalidValue");
  }
  const value = "path" in only || !isObject(only["value"]) ? null : only["value"]["active"];
  return value === "True" || value === "False"
    ? value === "True"
    : refuse(400, "active is True or False", "invalidValue");
}
