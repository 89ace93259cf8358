import type { Ledger } from "../../domain/budget.ts";
import { clean } from "../../domain/text.ts";
import { scopesOf } from "../../domain/token.ts";
import { createGateway, type GatewayOptions } from "../../gateway/create.ts";
import type { Gateway } from "../../gateway/gateway.ts";
import type { TokenPair } from "../../gateway/trello/login.ts";
import { clock } from "../support/product.ts";
import type { AppSettings } from "./settings.ts";

/** Tries a new token with signed requests. Says in one line who owns the token and what it may do. */
export async function grantedText(
  app: AppSettings,
  { token, secret }: TokenPair,
  ledger: Ledger,
): Promise<string> {
  const gateway = trelloAlone(
    {
      baseUrl: app.apiBaseUrl,
      apiKey: app.apiKey.reveal(),
      apiToken: token,
      apiSecret: app.apiSecret.reveal(),
      tokenSecret: secret,
    },
    ledger,
  );
  try {
    const { trello } = gateway.reads({ priority: "interactive" });
    const [me, facts] = await Promise.all([trello.me(), trello.token()]);
    const until = facts.dateExpires ? `expires on ${facts.dateExpires.slice(0, 10)}` : "never expires";
    return `A token of ${clean(me.fullName)} (@${clean(me.username)}), scopes ${scopesOf(facts).join(", ")}; ${until}.`;
  } finally {
    await gateway.close();
  }
}

/** Makes a gateway that reaches only Trello and writes no log. It is used to try new credentials. */
export function trelloAlone(trello: GatewayOptions["trello"], ledger: Ledger): Gateway {
  return createGateway({
    trello,
    scim: null,
    organization: null,
    enterpriseId: null,
    ledger,
    clock,
    random: Math.random,
    log: () => {},
  });
}
