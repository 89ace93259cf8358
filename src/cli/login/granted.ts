import type { Ledger } from "../../domain/budget.ts";
import { clean } from "../../domain/text.ts";
import { scopesOf } from "../../domain/token.ts";
import { createGateway, type GatewayOptions } from "../../gateway/create.ts";
import type { Gateway } from "../../gateway/gateway.ts";
import type { TokenPair } from "../../gateway/trello/login.ts";
import { clock } from "../support/product.ts";
import type { AppSettings } from "./settings.ts";

/** Who owns a new token, and what the token may do. */
export interface Granted {
  readonly idMember: string;
  readonly scopes: readonly string[];
  /** When the token expires, ISO 8601; null if the token never expires. */
  readonly expires: string | null;
  /** The owner, the scopes and the expiry date of the token in one line, for the user. */
  readonly text: string;
}

/** Tries a new token of OAuth 1.0 with signed requests, and returns its owner, scopes and expiry. */
export async function tryToken(
  app: AppSettings,
  { token, secret }: TokenPair,
  ledger: Ledger,
): Promise<Granted> {
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
    const scopes = scopesOf(facts);
    const expires = facts.dateExpires ?? null;
    const until = expires === null ? "never expires" : `expires on ${expires.slice(0, 10)}`;
    return {
      idMember: me.id,
      scopes,
      expires,
      text: `A token of ${clean(me.fullName)} (@${clean(me.username)}), scopes ${scopes.join(", ")}; ${until}.`,
    };
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
