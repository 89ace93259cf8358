import { createHmac } from "node:crypto";
import OAuth from "oauth-1.0a";

/** A parameter, decoded. */
export type Parameter = readonly [name: string, value: string];

export interface OAuth1Credentials {
  readonly consumerKey: string;
  readonly consumerSecret: string;
  /** null before there is one (RFC 5849 section 3.1 lets it be left out). */
  readonly token: string | null;
  /** Empty where there is no token. */
  readonly tokenSecret: string;
}

/** The protocol parameters of RFC 5849 section 3.1; `oauth_version` may be left out. */
export type ProtocolParameters = Readonly<Record<string, string>>;

/**
 * The library is handed the address without its query and every parameter decoded, because its own reading of a query
 * leaves `+` undecoded and its own reading of an address keeps default ports and upper case.
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

/** The signature base string of RFC 5849 section 3.4.1. */
export function signatureBaseString(
  method: string,
  url: URL,
  form: readonly Parameter[],
  parameters: ProtocolParameters,
): string {
  const signer = signerOf({ consumerKey: "", consumerSecret: "", token: "", tokenSecret: "" });
  return signer.getBaseString(requestOf(method, url, form), asData(parameters));
}

/** The HMAC-SHA1 signature of RFC 5849 section 3.4.2, base64. */
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

// The library adds to the object that it is given, so each call gets its own.
function asData(parameters: ProtocolParameters): OAuth.Data {
  return { ...parameters } as unknown as OAuth.Data;
}

/**
 * The Authorization header of RFC 5849 section 3.5.1 for a signed request; `nowMs` is in milliseconds since 1970,
 * `more` are further protocol parameters, such as a callback or a verifier.
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
