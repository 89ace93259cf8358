/**
 * Emulates Google Workspace: tokens of a service account, and the users of the Directory API (developers.google.com).
 */
import { decodeJwt } from "jose";
import { type Reply, type Route, type RouteContext, vendorRoute } from "../route.ts";
import { isSignedBy } from "./okta.ts";
import { counted, formOf, grant, grantedScopes, pageOf, refuseVendor, vendorUrl } from "./reply.ts";
import { VENDOR_SEED, type VendorPerson } from "./world.ts";

const SCOPE = "https://www.googleapis.com/auth/admin.directory.user.readonly";
const DEFAULT_PAGE = 100;
const LARGEST_PAGE = 500;
/** The date that Google shows for a user who never signed in. */
const NEVER = "1970-01-01T00:00:00.000Z";

export const googleRoutes: readonly Route[] = [
  vendorRoute("POST /google/token", async (context) => {
    const { grant_type, assertion } = formOf(context);
    if (grant_type !== "urn:ietf:params:oauth:grant-type:jwt-bearer")
      return refused(400, "unsupported_grant_type", "Invalid grant_type");
    const audience = `${vendorUrl(context, "google")}/token`;
    const token = String(assertion);
    if (!(await isSignedBy(context, token, { issuer: VENDOR_SEED.serviceAccount, audience })))
      return refused(400, "invalid_grant", "Invalid JWT Signature.");
    const { sub, scope } = decodeJwt(token);
    if (sub !== VENDOR_SEED.googleAdmin) return refused(400, "invalid_grant", "Invalid email or User ID");
    if (scope !== SCOPE || context.world.vendors.missing.has("delegation"))
      return refused(
        401,
        "unauthorized_client",
        "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.",
      );
    return grant(context, "google", [SCOPE], 3599);
  }),

  vendorRoute("GET /google/admin/directory/v1/users", (context) => {
    if (grantedScopes(context, "google") === null)
      refuseVendor("google", 401, "authError", "Invalid Credentials");
    return counted(context, "google", () => list(context));
  }),
];

function refused(status: number, error: string, error_description: string): Reply {
  return { status, body: { error, error_description } };
}

function list(context: RouteContext): Reply {
  const { query, world } = context;
  if (!query.has("customer") && !query.has("domain"))
    refuseVendor("google", 400, "badRequest", "Bad Request");
  if (world.vendors.missing.has("users"))
    refuseVendor("google", 403, "forbidden", "Not Authorized to access this resource/api");
  const isDeleted = query.get("showDeleted") === "true";
  const rows = world.vendors.people.filter(({ state }) => (state === "gone") === isDeleted);
  const size = Math.min(LARGEST_PAGE, Number(query.get("maxResults") ?? DEFAULT_PAGE));
  const { page, next } = pageOf(context, rows, { size, cursor: query.get("pageToken") });
  return {
    status: 200,
    body: {
      kind: "admin#directory#users",
      // Leaves out the field `users` of the reply if this page of the list contains no users.
      ...(page.length > 0 && { users: page.map((person) => show(person, world.vendors.people)) }),
      ...(next !== null && { nextPageToken: next }),
    },
  };
}

function show(person: VendorPerson, people: readonly VendorPerson[]) {
  const { state, words, email } = person;
  const manager = people.find(({ id }) => id === person.manager)?.email;
  return {
    id: person.id,
    primaryEmail: email,
    name: { fullName: person.name },
    ...(person.aliases.length > 0 && { aliases: person.aliases }),
    nonEditableAliases: [`${(email ?? "x").split("@")[0]}@sandbox.example.test-google-a.com`],
    emails: [
      { address: email, primary: true },
      ...(person.secondEmail === null ? [] : [{ address: person.secondEmail, type: "home" }]),
    ],
    suspended: state === "blocked" && words?.google !== "archived",
    ...(state === "blocked" && words?.google !== "archived" && { suspensionReason: "ADMIN" }),
    archived: words?.google === "archived",
    ...(state === "gone" && { deletionTime: "2026-01-10T08:00:00.000Z" }),
    lastLoginTime: person.lastSignIn ?? NEVER,
    ...(person.department !== null && { organizations: [{ department: person.department, primary: true }] }),
    ...(manager && { relations: [{ type: "manager", value: manager }] }),
  };
}
