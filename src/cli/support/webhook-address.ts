import { createHmac } from "node:crypto";
import type { Config } from "../../config/config.ts";
import { AppError } from "../../domain/error.ts";
import { WEBHOOK_PATH } from "../../domain/webhook.ts";
import { isLoopback } from "../../transport/listening.ts";

/** How many random characters the URL has: 22 characters of base64url are 132 bits. */
const KEY_LENGTH = 22;

/**
 * The URL for a webhook on a board, workspace or enterprise. Its last part is made from the app's secret, so it cannot
 * be guessed. The same board always has the same URL, so that an existing webhook is found and not made again.
 */
export function createWebhookAddress(
  config: Pick<Config, "trello" | "oauth2"> & {
    readonly tenant?: string | null;
    readonly http: Pick<Config["http"], "host" | "port" | "publicUrl">;
  },
): (idModel: string) => string {
  return (idModel) => {
    const secret = requireSecret(config);
    const tenant = config.tenant ? `/${config.tenant}` : "";
    const base = `${requireBase(config)}${WEBHOOK_PATH}${tenant}`;
    const key = createHmac("sha256", secret).update(`${base}\n${idModel}`).digest("base64url");
    return `${base}/${key.slice(0, KEY_LENGTH)}`;
  };
}

function requireSecret({ trello, oauth2 }: Pick<Config, "trello" | "oauth2">): string {
  if (oauth2) {
    throw new AppError("CONFIG_INVALID", "Webhooks need an API key and a token.", {
      next: "Ask the administrator to set TRELLO_API_KEY, TRELLO_API_TOKEN and TRELLO_API_SECRET instead of the sign-in by OAuth 2.0.",
    });
  }
  const secret = trello?.apiSecret?.reveal();
  if (secret) return secret;
  throw new AppError(
    "CONFIG_INVALID",
    "TRELLO_API_SECRET is not set, so the signature of a webhook cannot be checked.",
    {
      next: "Ask the administrator to set it to the app's secret, which https://trello.com/power-ups/admin shows under the API key. It is neither the API key nor the token.",
    },
  );
}

/**
 * The public URL of this server. Trello must be able to reach it. Only the sandbox can use a local address, because it
 * runs on this machine.
 */
function requireBase({
  trello,
  http: { host, port, publicUrl },
}: Parameters<typeof createWebhookAddress>[0]): string {
  const isSandbox = trello !== null && isLoopback(new URL(trello.baseUrl).hostname);
  if (publicUrl !== null && (isSandbox || !isLoopback(new URL(publicUrl).hostname)))
    return publicUrl.replace(/\/+$/, "");
  if (isSandbox && port > 0) return `http://${host}:${port}`;
  throw new AppError("CONFIG_INVALID", "Trello cannot reach this server, so webhooks would not arrive.", {
    next: "Ask the administrator to run `http` at an address that the internet reaches, and to set IDENTITY_PUBLIC_URL to it. Without webhooks, list_membership_changes compares stored memberships.",
  });
}
