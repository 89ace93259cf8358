/** Emulates Okta: the Users API, and access tokens by private_key_jwt (developer.okta.com). */
import { createPublicKey } from "node:crypto";
import { jwtVerify } from "jose";
import { type Route, type RouteContext, vendorRoute } from "../route.ts";
import { counted, formOf, grant, grantedScopes, pageOf, refuseVendor, vendorUrl } from "./reply.ts";
import { VENDOR_SEED, type VendorPerson } from "./world.ts";

const STATUSES = {
  active: "ACTIVE",
  not_yet: "STAGED",
  blocked: "SUSPENDED",
  gone: "DEPROVISIONED",
} as const;
const LARGEST_PAGE = 200;
const SCOPE = "okta.users.read";

export const oktaRoutes: readonly Route[] = [
  vendorRoute("POST /okta/oauth2/v1/token", async (context) => {
    const { grant_type, scope, client_id, client_assertion } = formOf(context);
    if (context.world.vendors.dpop)
      return {
        status: 400,
        body: { error: "invalid_dpop_proof", error_description: "The DPoP proof JWT header is missing." },
      };
    if (grant_type !== "client_credentials" || client_id !== VENDOR_SEED.clientId)
      return {
        status: 401,
        body: { error: "invalid_client", error_description: "Invalid value for 'client_id' parameter." },
      };
    const audience = `${vendorUrl(context, "okta")}/oauth2/v1/token`;
    if (!(await isSignedBy(context, String(client_assertion), { issuer: VENDOR_SEED.clientId, audience })))
      return {
        status: 401,
        body: { error: "invalid_client", error_description: "The client_assertion signature is invalid." },
      };
    if (scope !== SCOPE || context.world.vendors.missing.has("users"))
      return {
        status: 400,
        body: { error: "invalid_scope", error_description: "One or more scopes are not configured." },
      };
    return grant(context, "okta", [SCOPE], 3600);
  }),

  vendorRoute("GET /okta/api/v1/users", (context) => {
    requireToken(context);
    return counted(context, "okta", () => {
      const { query, world } = context;
      const wanted = statusesIn(query.get("search"));
      // Deactivated users are missing in the list unless the search names their status.
      const rows = world.vendors.people.filter((person) =>
        wanted ? wanted.has(statusOf(person)) : statusOf(person) !== "DEPROVISIONED",
      );
      const size = Math.min(LARGEST_PAGE, Number(query.get("limit") ?? LARGEST_PAGE));
      const { page, next } = pageOf(context, rows, { size, cursor: query.get("after") });
      const address = `${vendorUrl(context, "okta")}/api/v1/users`;
      const links = [`<${address}?${context.rawQuery}>; rel="self"`];
      if (next !== null) {
        const more = new URLSearchParams(query);
        more.set("after", next);
        links.push(`<${address}?${more.toString()}>; rel="next"`);
      }
      return { status: 200, body: page.map(show), headers: { link: links } };
    });
  }),
];

/** Whether a JWT was signed with the key that the vendor knows, and names this issuer and this audience. */
export async function isSignedBy(
  { world }: RouteContext,
  token: string,
  { issuer, audience }: { readonly issuer: string; readonly audience: string },
): Promise<boolean> {
  const key = createPublicKey(world.vendors.keys.publicPem);
  const options = { issuer, audience, currentDate: new Date(world.now()) };
  return await jwtVerify(token, key, options).then(
    () => true,
    () => false,
  );
}

function requireToken(context: RouteContext): void {
  const ssws = /^SSWS (\S+)$/.exec(context.headers.authorization ?? "")?.[1];
  const scopes = grantedScopes(context, "okta");
  if (ssws !== VENDOR_SEED.oktaToken && scopes === null)
    refuseVendor("okta", 401, "E0000011", "Invalid token provided");
  if (context.world.vendors.missing.has("users"))
    refuseVendor("okta", 403, "E0000006", "You do not have permission to perform the requested action");
}

/** The statuses that a search names; null if there is no search. Any other search is refused. */
function statusesIn(search: string | null): ReadonlySet<string> | null {
  if (search === null) return null;
  const parts = search.split(" or ").map((part) => /^status eq "([A-Z_]+)"$/.exec(part.trim())?.[1]);
  const known = parts.filter((part) => part !== undefined);
  if (known.length !== parts.length) refuseVendor("okta", 400, "E0000031", "Invalid search criteria.");
  return new Set(known);
}

function statusOf({ state, words }: VendorPerson): string {
  return words?.okta ?? STATUSES[state];
}

function show(person: VendorPerson) {
  const [firstName = "", ...rest] = person.name.split(" ");
  return {
    id: person.id,
    status: statusOf(person),
    created: "2024-01-15T09:00:00.000Z",
    activated: null,
    statusChanged: null,
    lastLogin: person.lastSignIn,
    type: { id: "otysandbox" },
    profile: {
      firstName,
      lastName: rest.join(" "),
      email: person.email,
      login: person.login,
      secondEmail: person.secondEmail,
      mobilePhone: null,
      department: person.department,
      managerId: person.manager,
    },
    credentials: { provider: { type: "OKTA", name: "OKTA" } },
  };
}
