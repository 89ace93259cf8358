import { createHmac, randomBytes } from "node:crypto";
import OAuth from "oauth-1.0a";

/**
 * Returns the Authorization header for one request; null if the request needs none. Credentials are never put into a
 * URL, because URLs are logged.
 */
export type Authorize = (method: string, url: URL) => string | null | Promise<string>;

export interface TrelloCredentials {
  readonly apiKey: string;
  readonly apiToken: string;
  readonly apiSecret?: string | undefined;
  readonly tokenSecret?: string | undefined;
}

/**
 * Trello's Authorization header. If `apiSecret` and `tokenSecret` are set, the request is signed by OAuth 1.0.
 * Otherwise, key and token are in the header (developer.atlassian.com, Trello REST API, authorization: "Passing token
 * and key in API requests").
 */
export function trelloAuthorization(credentials: TrelloCredentials, now: () => number): Authorize {
  const { apiKey, apiToken, apiSecret, tokenSecret } = credentials;
  if (apiSecret && tokenSecret) {
    const signing = { consumerKey: apiKey, consumerSecret: apiSecret, token: apiToken, tokenSecret };
    return (method, url) => signedAuthorization(method, url, signing, randomBytes(16).toString("hex"), now());
  }
  const header = `OAuth oauth_consumer_key="${apiKey}", oauth_token="${apiToken}"`;
  return () => header;
}

/** The header with a bearer token (RFC 6750 section 2.1), for the SCIM directory and the organization API. */
export function bearerAuthorization(token: string): Authorize {
  return () => `Bearer ${token}`;
}

/** A parameter, decoded. */
export type Parameter = readonly [name: string, value: string];

export interface OAuth1Credentials {
  readonly consumerKey: string;
  readonly consumerSecret: string;
  /** The token; null if there is none yet, as in the first step of a login (RFC 5849 section 3.1 allows it). */
  readonly token: string | null;
  /** Empty if there is no token. */
  readonly tokenSecret: string;
}

/** The `oauth_` parameters of RFC 5849 section 3.1, without the optional `oauth_version`. */
export type ProtocolParameters = Readonly<Record<string, string>>;

/**
 * A request in the form that the OAuth library needs: the URL without its query, and all parameters decoded. They are
 * decoded here, because the library's own parser makes mistakes with `+`, default ports and upper case.
 */
function requestOf(method: string, url: URL, form: readonly Parameter[]): OAuth.RequestOptions {
  const values = new Map<string, string[]>();
  for (const [name, value] of [...url.searchParams, ...form]) {
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  return { method, url: `${url.origin}${url.pathname}`, data: Object.fromEntries(values) };
}

function signerOf({ consumerKey, consumerSecret }: OAuth1Credentials): OAuth {
  return new OAuth({
    consumer: { key: consumerKey, secret: consumerSecret },
    signature_method: "HMAC-SHA1",
    hash_function: (base, key) => createHmac("sha1", key).update(base).digest("base64"),
  });
}

/** The text over which a request's signature is computed (RFC 5849 section 3.4.1). */
export function signatureBaseString(
  method: string,
  url: URL,
  form: readonly Parameter[],
  parameters: ProtocolParameters,
): string {
  const signer = signerOf({ consumerKey: "", consumerSecret: "", token: "", tokenSecret: "" });
  return signer.getBaseString(requestOf(method, url, form), asData(parameters));
}

/** The signature with HMAC-SHA1 in base64 (RFC 5849 section 3.4.2). */
export function signature(
  method: string,
  url: URL,
  form: readonly Parameter[],
  parameters: ProtocolParameters,
  credentials: OAuth1Credentials,
): string {
  return signerOf(credentials).getSignature(
    requestOf(method, url, form),
    credentials.tokenSecret,
    asData(parameters),
  );
}

// The library changes the object that it gets, so each call passes a copy.
function asData(parameters: ProtocolParameters): OAuth.Data {
  return { ...parameters } as unknown as OAuth.Data;
}

/**
 * The Authorization header of a signed request (RFC 5849 section 3.5.1). `nowMs`: milliseconds since 1970. `more`:
 * further parameters, such as a callback or a verifier.
 */
export function signedAuthorization(
  method: string,
  url: URL,
  credentials: OAuth1Credentials,
  nonce: string,
  nowMs: number,
  more: ProtocolParameters = {},
): string {
  const parameters = {
    oauth_consumer_key: credentials.consumerKey,
    oauth_nonce: nonce,
    oauth_signature_method: "HMAC-SHA1",
    oauth_timestamp: String(Math.floor(nowMs / 1000)),
    ...(credentials.token !== null && { oauth_token: credentials.token }),
    oauth_version: "1.0",
    ...more,
  };
  const signed = { ...parameters, oauth_signature: signature(method, url, [], parameters, credentials) };
  return signerOf(credentials).toHeader(asData(signed) as OAuth.Authorization).Authorization;
}
