import { AppError } from "../../domain/error.ts";
import { trelloWebhook, type TrelloWebhook, type WebhookRecords } from "../../domain/webhook.ts";
import type { Rows } from "../../domain/wire.ts";
import type { TrelloWrites } from "../../domain/writes.ts";
import type { Pass } from "../gateway.ts";
import { parseJson, parseRows } from "../http/parse.ts";
import { encode, type UpstreamRequest } from "../http/request.ts";
import type { Send } from "../http/send.ts";
import type { Upstream } from "../http/upstream.ts";

/** The store of webhooks. */
export interface WebhookAccount {
  /** null: this gateway makes none. */
  readonly records: WebhookRecords | null;
  /** ISO 8601. */
  readonly now: () => string;
}

const OPERATION = "GET /tokens/{token}/webhooks";

/**
 * Reads all webhooks of the API token, in one request. Webhooks of other tokens are not visible. `apiToken` is null if
 * the server signs in by OAuth 2.0; then the read is refused, because Trello does not document whether a webhook stays
 * when an OAuth 2.0 access token expires.
 */
export async function fetchWebhooks(
  { send, upstream }: { readonly send: Send; readonly upstream: Upstream },
  apiToken: string | null,
  pass: Pass,
): Promise<Rows<TrelloWebhook>> {
  if (apiToken === null) throw needsToken();
  const path = `/tokens/${encode(apiToken)}/webhooks`;
  const { text } = await send(upstream, { operation: OPERATION, method: "GET", path, access: "read" }, pass);
  const from = { upstream: "trello", operation: OPERATION } as const;
  return parseRows(trelloWebhook, parseJson(text, from), from).rows;
}

/** The error if the server signs in to Trello by OAuth 2.0, because webhooks need an API key and an API token. */
function needsToken(): AppError {
  return new AppError("CONFIG_INVALID", "Webhooks need an API key and a token.", {
    next: "Ask the administrator to set TRELLO_API_KEY and TRELLO_API_TOKEN instead of the sign-in by OAuth 2.0.",
  });
}

type Write = (request: Omit<UpstreamRequest, "access">) => Promise<void>;

/**
 * Makes and deletes webhooks. Each change is stored before its request is sent. Trello calls the URL of a new webhook
 * at once, so this server must already know the webhook. Trello may still call the URL of a deleted webhook for a
 * while.
 */
export function createWebhookWrites(
  write: Write,
  { records: kept, now }: WebhookAccount,
): Pick<TrelloWrites, "createWebhook" | "activateWebhook" | "deleteWebhook"> {
  const records: WebhookRecords = {
    want: async (hook, at) => await requireRecords(kept).want(hook, at),
    unwant: async (callbackURL, at) => await requireRecords(kept).unwant(callbackURL, at),
  };
  return {
    async createWebhook(hook) {
      await records.want(hook, now());
      const { callbackURL, idModel } = hook;
      await write({
        operation: "POST /webhooks/",
        method: "POST",
        path: "/webhooks/",
        query: { callbackURL, idModel, description: "Membership changes, for trello-identity-mcp" },
      });
    },
    async activateWebhook(id, hook) {
      await records.want(hook, now());
      await write({
        operation: "PUT /webhooks/{id}",
        method: "PUT",
        path: `/webhooks/${encode(id)}`,
        query: { active: "true" },
      });
    },
    async deleteWebhook(id, callbackURL) {
      await records.unwant(callbackURL, now());
      await write({ operation: "DELETE /webhooks/{id}", method: "DELETE", path: `/webhooks/${encode(id)}` });
    },
  };
}

function requireRecords(records: WebhookRecords | null): WebhookRecords {
  if (records) return records;
  throw new AppError("INTERNAL", "This gateway has no store for webhooks.", {
    next: "Report this as a defect of the server.",
  });
}
