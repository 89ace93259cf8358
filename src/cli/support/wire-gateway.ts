import { randomBytes } from "node:crypto";
import type { Config } from "../../config/config.ts";
import { AppError } from "../../domain/error.ts";
import type { GatewayConnections } from "../../gateway/connect.ts";
import { createGateway, type GatewayOptions, type RenewableGateway } from "../../gateway/create.ts";
import type { Store } from "../../store/store.ts";
import { grantsOf, requireOAuth2 } from "./sign-ins.ts";

/** Makes the gateway of a configuration. If the configuration has no Trello credentials, every request fails. */
export function wireGateway(
  config: Config,
  deps: Pick<GatewayOptions, "clock" | "log" | "meter" | "refused"> & { readonly store: Store },
): RenewableGateway {
  const { store } = deps;
  const connections = connectionsOf(config, store);
  if (connections === null) return noGateway;
  return createGateway({
    ...connections,
    enterpriseId: config.enterpriseId,
    ledger: store.ledger,
    webhooks: store.webhooks,
    clock: deps.clock,
    random: Math.random,
    log: deps.log,
    meter: deps.meter,
    refused: deps.refused,
  });
}

/** The connections of a configuration, with their secrets; null if no credentials of Trello are set. */
export function connectionsOf(config: Config, store: Pick<Store, "grants">): GatewayConnections | null {
  const trello = trelloOf(config, store);
  const { scim, organization, rosters, applications } = config;
  return (
    trello && {
      trello,
      scim: scim && { ...scim, token: scim.token.reveal() },
      organization: organization && { ...organization, apiKey: organization.apiKey.reveal() },
      rosters,
      applications,
    }
  );
}

/** How Trello knows who sends a request: by key and token, or by OAuth 2.0. null if no credentials are set. */
function trelloOf(config: Config, store: Pick<Store, "grants">): GatewayConnections["trello"] | null {
  const { trello, oauth2 } = config;
  if (oauth2) {
    const { apiBaseUrl: baseUrl, ...client } = requireOAuth2(config);
    const holder = randomBytes(12).toString("hex");
    return { baseUrl, oauth2: { ...client, grants: grantsOf(config, store), holder } };
  }
  return (
    trello && {
      baseUrl: trello.baseUrl,
      apiKey: trello.apiKey.reveal(),
      apiToken: trello.apiToken.reveal(),
      ...(trello.apiSecret && { apiSecret: trello.apiSecret.reveal() }),
      ...(trello.tokenSecret && { tokenSecret: trello.tokenSecret.reveal() }),
    }
  );
}

const unreachable = (): never => {
  throw new AppError("CONFIG_INVALID", "TRELLO_API_KEY and TRELLO_API_TOKEN are not set.", {
    next: "Set them in the environment and start again.",
  });
};

/**
 * The gateway of commands that send no requests, such as an approval at a terminal. If such a command tries to read or
 * write, the gateway throws an error.
 */
const noGateway: RenewableGateway = {
  reads: unreachable,
  writes: unreachable,
  scopes: async () => null,
  budgets: async () => [],
  clockOffsetMs: () => null,
  renew: unreachable,
  owner: async () => null,
  close: async () => {},
};
