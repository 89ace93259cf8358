import type { Phrase } from "../http/failures.ts";
import type { Outcome } from "../http/request.ts";

const NEW_TOKEN =
  "Ask the administrator to make a new token with the `login` command and to set TRELLO_API_TOKEN. A server that reads the token from a file uses the new one without a restart; any other server must be restarted.";

/** The names of requests that add a person to a workspace or board. */
const LETTING_IN = /^PUT \/(organizations|boards)\/\{id\}\/members(\/\{idMember\})?$/;

/**
 * Known texts of Trello's refusals, which Trello sends as plain text. They are compared in this order, and the first
 * that matches counts.
 */
export const TRELLO_PHRASES: readonly Phrase[] = [
  {
    reason: "token_expired",
    statuses: [401],
    pattern: /expired token/i,
    code: "UNAUTHENTICATED",
    message: "The Trello token has expired.",
    next: NEW_TOKEN,
  },
  {
    reason: "token_invalid",
    statuses: [401],
    pattern: /invalid (app )?token/i,
    code: "UNAUTHENTICATED",
    message: "Trello does not know the token, or it was revoked.",
    next: NEW_TOKEN,
  },
  {
    reason: "key_invalid",
    statuses: [401],
    pattern: /invalid (api |app )?key/i,
    code: "UNAUTHENTICATED",
    message: "Trello does not know the API key.",
    next: "Ask the administrator to check TRELLO_API_KEY and to restart the server.",
  },
  {
    reason: "signature_refused",
    statuses: [400, 401],
    pattern: /signature|nonce|timestamp/i,
    code: "UNAUTHENTICATED",
    message: "Trello refused the OAuth 1.0 signature.",
    next: "Ask the administrator to check TRELLO_API_SECRET, TRELLO_TOKEN_SECRET and the machine's clock.",
  },
  {
    reason: "plan_tier",
    statuses: [400, 401, 403],
    pattern: /plan does not include|must be (a )?(premium|business class|paid)|requires (a )?(premium|paid)/i,
    code: "UPSTREAM_FORBIDDEN",
    message: "The workspace's Trello plan does not include that feature.",
    next: "Use a way that works with every Trello plan, for example remove the person from each board.",
  },
  {
    reason: "last_admin",
    // Trello answers a DELETE with `Not enough admins`, as the code of another program for Trello's API shows. Which
    // status that answer has is not published, so several statuses are accepted.
    statuses: [400, 401, 403, 409],
    pattern: /not enough admins|at least one admin|last admin|only admin/i,
    code: "CONFLICT",
    message: "Trello refused because no admin would be left.",
    next: "Make another person an admin first, then plan again.",
  },
  {
    reason: "billable_guest",
    statuses: [400, 401, 403],
    pattern: /billable guest/i,
    code: "UPSTREAM_FORBIDDEN",
    message: "Adding that person would create a billable guest.",
    next: "Call the tool again. If the new plan shows no paid seat for the person, add the person to the workspace instead.",
  },
  {
    reason: "admin_hub",
    statuses: [400, 401, 403],
    pattern: /managed in atlassian administration|adminhub/i,
    code: "UPSTREAM_FORBIDDEN",
    message: "Atlassian Administration manages this enterprise, so the change must be made there.",
    next: "Make the change at admin.atlassian.com, or by SCIM.",
  },
  {
    reason: "role_unavailable",
    statuses: [400],
    pattern: /bad member type/i,
    code: "INPUT_INVALID",
    message: "Trello does not offer that role there.",
    next: "Choose the role `normal`. Observers need a Premium or Enterprise workspace, and on the Free plan an email cannot be invited as admin.",
  },
  {
    reason: "too_many_cards",
    statuses: [403],
    pattern: /API_TOO_MANY_CARDS_REQUESTED/,
    code: "INPUT_INVALID",
    message: "Trello does not list that many cards at once.",
    next: "Ask about fewer boards, or leave the cards as they are.",
  },
  {
    reason: "collaborator_limit",
    statuses: [400, 401, 403],
    pattern: /collaborator|(user|member) limit/i,
    operation: LETTING_IN,
    code: "CONFLICT",
    message: "The Free workspace has no room: it can have 10 collaborators at most.",
    next: "Remove a member, a guest of an open board or a pending invitation first, or ask the administrator to upgrade the Trello plan of the workspace.",
  },
  {
    reason: "callback_unreachable",
    statuses: [400],
    pattern: /did not return 200 status code/i,
    code: "INPUT_INVALID",
    message: "Trello called the address of the webhook and did not get status 200.",
    next: "Ask the administrator to check three things: `http` runs at IDENTITY_PUBLIC_URL; the internet reaches it with a valid certificate; no proxy, sign-in page or redirect answers HEAD below /webhooks/trello.",
  },
  {
    reason: "not_permitted",
    statuses: [401],
    pattern: /unauthorized/i,
    code: "UPSTREAM_FORBIDDEN",
    message: "In Trello, the token's owner is not allowed to see or change this.",
    next: "Use the token of an admin of that workspace or board, or choose another target.",
  },
  {
    reason: "id_invalid",
    statuses: [400, 401, 403, 404, 409, 422],
    pattern: /invalid (id|objectid)\b|invalid value for (id|idmember|idorganization|idboard)\b/i,
    code: "NOT_FOUND",
    message: "Trello has nothing with that id.",
    next: "Find the workspace or board again and use its id. Its name may have changed.",
  },
  // Trello does not publish the texts of the refusals below, so these entries accept any text. The kind of request
  // shows the likely cause.
  {
    reason: "not_let_in",
    statuses: [403],
    pattern: /(?:)/,
    operation: LETTING_IN,
    code: "UPSTREAM_FORBIDDEN",
    message: "Trello does not let that person in and gives no known reason.",
    next: "The usual causes: a Free workspace is full with 10 collaborators; the workspace allows only some email domains, or no guests; the token's owner is not an admin there. list_workspaces shows the Trello plan. An admin of the workspace can see its settings in Trello.",
  },
];

/** Whether Trello refused with 401 because of a missing right. The credentials are then valid. */
export function isMissingRight(outcome: Outcome): boolean {
  const text = outcome.kind === "reply" ? (outcome.text ?? "") : "";
  const known = TRELLO_PHRASES.find(({ statuses, pattern }) => statuses.includes(401) && pattern.test(text));
  return known !== undefined && known.code !== "UNAUTHENTICATED";
}
