/** How each vendor refuses requests, splits lists into pages, limits requests and gives out tokens. */
import { createHash } from "node:crypto";
import { bearerToken, isObject, Refusal, type Reply, type RouteContext } from "../route.ts";
import { VENDOR_NAMES, type VendorName } from "./world.ts";

const SCIM_ERROR = "urn:ietf:params:scim:api:messages:2.0:Error";

/** The body of a refusal in the vendor's form. `code`: the vendor's own error code. */
const BODIES: Readonly<Record<VendorName, (status: number, code: string, message: string) => unknown>> = {
  okta: (_status, code, message) => ({
    errorCode: code,
    errorSummary: message,
    errorLink: code,
    errorId: "oaeSandbox0123456789",
    errorCauses: [],
  }),
  entra: (_status, code, message) => ({
    error: {
      code,
      message,
      innerError: { date: "2026-01-01T00:00:00", "request-id": "sandbox", "client-request-id": "sandbox" },
    },
  }),
  google: (status, code, message) => ({
    error: { code: status, message, errors: [{ message, domain: "global", reason: code }] },
  }),
  onelogin: (status, code, message) => ({ statusCode: status, name: code, message }),
  "other-scim": (status, _code, message) => ({
    schemas: [SCIM_ERROR],
    status: String(status),
    detail: message,
  }),
};

/** Each vendor's refusal for too many requests: status and text. */
const TOO_MANY: Readonly<Record<VendorName, readonly [number, string, string]>> = {
  okta: [429, "E0000047", "API call exceeded rate limit due to too many requests."],
  entra: [429, "TooManyRequests", "Too many requests"],
  google: [403, "quotaExceeded", "Quota exceeded for quota metric 'Queries'."],
  onelogin: [429, "TooManyRequestsError", "Too many requests"],
  "other-scim": [429, "", "Too many requests"],
};

export function vendorReply(vendor: VendorName, status: number, code: string, message: string): Reply {
  return { status, body: BODIES[vendor](status, code, message) };
}

export function refuseVendor(vendor: VendorName, status: number, code: string, message: string): never {
  throw new Refusal(vendorReply(vendor, status, code, message));
}

/** The refusal for too many requests, in the form of the vendor to which the path belongs. */
export function tooManyAt(path: string): Reply {
  const vendor = VENDOR_NAMES.find((name) => path.startsWith(`/${name}/`)) ?? "other-scim";
  return vendorReply(vendor, ...TOO_MANY[vendor]);
}

const MINUTE_MS = 60_000;

/**
 * Counts a request and adds the vendor's headers about its rate limit. If the limit is reached, the request is refused
 * and not counted.
 */
export function counted(context: RouteContext, vendor: VendorName, answer: () => Reply): Reply {
  const { world } = context;
  const limit = world.vendors.limits.get(vendor) ?? { max: Number.POSITIVE_INFINITY, starts: [] };
  const now = world.now();
  while ((limit.starts[0] ?? now) <= now - MINUTE_MS) limit.starts.shift();
  const isOver = limit.starts.length >= limit.max;
  if (!isOver) limit.starts.push(now);
  const freeAt = (limit.starts[0] ?? now) + MINUTE_MS;
  const reply = isOver ? vendorReply(vendor, ...TOO_MANY[vendor]) : answer();
  const told = { max: limit.max, remaining: Math.max(0, limit.max - limit.starts.length), freeAt, now };
  return { ...reply, headers: { ...limitHeaders(vendor, told, isOver), ...reply.headers } };
}

interface Told {
  readonly max: number;
  readonly remaining: number;
  readonly freeAt: number;
  readonly now: number;
}

function limitHeaders(
  vendor: VendorName,
  { max, remaining, freeAt, now }: Told,
  isOver: boolean,
): Record<string, string> {
  const seconds = String(Math.ceil((freeAt - now) / 1000));
  if (vendor === "okta")
    return {
      "x-rate-limit-limit": String(max),
      "x-rate-limit-remaining": String(remaining),
      "x-rate-limit-reset": String(Math.ceil(freeAt / 1000)),
    };
  // OneLogin documents headers about its rate limit only for GET /auth/rate_limit. It is unknown whether other replies
  // contain them.
  if (vendor === "onelogin")
    return {
      "x-ratelimit-limit": String(max),
      "x-ratelimit-remaining": String(remaining),
      "x-ratelimit-reset": seconds,
    };
  return vendor === "entra" && isOver ? { "retry-after": seconds } : {};
}

/** A page of a list, with a cursor that a client cannot read. */
export function pageOf<Row>(
  context: RouteContext,
  rows: readonly Row[],
  { size, cursor }: { readonly size: number; readonly cursor: string | null },
): { readonly page: readonly Row[]; readonly next: string | null } {
  const from = cursor === null ? 0 : Number(Buffer.from(cursor, "base64url").toString().replace("from:", ""));
  const most = Math.min(size, context.world.vendors.pageSize ?? size);
  const page = rows.slice(from, from + most);
  const end = from + page.length;
  return { page, next: end < rows.length ? Buffer.from(`from:${end}`).toString("base64url") : null };
}

/** The URL under which a client reaches the vendor. */
export function vendorUrl({ headers }: RouteContext, vendor: VendorName): string {
  return `http://${headers.host ?? "127.0.0.1"}/vendors/${vendor}`;
}

/** Gives out an access token for the scopes. */
export function grant(
  context: RouteContext,
  vendor: VendorName,
  scopes: readonly string[],
  seconds: number,
): Reply {
  const { vendors, now } = { vendors: context.world.vendors, now: context.world.now() };
  const token = createHash("sha256").update(`${vendor} ${vendors.tokens.size}`).digest("base64url");
  vendors.tokens.set(token, { vendor, scopes, until: now + seconds * 1000 });
  return {
    status: 200,
    body: { token_type: "Bearer", expires_in: seconds, access_token: token, scope: scopes.join(" ") },
  };
}

/** The scopes of an access token of this vendor; null if the token is unknown or expired. */
export function grantedScopes(context: RouteContext, vendor: VendorName): readonly string[] | null {
  const found = context.world.vendors.tokens.get(bearerToken(context) ?? "");
  return found?.vendor === vendor && found.until > context.world.now() ? found.scopes : null;
}

/** The fields of a form or of a JSON body. */
export function formOf({ body }: RouteContext): Readonly<Record<string, unknown>> {
  return isObject(body) ? body : {};
}
