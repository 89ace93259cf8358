/** Emulates Microsoft Entra ID: client credentials, and the users of Microsoft Graph v1.0 (learn.microsoft.com). */
import { type Reply, type Route, type RouteContext, vendorRoute } from "../route.ts";
import { counted, formOf, grant, grantedScopes, pageOf, refuseVendor, vendorUrl } from "./reply.ts";
import { VENDOR_SEED, type VendorPerson } from "./world.ts";

/** The fields that Graph returns if a request selects none. */
const DEFAULT_FIELDS = "businessPhones,displayName,givenName,jobTitle,mail,surname,userPrincipalName,id";
const DEFAULT_PAGE = 100;
const LARGEST_PAGE = 999;
const LARGEST_PAGE_WITH_SIGN_INS = 500;

export const entraRoutes: readonly Route[] = [
  vendorRoute("POST /entra/{tenant}/oauth2/v2.0/token", (context) => {
    const { grant_type, client_id, client_secret, scope } = formOf(context);
    if (context.params["tenant"] !== VENDOR_SEED.tenant)
      return refused(400, "invalid_request", "AADSTS90002: Tenant not found.");
    if (grant_type !== "client_credentials" || client_id !== VENDOR_SEED.clientId)
      return refused(400, "unauthorized_client", "AADSTS700016: Application was not found in the directory.");
    if (client_secret !== VENDOR_SEED.clientSecret)
      return refused(401, "invalid_client", "AADSTS7000215: Invalid client secret provided.");
    if (!/^https?:\/\/[^/]+\/\.default$/.test(String(scope)))
      return refused(400, "invalid_scope", "AADSTS1002012: The provided value for scope is not valid.");
    return grant(context, "entra", ["User.Read.All"], 3599);
  }),

  vendorRoute("GET /entra/v1.0/users", (context) => {
    requireToken(context);
    return counted(context, "entra", () => list(context, "users", ({ state }) => state !== "gone"));
  }),

  vendorRoute("GET /entra/v1.0/directory/deletedItems/microsoft.graph.user", (context) => {
    requireToken(context);
    const path = "directory/deletedItems/microsoft.graph.user";
    return counted(context, "entra", () => list(context, path, ({ state }) => state === "gone"));
  }),
];

function refused(status: number, error: string, description: string): Reply {
  const codes = [Number(/\d+/.exec(description)?.[0])];
  return { status, body: { error, error_description: description, error_codes: codes, trace_id: "sandbox" } };
}

function requireToken(context: RouteContext): void {
  if (grantedScopes(context, "entra") === null)
    refuseVendor("entra", 401, "InvalidAuthenticationToken", "Access token is empty or has expired.");
  if (context.world.vendors.missing.has("users"))
    refuseVendor(
      "entra",
      403,
      "Authorization_RequestDenied",
      "Insufficient privileges to complete the operation.",
    );
}

function list(context: RouteContext, path: string, fits: (person: VendorPerson) => boolean): Reply {
  const { query, world } = context;
  const { people, premium, missing } = world.vendors;
  const fields = (query.get("$select") ?? DEFAULT_FIELDS).split(",");
  const hasSignIns = fields.includes("signInActivity");
  if (query.has("$skip")) refuseVendor("entra", 400, "Request_BadRequest", "'$skip' is not supported.");
  if (hasSignIns && (!premium || missing.has("sign_ins")))
    refuseVendor(
      "entra",
      403,
      "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
      "Neither tenant is B2C or tenant doesn't have premium license",
    );
  const size = Number(query.get("$top") ?? DEFAULT_PAGE);
  if (!(size >= 1 && size <= (hasSignIns ? LARGEST_PAGE_WITH_SIGN_INS : LARGEST_PAGE)))
    refuseVendor("entra", 400, "Request_UnsupportedQuery", "Invalid page size specified.");
  const { page, next } = pageOf(context, people.filter(fits), { size, cursor: query.get("$skiptoken") });
  const base = `${vendorUrl(context, "entra")}/v1.0`;
  const more = new URLSearchParams(query);
  if (next !== null) more.set("$skiptoken", next);
  const shown = query.get("$expand")?.startsWith("manager") ? [...fields, "manager"] : fields;
  return {
    status: 200,
    body: {
      "@odata.context": `${base}/$metadata#${path}`,
      ...(next !== null && { "@odata.nextLink": `${base}/${path}?${more.toString()}` }),
      value: page.map((person) => selected(show(person, people), shown)),
    },
  };
}

function selected(user: Readonly<Record<string, unknown>>, fields: readonly string[]) {
  return Object.fromEntries(Object.entries(user).filter(([name]) => fields.includes(name)));
}

function show(person: VendorPerson, people: readonly VendorPerson[]): Record<string, unknown> {
  const { state, words, email } = person;
  const front = state === "gone" ? person.id.replaceAll("-", "") : "";
  const manager = people.find(({ id }) => id === person.manager);
  return {
    id: person.id,
    displayName: person.name,
    mail: words?.entra === "no mail" ? null : email,
    userPrincipalName: person.guest
      ? `${front}${(email ?? "").replace("@", "_")}#EXT#@${VENDOR_SEED.tenant}`
      : `${front}${person.login}`,
    proxyAddresses: [
      ...(email === null ? [] : [`SMTP:${email}`]),
      ...person.aliases.map((alias) => `smtp:${alias}`),
    ],
    otherMails: person.secondEmail === null ? [] : [person.secondEmail],
    accountEnabled: state !== "blocked",
    userType: person.guest ? "Guest" : "Member",
    externalUserState: person.guest ? (state === "not_yet" ? "PendingAcceptance" : "Accepted") : null,
    department: person.department,
    deletedDateTime: state === "gone" ? "2026-01-10T08:00:00Z" : null,
    signInActivity: { lastSignInDateTime: person.lastSignIn },
    manager: manager ? { id: manager.id, mail: manager.email, userPrincipalName: manager.login } : undefined,
  };
}
