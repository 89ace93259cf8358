import { randomBytes } from "node:crypto";
import { signedAuthorization } from "./oauth1.ts";

/** The Authorization header of one request. Credentials never go into an address, because addresses are logged. */
export type Authorize = (method: string, url: URL) => string;

export interface TrelloCredentials {
  readonly apiKey: string;
  readonly apiToken: string;
  readonly apiSecret?: string | undefined;
  readonly tokenSecret?: string | undefined;
}

/**
 * Trello's header: signed by OAuth 1.0 where both secrets are known, otherwise key and token as Trello documents them
 * (developer.atlassian.com, Trello REST API, authorization: "Passing token and key in API requests").
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

/** RFC 6750 section 2.1: what the SCIM directory and the organization API take. */
export function bearerAuthorization(token: string): Authorize {
  return () => `Bearer ${token}`;
}
