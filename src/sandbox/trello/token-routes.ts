import { createHash } from "node:crypto";
import { json, refuse, text, trelloRoute } from "../route.ts";
import type { Route, RouteContext } from "../route.ts";
import type { TrelloToken } from "../world.ts";
import { arg, callerOf, listArg } from "./access.ts";
import { pick, showMember } from "./show.ts";
import { webhooksOf } from "./webhook-routes.ts";

/**
 * Routes about tokens. Callers see only their own tokens. The only write revokes a token, because the expiry date of a
 * token cannot be changed.
 */
export const tokenRoutes: readonly Route[] = [
  trelloRoute("GET /tokens/{token}", (context) => json(showToken(context, heldToken(context))), {
    scopes: [],
  }),
  trelloRoute(
    "GET /tokens/{token}/member",
    (context) => {
      heldToken(context);
      return json(showMember(context, callerOf(context).member, listArg(context, "fields")));
    },
    { scopes: ["read"] },
  ),
  trelloRoute("GET /tokens/{token}/webhooks", (context) =>
    json(webhooksOf(context.world, heldToken(context).token)),
  ),
  trelloRoute(
    "DELETE /tokens/{token}/",
    (context) => {
      heldToken(context).revoked = true;
      return text(200, "{}");
    },
    { scopes: [] },
  ),
];

function heldToken(context: RouteContext): TrelloToken {
  const token = context.world.trello.tokens.get(context.params["token"] ?? "");
  if (!token || token.revoked || token.idMember !== callerOf(context).member.id) {
    return refuse(404, "The requested resource was not found.");
  }
  return token;
}

/**
 * A token in a reply. If the token has the scope `account`, the reply shows a right to read and write the member who
 * owns the token.
 */
function showToken(context: RouteContext, token: TrelloToken) {
  const read = token.scopes.has("read");
  const write = token.scopes.has("write");
  const account = token.scopes.has("account");
  const shown = {
    id: createHash("sha256").update(token.token).digest("hex").slice(0, 24),
    identifier: token.identifier,
    idMember: token.idMember,
    dateCreated: token.dateCreated,
    dateExpires: token.dateExpires,
    permissions: [
      { idModel: token.idMember, modelType: "Member", read: account, write: account },
      { idModel: "*", modelType: "Board", read, write },
      { idModel: "*", modelType: "Organization", read, write },
      ...(token.idEnterprise === undefined
        ? []
        : [{ idModel: token.idEnterprise, modelType: "Enterprise", read, write }]),
    ],
    ...(arg(context, "webhooks") === "true" && { webhooks: webhooksOf(context.world, token.token) }),
  };
  return pick(shown, listArg(context, "fields"));
}
