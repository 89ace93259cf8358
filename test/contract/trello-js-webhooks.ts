/** The calls of trello.js that concern webhooks and the feeds of actions, for trello-js-calls.ts. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SEED } from "../../src/sandbox/index.ts";
import type { World } from "../../src/sandbox/index.ts";
import type { TrelloJs } from "./trello-js-calls.ts";

const BOARD = SEED.boards.observed.id;
const TOKEN = SEED.tokens.full;

export const webhookCalls: Readonly<Record<string, (client: TrelloJs, world: World) => Promise<unknown>>> = {
  "GET /actions/{id}": ({ actions }, world) => actions.getAction({ id: happened(world) }),
  "GET /boards/{boardId}/actions": async ({ boards }, world) => {
    const id = happened(world);
    const listed = await boards.getBoardActions({ boardId: BOARD });
    if (!listed.some((action) => action.id === id)) throw new Error("the feed lacks what happened");
  },
  "POST /webhooks/": async ({ webhooks }) => {
    const receiver = createServer((_request, response) => void response.end());
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    const { port } = receiver.address() as AddressInfo;
    try {
      const callbackURL = `http://127.0.0.1:${port}/hooks`;
      return await webhooks.createWebhook({ callbackURL, idModel: BOARD, description: "new" });
    } finally {
      receiver.close();
      receiver.closeAllConnections();
    }
  },
  "GET /webhooks/{id}": ({ webhooks }, world) => webhooks.getWebhook({ id: made(world) }),
  "PUT /webhooks/{id}": ({ webhooks }, world) =>
    webhooks.updateWebhook({ id: made(world), description: "of the board", active: false }),
  "DELETE /webhooks/{id}": ({ webhooks }, world) => webhooks.deleteWebhook({ id: made(world) }),
  "GET /tokens/{token}/webhooks": async ({ tokens }, world) => {
    const id = made(world);
    const listed = await tokens.getTokenWebhooks({ token: TOKEN });
    if (!listed.some((webhook) => webhook.id === id)) throw new Error("the list lacks the webhook");
  },
};

/** Makes a webhook of the board without a request. Returns its id. */
function made({ trello, now }: World): string {
  const id = "65b000000000000000000001";
  const failedAt = new Date(now()).toISOString();
  trello.webhooks.set(id, {
    id,
    token: TOKEN,
    callbackURL: "https://identity.example.com/webhooks/1",
    idModel: BOARD,
    description: "",
    active: true,
    consecutiveFailures: 1,
    firstConsecutiveFailDate: failedAt,
  });
  return id;
}

/** Lets somebody be added to the board without a request. Returns the id of the action. */
function happened({ trello, now }: World): string {
  const id = "65b000000000000000000002";
  const { id: idMember, fullName: name } = SEED.observer;
  const board = { id: BOARD, shortLink: SEED.boards.observed.shortLink };
  trello.actions.push({
    id,
    type: "addMemberToBoard",
    date: new Date(now()).toISOString(),
    idMemberCreator: SEED.admin.id,
    idOrganization: SEED.workspaces.premium.id,
    data: { board, idMemberAdded: idMember, memberType: "normal", member: { id: idMember, name } },
  });
  return id;
}
