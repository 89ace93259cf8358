import type { TrelloWrites } from "../../domain/writes.ts";
import type { Pass } from "../gateway.ts";
import { assertAnswered, assertAnsweredAbout } from "../http/parse.ts";
import { encode, type UpstreamRequest } from "../http/request.ts";
import type { Send } from "../http/send.ts";
import type { Upstream } from "../http/upstream.ts";
import { createWebhookWrites, type WebhookAccount } from "./webhooks.ts";

/**
 * The write requests to Trello, one for each change. Most replies are only checked to be JSON, because the engine later
 * reads whether the change was made.
 */
export function createTrelloWrites(
  send: Send,
  upstream: Upstream,
  pass: Pass,
  account: WebhookAccount,
): TrelloWrites {
  async function write(request: Omit<UpstreamRequest, "access">): Promise<void> {
    const { text } = await send(upstream, { ...request, access: "write" }, pass);
    // Trello answers every write with JSON. A sign-in page of a proxy also has status 200, so the body is checked.
    assertAnswered(text, { upstream: "trello", operation: request.operation });
  }

  /**
   * Sends an invitation to a workspace or board. Throws if the reply is about another workspace or board. Only the
   * reply can show this, because no later read shows to whom an invitation belongs.
   */
  async function invite(id: string, request: Omit<UpstreamRequest, "access">): Promise<void> {
    const { text } = await send(upstream, { ...request, access: "write" }, pass);
    assertAnsweredAbout(id, text, { upstream: "trello", operation: request.operation });
  }

  return {
    ...createWebhookWrites(write, account),
    inviteWorkspaceMember: (idOrganization, email, fullName, type) =>
      invite(idOrganization, {
        operation: "PUT /organizations/{id}/members",
        method: "PUT",
        path: `/organizations/${encode(idOrganization)}/members`,
        query: { email, fullName, type },
      }),
    setWorkspaceMember: (idOrganization, idMember, type) =>
      write({
        operation: "PUT /organizations/{id}/members/{idMember}",
        method: "PUT",
        path: `/organizations/${encode(idOrganization)}/members/${encode(idMember)}`,
        query: { type },
      }),
    removeWorkspaceMember: (idOrganization, idMember) =>
      write({
        operation: "DELETE /organizations/{id}/members/{idMember}",
        method: "DELETE",
        path: `/organizations/${encode(idOrganization)}/members/${encode(idMember)}`,
      }),
    removeWorkspaceMemberEverywhere: (idOrganization, idMember) =>
      write({
        operation: "DELETE /organizations/{id}/members/{idMember}/all",
        method: "DELETE",
        path: `/organizations/${encode(idOrganization)}/members/${encode(idMember)}/all`,
      }),
    setWorkspaceDeactivated: (idOrganization, idMember, deactivated) =>
      write({
        operation: "PUT /organizations/{id}/members/{idMember}/deactivated",
        method: "PUT",
        path: `/organizations/${encode(idOrganization)}/members/${encode(idMember)}/deactivated`,
        query: { value: String(deactivated) },
      }),
    updateMember: (idMember, fields) =>
      write({
        operation: "PUT /members/{id}",
        method: "PUT",
        path: `/members/${encode(idMember)}`,
        query: fields,
      }),
    inviteBoardMember: (idBoard, email, fullName, type) =>
      invite(idBoard, {
        operation: "PUT /boards/{id}/members",
        method: "PUT",
        path: `/boards/${encode(idBoard)}/members`,
        query: { email, type },
        // For a board, Trello expects the invited person's full name in the body. For a workspace, Trello expects it as
        // a parameter.
        body: { fullName },
      }),
    setBoardMember: (idBoard, idMember, type, allowBillableGuest) =>
      write({
        operation: "PUT /boards/{id}/members/{idMember}",
        method: "PUT",
        path: `/boards/${encode(idBoard)}/members/${encode(idMember)}`,
        query: { type, allowBillableGuest: String(allowBillableGuest) },
      }),
    setCardMembers: (idCard, idMembers) =>
      write({
        operation: "PUT /cards/{id}",
        method: "PUT",
        path: `/cards/${encode(idCard)}`,
        query: { idMembers: idMembers.join(",") },
      }),
    addCardMember: (idCard, idMember) =>
      write({
        operation: "POST /cards/{id}/idMembers",
        method: "POST",
        path: `/cards/${encode(idCard)}/idMembers`,
        query: { value: idMember },
      }),
    removeCardMember: (idCard, idMember) =>
      write({
        operation: "DELETE /cards/{id}/idMembers/{idMember}",
        method: "DELETE",
        path: `/cards/${encode(idCard)}/idMembers/${encode(idMember)}`,
      }),
    removeBoardMember: (idBoard, idMember) =>
      write({
        operation: "DELETE /boards/{id}/members/{idMember}",
        method: "DELETE",
        path: `/boards/${encode(idBoard)}/members/${encode(idMember)}`,
      }),
  };
}
