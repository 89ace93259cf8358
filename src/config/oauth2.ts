import type { Secret } from "./secret.ts";
import type { Values } from "./settings.ts";

/** The app of Trello's OAuth 2.0. */
export interface OAuth2Config {
  readonly apiBaseUrl: string;
  /** The URL of the authorization server. */
  readonly authUrl: string;
  readonly clientId: string;
  /** null: a public client. */
  readonly clientSecret: Secret | null;
}

/** The settings of OAuth 2.0; null if requests are sent with key and token. */
export function oauth2Config(values: Values): OAuth2Config | null {
  const { TRELLO_OAUTH2_CLIENT_ID: clientId, TRELLO_OAUTH2_CLIENT_SECRET: clientSecret } = values;
  if (clientId === undefined) return null;
  return {
    apiBaseUrl: values.TRELLO_API_BASE_URL ?? "https://api.trello.com/1",
    authUrl: values.ATLASSIAN_AUTH_BASE_URL ?? "https://auth.atlassian.com",
    clientId,
    clientSecret: clientSecret ?? null,
  };
}

/**
 * An error message if the settings have both ways to sign in to Trello: key and token, and OAuth 2.0. Only one of the
 * two ways can be used.
 */
export function* oauth2Problems(values: Values): Generator<string> {
  if (values.TRELLO_OAUTH2_CLIENT_ID === undefined || values.TRELLO_API_TOKEN === undefined) return;
  yield "TRELLO_API_TOKEN and TRELLO_OAUTH2_CLIENT_ID are both set. Remove one of them: requests are sent either with key and token or by the sign-in of OAuth 2.0.";
}
