import { z } from "zod";
import { plural } from "../../domain/text.ts";
import type { TokenInfo } from "../../domain/trello.ts";
import { createWebhook } from "../../effects/webhooks.ts";
import { watchedModels } from "../../planning/webhook-models.ts";
import { defineTool } from "../define.ts";
import { workspace, writeFields } from "../support/fields.ts";

export default defineTool({
  name: "create_webhook",
  title: "Create webhooks",
  description:
    "Makes Trello report membership changes at once: one webhook each for the workspace, its open boards and its enterprise; existing ones are kept. Without `workspace`: for all.",
  toolset: "webhooks",
  effect: "create",
  makes: [{ op: "add_webhook", direction: "gives" }],
  input: z.strictObject({ workspace, ...writeFields }),
  async plan(args, context) {
    const { reads, webhooks } = context;
    // Checks first whether Trello can reach this server. If Trello cannot, `addressFor` throws, and the tool sends no
    // request.
    webhooks.addressFor("");
    const { models, blindSpots, untouched } = await watchedModels(args.workspace, context);
    const existing = await reads.trello.webhooks();
    const own = new Set((await webhooks.wanted()).map((hook) => hook.callbackURL));
    const effects = models.flatMap(({ kind, id, label, idOrganization }) => {
      const address = webhooks.addressFor(id);
      // The last part of a webhook's URL is made from the app's secret. If the secret has changed, the URL of an older
      // webhook ends differently. The webhook still works, so it is kept and no new webhook is made.
      const isOurs = (url: string) => url === address || (own.has(url) && baseOf(url) === baseOf(address));
      const found = existing
        .filter((hook) => hook.idModel === id && isOurs(hook.callbackURL))
        .toSorted((a, b) => Number(b.active) - Number(a.active))[0];
      if (found?.active) return [];
      const callbackURL = found?.callbackURL ?? address;
      const target = { idModel: id, kind, callbackURL, idOrganization };
      const before = found ? { id: found.id, active: found.active } : null;
      return [createWebhook.make({ target, before, after: { active: true }, label })];
    });
    const kept = models.length - effects.length;
    return {
      summary: `Watch membership changes by ${plural(effects.length, "new webhook")}${kept === 0 ? "" : `; ${kept} exist already`}`,
      effects,
      warnings: endOf(await reads.trello.token()),
      blindSpots,
      untouched,
    };
  },
});

/** The URL without its last part. */
function baseOf(url: string): string {
  return url.slice(0, url.lastIndexOf("/"));
}

function endOf({ dateExpires }: TokenInfo): readonly string[] {
  return dateExpires == null
    ? []
    : [
        `Webhooks end when the Trello token expires, on ${dateExpires.slice(0, 10)}. Make them again with the next token.`,
      ];
}
