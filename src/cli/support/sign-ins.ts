import type { Config } from "../../config/config.ts";
import { AppError } from "../../domain/error.ts";
import type { Grants } from "../../domain/grant.ts";
import type { OAuth2Client } from "../../gateway/trello/oauth2.ts";
import type { Store } from "../../store/store.ts";
import { keptSecret } from "./kept-secret.ts";

/** The OAuth 2.0 app in the settings, together with Trello's API URL. CONFIG_INVALID if the settings have no app. */
export function requireOAuth2({
  oauth2,
}: Pick<Config, "oauth2">): OAuth2Client & { readonly apiBaseUrl: string } {
  if (oauth2) return { ...oauth2, clientSecret: oauth2.clientSecret?.reveal() ?? null };
  throw new AppError("CONFIG_INVALID", "TRELLO_OAUTH2_CLIENT_ID is missing, and OAuth 2.0 needs it.", {
    next: "Register an app at https://trello.com/apps/admin (OAuth 2.0, no Power-Up capabilities); set TRELLO_OAUTH2_CLIENT_ID and, for a confidential client, TRELLO_OAUTH2_CLIENT_SECRET.",
  });
}

/**
 * The stored sign-in to Trello by the OAuth 2.0 app in the settings. The sign-in is encrypted with IDENTITY_STORE_KEY.
 * If this setting is missing, a key in a file beside the store is used.
 */
export function grantsOf(
  config: Pick<Config, "oauth2" | "storeKey" | "storeFolder">,
  store: Pick<Store, "grants">,
): Grants {
  const { authUrl, clientId } = requireOAuth2(config);
  const key = config.storeKey?.reveal() ?? keptSecret(config.storeFolder, STORE_KEY).text;
  return store.grants(`${authUrl} ${clientId}`, key);
}

const STORE_KEY = {
  file: "store-key",
  what: "key",
  again: "run `login` again: a new one is made",
  setting: "IDENTITY_STORE_KEY",
} as const;
