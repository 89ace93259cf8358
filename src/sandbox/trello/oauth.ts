import { createHmac, timingSafeEqual } from "node:crypto";

/** How much (ms) a timestamp may differ from the clock. RFC 5849 section 3.3 lets the server choose this. */
const WINDOW_MS = 300_000;

type Pair = readonly [string, string];

export interface SignedRequest {
  readonly method: string;
  /** The URL as the client wrote it, with the query. */
  readonly url: URL;
  /** From the `Authorization: OAuth` header, decoded. */
  readonly oauth: ReadonlyMap<string, string>;
  /** The parameters of a form body; empty for any other content type. */
  readonly form: URLSearchParams;
}

export interface Secrets {
  readonly client: string;
  readonly token: string;
}

export type VerifySignature = (request: SignedRequest, secrets: Secrets) => string | null;

/**
 * Makes the check of HMAC-SHA1 signatures, timestamps and nonces (RFC 5849 section 3.2). The check returns what is
 * wrong; null if nothing is wrong.
 */
export function createVerifySignature(now: () => number): VerifySignature {
  const seen = new Map<string, number>();
  return (request, secrets) => {
    const { oauth } = request;
    if (oauth.get("oauth_signature_method") !== "HMAC-SHA1") return "unsupported signature method";
    if ((oauth.get("oauth_version") ?? "1.0") !== "1.0") return "unsupported version";
    const timestamp = Number(oauth.get("oauth_timestamp"));
    if (!Number.isInteger(timestamp) || Math.abs(timestamp * 1_000 - now()) > WINDOW_MS)
      return "invalid timestamp";
    const nonce = oauth.get("oauth_nonce") ?? "";
    if (nonce === "") return "invalid nonce";
    if (!isEqual(sign(request, secrets), oauth.get("oauth_signature") ?? "")) return "invalid signature";
    // Only a request with a right signature uses up the nonce. Old nonces can be deleted, because their timestamps are
    // refused anyway.
    for (const [used, at] of seen) if (at < now() - 2 * WINDOW_MS) seen.delete(used);
    const use = [oauth.get("oauth_consumer_key"), oauth.get("oauth_token"), timestamp, nonce].join(" ");
    if (seen.has(use)) return "nonce already used";
    seen.set(use, now());
    return null;
  };
}

function sign(request: SignedRequest, { client, token }: Secrets): string {
  const key = `${encode(client)}&${encode(token)}`;
  return createHmac("sha1", key).update(signatureBaseString(request)).digest("base64");
}

/** The text that is signed, called signature base string (RFC 5849 section 3.4.1). */
export function signatureBaseString({ method, url, oauth, form }: SignedRequest): string {
  const own = [...oauth].filter(([name]) => name !== "oauth_signature" && name !== "realm");
  const parameters = [...own, ...url.searchParams, ...form]
    .map(([name, value]): Pair => [encode(name), encode(value)])
    .sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
  // RFC 5849 section 3.4.1.2 asks for a scheme and host in lower case, and for no default port. The class `URL` has
  // already done this.
  const base = `${url.protocol}//${url.host}${url.pathname}`;
  return [method.toUpperCase(), encode(base), encode(parameters)].join("&");
}

/** Percent-encoding as in RFC 5849 section 3.6: only unreserved characters stay as they are. */
function encode(value: string): string {
  return encodeURIComponent(value).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function isEqual(expected: string, given: string): boolean {
  const a = Buffer.from(expected);
  const b = Buffer.from(given);
  return a.length === b.length && timingSafeEqual(a, b);
}
