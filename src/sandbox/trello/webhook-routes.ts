import { json, refuse, trelloRoute } from "../route.ts";
import type { Route, RouteContext } from "../route.ts";
import type { Webhook, World } from "../world.ts";
import { arg, callerOf, memberBy, readableBoard, readableWorkspace } from "./access.ts";
import { newId } from "./actions.ts";
import { administeredEnterprise } from "./enterprise-routes.ts";

/** How long the receiver of a webhook may take to answer. Trello has the same limit. */
export const ANSWER_WITHIN_MS = 30_000;

/** Every token can have webhooks, even a token that may only read (developer.atlassian.com, webhooks). */
const ANY_TOKEN = { scopes: [] };

/** The routes of webhooks. Only the token that made a webhook sees it. */
export const webhookRoutes: readonly Route[] = [
  trelloRoute("POST /webhooks/", createWebhook, ANY_TOKEN),
  trelloRoute("GET /webhooks/{id}", (context) => json(showWebhook(ownWebhook(context)))),
  trelloRoute("PUT /webhooks/{id}", updateWebhook, ANY_TOKEN),
  trelloRoute(
    "DELETE /webhooks/{id}",
    (context) => {
      context.world.trello.webhooks.delete(ownWebhook(context).id);
      return json({ _value: null });
    },
    ANY_TOKEN,
  ),
];

/** The webhooks of a token, as replies show them. */
export function webhooksOf({ trello }: World, token: string): Record<string, unknown>[] {
  return [...trello.webhooks.values()].filter((hook) => hook.token === token).map(showWebhook);
}

/** A webhook as replies show it, and as the posts to the webhook's URL contain it. Its token is left out. */
export function showWebhook({ token: _token, ...shown }: Webhook): Record<string, unknown> {
  return { ...shown };
}

async function createWebhook(context: RouteContext) {
  const { world } = context;
  const { token } = callerOf(context).token;
  const callbackURL = readCallback(context) ?? refuse(400, "invalid value for callbackURL");
  const idModel = readModel(context) ?? refuse(400, "invalid value for idModel");
  const { active, description } = readOthers(context);
  refuseDuplicate(world, { token, callbackURL, idModel });
  await requireAnswer(callbackURL);
  // While this request waited for the answer of the webhook's URL, another request may have made the same webhook. So
  // the check for duplicates is made a second time.
  refuseDuplicate(world, { token, callbackURL, idModel });
  const hook: Webhook = {
    id: newId(world),
    token,
    callbackURL,
    idModel,
    description: description ?? "",
    active: active ?? true,
    consecutiveFailures: 0,
    firstConsecutiveFailDate: null,
  };
  world.trello.webhooks.set(hook.id, hook);
  return json(showWebhook(hook));
}

async function updateWebhook(context: RouteContext) {
  const hook = ownWebhook(context);
  const callbackURL = readCallback(context) ?? hook.callbackURL;
  const idModel = readModel(context) ?? hook.idModel;
  const { active, description } = readOthers(context);
  refuseDuplicate(context.world, { token: hook.token, callbackURL, idModel }, hook);
  if (callbackURL !== hook.callbackURL) await requireAnswer(callbackURL);
  Object.assign(hook, {
    callbackURL,
    idModel,
    active: active ?? hook.active,
    description: description ?? hook.description,
  });
  return json(showWebhook(hook));
}

function ownWebhook(context: RouteContext): Webhook {
  const hook = context.world.trello.webhooks.get(context.params["id"] ?? "");
  if (!hook || hook.token !== callerOf(context).token.token)
    return refuse(404, "The requested resource was not found.");
  return hook;
}

function readCallback(context: RouteContext): string | undefined {
  const given = arg(context, "callbackURL");
  if (given === undefined) return undefined;
  const isHttp = URL.canParse(given) && /^https?:$/.test(new URL(given).protocol);
  return isHttp ? given : refuse(400, "invalid value for callbackURL");
}

/** Reads `idModel`: the id of a board, workspace, member or enterprise that the caller may see. */
function readModel(context: RouteContext): string | undefined {
  const id = arg(context, "idModel");
  if (id === undefined) return undefined;
  const { boards, workspaces, enterprises, members } = context.world.trello;
  if (boards.has(id)) return readableBoard(context, id).id;
  if (workspaces.has(id)) return readableWorkspace(context, id).id;
  if (enterprises.has(id)) return administeredEnterprise({ ...context, params: { id } }).id;
  if (members.has(id)) return memberBy(context, id).id;
  return refuse(400, "invalid value for idModel");
}

function readOthers(context: RouteContext) {
  const active = arg(context, "active");
  if (active !== undefined && active !== "true" && active !== "false")
    refuse(400, "invalid value for active");
  const description = arg(context, "description");
  return { active: active === undefined ? undefined : active === "true", description };
}

function refuseDuplicate(
  { trello }: World,
  { token, callbackURL, idModel }: Pick<Webhook, "token" | "callbackURL" | "idModel">,
  except?: Webhook,
): void {
  const same = [...trello.webhooks.values()].some(
    (hook) =>
      hook !== except && hook.token === token && hook.callbackURL === callbackURL && hook.idModel === idModel,
  );
  if (same) refuse(400, "A webhook with that callback, model, and token already exists");
}

/**
 * Checks that the webhook's URL answers a HEAD request with status 200. Trello follows no redirect. Trello does not
 * document its reply if the URL gives no answer; the sandbox then refuses as for a wrong status.
 */
async function requireAnswer(callbackURL: string): Promise<void> {
  const status = await fetch(callbackURL, {
    method: "HEAD",
    redirect: "manual",
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  }).then(
    (answer) => answer.status,
    () => "no answer",
  );
  if (status !== 200) refuse(400, `URL (${callbackURL}) did not return 200 status code, got ${status}`);
}
