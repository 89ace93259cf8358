import type { Coverage } from "../atlassian/coverage.ts";

/**
 * Trello's OAuth 1.0 (developer.atlassian.com/cloud/trello/guides/rest-api/authorization, "Using Basic OAuth"), which is
 * no part of its API description. Partial: the parameters are taken from the Authorization header alone, and nobody
 * has to sign in.
 */
export const oauthCoverage: Readonly<Record<string, Coverage>> = {
  "GET /OAuthGetRequestToken": "partial",
  "POST /OAuthGetRequestToken": "partial",
  "GET /OAuthAuthorizeToken": "partial",
  "POST /OAuthAuthorizeToken": "partial",
  "GET /OAuthGetAccessToken": "partial",
  "POST /OAuthGetAccessToken": "partial",
};
