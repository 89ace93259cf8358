/** Emulates OneLogin (developers.onelogin.com), and the SCIM 2.0 server of an unnamed vendor (RFC 7644). */
import { bearerToken, type Route, type RouteContext, vendorRoute } from "../route.ts";
import { counted, formOf, grant, grantedScopes, pageOf, refuseVendor, vendorReply } from "./reply.ts";
import { VENDOR_SEED, type VendorPerson } from "./world.ts";

/** `status/state` of a user. */
const STATUSES = { active: "1/1", not_yet: "0/1", blocked: "2/1", gone: "2/1" } as const;
const LARGEST_PAGE = 50;
const LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

export const oneloginRoutes: readonly Route[] = [
  vendorRoute("POST /onelogin/auth/oauth2/v2/token", (context) => {
    const given = Buffer.from(`${VENDOR_SEED.clientId}:${VENDOR_SEED.clientSecret}`).toString("base64");
    const isRight =
      formOf(context)["grant_type"] === "client_credentials" &&
      context.headers["content-type"]?.startsWith("application/json") === true &&
      context.headers.authorization === `Basic ${given}`;
    if (!isRight) return vendorReply("onelogin", 401, "UnauthorizedError", "Authentication Failure");
    return grant(context, "onelogin", ["read_users"], 36_000);
  }),

  vendorRoute("GET /onelogin/api/2/users", (context) => {
    if (grantedScopes(context, "onelogin") === null)
      refuseVendor("onelogin", 401, "UnauthorizedError", "Unauthorized");
    if (context.world.vendors.missing.has("users"))
      refuseVendor("onelogin", 403, "ForbiddenError", "Insufficient Permissions");
    return counted(context, "onelogin", () => {
      const { query, world } = context;
      // Lists do not contain people who are gone, because OneLogin keeps no deleted users.
      const rows = world.vendors.people.filter(({ state }) => state !== "gone");
      const size = Math.min(LARGEST_PAGE, Number(query.get("limit") ?? LARGEST_PAGE));
      const { page, next } = pageOf(context, rows, { size, cursor: query.get("cursor") });
      const headers = { "total-count": String(rows.length), ...(next !== null && { "after-cursor": next }) };
      return { status: 200, body: page.map(showAtOneLogin), headers };
    });
  }),
];

function showAtOneLogin(person: VendorPerson) {
  const [firstname = "", ...rest] = person.name.split(" ");
  const [status, state] = (person.words?.onelogin ?? STATUSES[person.state]).split("/").map(Number);
  return {
    id: Number.parseInt(Buffer.from(person.id).toString("hex").slice(-11), 16),
    email: person.email,
    username: person.login,
    firstname,
    lastname: rest.join(" "),
    department: person.department,
    status,
    state,
    last_login: person.lastSignIn,
    manager_user_id: null,
  };
}

export const otherScimRoutes: readonly Route[] = [
  vendorRoute("GET /other-scim/Users", (context) => {
    if (bearerToken(context) !== VENDOR_SEED.scimToken)
      refuseVendor("other-scim", 401, "", "Authorization failure");
    if (context.world.vendors.missing.has("users")) refuseVendor("other-scim", 403, "", "Forbidden");
    return counted(context, "other-scim", () => ({
      status: 200,
      body: listed(context),
      headers: { "content-type": "application/scim+json" },
    }));
  }),
];

function listed({ query, world }: RouteContext) {
  const { people, scim, pageSize = 100 } = world.vendors;
  const rows = people.filter(({ state }) => state !== "gone");
  const isHidden = scim.needsBoth === true && !(query.has("startIndex") && query.has("count"));
  const from = scim.ignoresStartIndex ? 1 : Math.max(1, Number(query.get("startIndex") ?? 1));
  const count = Math.min(pageSize, Number(query.get("count") ?? pageSize));
  const page = isHidden ? [] : rows.slice(from - 1, from - 1 + count);
  return {
    schemas: [LIST],
    totalResults: scim.totalResults ?? rows.length,
    startIndex: from,
    itemsPerPage: page.length,
    Resources: page.map((person) => showByScim(person, scim)),
  };
}

function showByScim(
  person: VendorPerson,
  { hidesActive, activeAsText }: RouteContext["world"]["vendors"]["scim"],
) {
  const isActive = person.state === "active";
  return {
    schemas: [USER, ENTERPRISE],
    id: person.id,
    userName: person.login,
    displayName: person.name,
    ...(!hidesActive && { active: activeAsText ? (isActive ? "True" : "False") : isActive }),
    emails: [
      ...(person.secondEmail === null ? [] : [{ value: person.secondEmail, type: "home" }]),
      ...person.aliases.map((value) => ({ value, type: "work" })),
      ...(person.email === null ? [] : [{ value: person.email, type: "work", primary: true }]),
    ],
    [ENTERPRISE]: { department: person.department, manager: { value: person.manager } },
  };
}
