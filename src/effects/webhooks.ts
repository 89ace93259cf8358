import type { Reads } from "../domain/reads.ts";
import type { TrelloWebhook, WatchedKind } from "../domain/webhook.ts";
import { defineEffect, RANK } from "./define-effect.ts";

/** `idOrganization` is empty for an enterprise. */
type Target = {
  readonly idModel: string;
  readonly kind: string;
  readonly callbackURL: string;
  readonly idOrganization: string;
};
/** The state of a webhook. `id`: Trello's id. A webhook that is not active delivers nothing. */
type State = { readonly id: string; readonly active: boolean };

/**
 * Makes a webhook (POST /webhooks/), or switches an inactive one on (PUT /webhooks/{id}). If the webhook exists
 * already, Trello refuses, and the check afterwards shows that it exists.
 */
export const createWebhook = defineEffect<Target, State | null, { readonly active: true }>({
  op: "add_webhook",
  resource: "webhook",
  rank: RANK.webhook,
  revokedBy: "delete_webhook",
  id: ({ idModel }) => idModel,
  classOf: () => "create",
  send({ target, before }, { trello }) {
    const hook = { ...target, kind: target.kind as WatchedKind };
    return before ? trello.activateWebhook(before.id, hook) : trello.createWebhook(hook);
  },
  holds: async ({ target }, reads) => (await existing(target, reads))?.active === true,
  async rebase(effect, reads) {
    const now = await existing(effect.target, reads);
    return { before: now ? { id: now.id, active: now.active } : null, after: effect.after };
  },
  // Trello chooses the webhook's id, so the undo is known only after the webhook was made.
  invert: () => [],
  describe: () => ["Watch the memberships of ", " by a webhook"],
});

/** Deletes a webhook (DELETE /webhooks/{id}). */
export const deleteWebhook = defineEffect<Target & { readonly idWebhook: string }, State, null>({
  op: "remove_webhook",
  resource: "webhook",
  rank: RANK.webhook,
  id: ({ idWebhook }) => idWebhook,
  classOf: () => "delete",
  send: ({ target }, writes) => writes.trello.deleteWebhook(target.idWebhook, target.callbackURL),
  holds: async ({ target }, { trello }) =>
    !(await trello.webhooks()).some(({ id }) => id === target.idWebhook),
  invert({ target, label }) {
    const { idWebhook: _old, ...model } = target;
    return [{ op: "add_webhook", target: model, before: null, after: { active: true }, label }];
  },
  describe: () => ["Stop watching the memberships of ", ", and delete the webhook"],
});

async function existing(
  { idModel, callbackURL }: Pick<Target, "idModel" | "callbackURL">,
  { trello }: Reads,
): Promise<TrelloWebhook | undefined> {
  const all = await trello.webhooks();
  return all.find((hook) => hook.idModel === idModel && hook.callbackURL === callbackURL);
}
