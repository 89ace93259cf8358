import { z } from "zod";
import { AppError } from "../../domain/error.ts";
import { plural } from "../../domain/text.ts";
import { deleteWebhook } from "../../effects/webhooks.ts";
import { watchedModels } from "../../planning/webhook-models.ts";
import { defineTool } from "../define.ts";
import { EMPTY_LIST, workspaceRef, writeFields } from "../support/fields.ts";

/**
 * A placeholder id, used if Trello no longer has the webhook. No webhook has this id, so Trello answers the DELETE with
 * 404, which means that there is nothing left to delete.
 */
const ENDED = "0".repeat(24);

export default defineTool({
  name: "delete_webhook",
  title: "Delete webhooks",
  description: "Deletes webhooks of this server: by ids of list_webhooks, or all of one workspace.",
  toolset: "webhooks",
  effect: "delete",
  makes: [{ op: "remove_webhook", direction: "takes" }],
  input: z
    .strictObject({
      workspace: workspaceRef.optional(),
      webhooks: z.array(z.string().trim().min(1).max(60)).min(1, EMPTY_LIST).max(500).optional(),
      ...writeFields,
    })
    .refine(({ workspace, webhooks }) => (workspace === undefined) !== (webhooks === undefined), {
      error: "give either workspace or webhooks",
    }),
  async plan(args, context) {
    const { reads, webhooks } = context;
    const [wanted, existing, { models, blindSpots }] = await Promise.all([
      webhooks.wanted(),
      reads.trello.webhooks(),
      watchedModels(args.workspace, context),
    ]);
    const known = new Map(models.map((model) => [model.id, model]));
    const rows = wanted.map((stored) => {
      const found = existing.find(
        ({ idModel, callbackURL }) => idModel === stored.idModel && callbackURL === stored.callbackURL,
      );
      return { stored, found, model: known.get(stored.idModel) };
    });
    const chosen = rows.filter(({ stored, found, model }) =>
      args.webhooks ? args.webhooks.includes(found?.id ?? stored.idModel) : model !== undefined,
    );
    if (args.webhooks)
      requireAll(
        args.webhooks,
        chosen.map(({ stored, found }) => found?.id ?? stored.idModel),
      );
    const effects = chosen.map(({ stored, found, model }) =>
      deleteWebhook.make({
        target: {
          idModel: stored.idModel,
          kind: stored.kind,
          callbackURL: stored.callbackURL,
          idOrganization: model?.idOrganization ?? "",
          idWebhook: found?.id ?? ENDED,
        },
        before: { id: found?.id ?? ENDED, active: found?.active ?? false },
        after: null,
        label: model?.label ?? `${stored.kind} ${stored.idModel}`,
      }),
    );
    return {
      summary: `Delete ${plural(effects.length, "webhook")}: afterwards, changes are found only by comparing stored memberships`,
      effects,
      blindSpots,
    };
  },
});

function requireAll(asked: readonly string[], found: readonly string[]): void {
  const missing = asked.filter((id) => !found.includes(id));
  if (missing.length === 0) return;
  throw new AppError("NOT_FOUND", `This server has no webhook ${missing.slice(0, 5).join(", ")}.`, {
    next: "Call list_webhooks and pass ids that it shows. This tool deletes no webhooks of other programs.",
    details: { missing },
  });
}
