import type { Ledger } from "../../domain/budget.ts";
import { toAppError } from "../../domain/error.ts";
import type { Clock } from "../../domain/runtime.ts";
import { type TrelloCredentials, trelloAuthorization } from "../http/authorization.ts";
import { trelloBudgets } from "../http/budgets.ts";
import { createHttp } from "../http/client.ts";
import { explainFailure } from "../http/failures.ts";
import { createGate } from "../http/gate.ts";
import { createQueues } from "../http/queues.ts";
import { createRedact } from "../http/redact.ts";
import { encode } from "../http/request.ts";
import { createLifetime, createSend } from "../http/send.ts";
import type { Upstream } from "../http/upstream.ts";
import { TRELLO_PHRASES } from "./phrases.ts";
import { TOKEN_OPERATION } from "./routes.ts";

/**
 * Revokes a token (DELETE /tokens/{token}/) and then tries to read it. Returns true if Trello no longer knows the
 * token. Throws if Trello cannot be reached.
 */
export async function revokeToken(
  baseUrl: string,
  credentials: TrelloCredentials,
  deps: { readonly ledger: Ledger; readonly clock: Clock; readonly random: () => number },
): Promise<boolean> {
  const { apiKey, apiToken, apiSecret, tokenSecret } = credentials;
  const { ledger, clock, random } = deps;
  const http = createHttp(createRedact([apiKey, apiToken, apiSecret, tokenSecret]));
  const queues = createQueues(createGate(ledger, clock), 1);
  const send = createSend({ queues, ledger, http, lifetime: createLifetime(), clock, random, log: () => {} });
  const { key, token } = trelloBudgets(apiKey, apiToken);
  const upstream: Upstream = {
    name: "trello",
    baseUrl,
    mediaType: "application/json",
    authorize: trelloAuthorization(credentials, () => clock.now()),
    charges: () => [key, token].map((budget) => ({ budget, cost: 1 })),
    limited: () => [key.id, token.id],
    beforeAttempt: async () => null,
    afterAttempt: async () => {},
    explain: (failure) => explainFailure(failure, TRELLO_PHRASES),
  };
  const pass = { priority: "interactive" } as const;
  const path = `/tokens/${encode(apiToken)}`;
  try {
    const revoking = {
      operation: "DELETE /tokens/{token}/",
      method: "DELETE",
      path: `${path}/`,
      access: "write",
    } as const;
    // The answer to the DELETE does not matter, because the read after it shows whether the token still works.
    await send(upstream, revoking, pass).catch(() => {});
    await send(upstream, { operation: TOKEN_OPERATION, method: "GET", path, access: "read" }, pass);
    return false;
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error.code === "UNAUTHENTICATED" && error.details["reason"] === "token_invalid") return true;
    throw error;
  } finally {
    await http.close();
  }
}
