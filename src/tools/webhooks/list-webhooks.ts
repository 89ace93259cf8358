import { z } from "zod";
import { toAppError } from "../../domain/error.ts";
import type { PlanContext } from "../../domain/planning.ts";
import { folded, plural } from "../../domain/text.ts";
import type { TrelloWebhook } from "../../domain/webhook.ts";
import { type WatchedModel, watchedModels } from "../../planning/webhook-models.ts";
import { defineReadTool } from "../define.ts";
import { cursor, limit, workspace } from "../support/fields.ts";
import { pageLine, paginate } from "../support/page.ts";

const STATES = ["working", "failing", "ended", "missing"] as const;

export default defineReadTool({
  name: "list_webhooks",
  title: "List webhooks",
  description:
    "Webhooks of this server: failures, the end of the token, what is not watched, and what to do.",
  toolset: "webhooks",
  input: z.strictObject({
    workspace,
    state: z.enum(STATES).optional(),
    limit: limit.default(25),
    cursor: cursor.optional(),
  }),
  output: z.object({
    counts: z.record(z.enum(STATES), z.number()),
    webhooks: z.array(
      z.object({
        /**
         * Trello's id of the webhook. If Trello no longer has the webhook, the id of the board, workspace or enterprise
         * that the webhook watched.
         */
        id: z.string(),
        watches: z.string(),
        kind: z.string(),
        state: z.enum(STATES),
        failures: z.number().optional(),
        failingSince: z.string().optional(),
        lastEventAt: z.string().optional(),
      }),
    ),
    /** The number of webhooks that other programs made with the same Trello token. */
    others: z.number(),
    tokenEnds: z.string().nullable(),
    notWatched: z.array(z.string()),
    next: z.string(),
    cursor: z.string().optional(),
  }),
  async read(args, context) {
    const { reads, webhooks } = context;
    const [wanted, existing, { models, blindSpots, untouched }, token] = await Promise.all([
      webhooks.wanted(),
      reads.trello.webhooks(),
      watchedModels(args.workspace, context),
      reads.trello.token(),
    ]);
    const heard = new Map(wanted.map((stored) => [stored.callbackURL, stored.heardAt]));
    const rows = models.map((model) =>
      rowOf(
        model,
        existing.find(({ idModel, callbackURL }) => idModel === model.id && heard.has(callbackURL)),
        heard,
      ),
    );
    const counts = { working: 0, failing: 0, ended: 0, missing: 0 };
    for (const { state } of rows) counts[state] += 1;
    const shown = args.state === undefined ? rows : rows.filter(({ state }) => state === args.state);
    const page = paginate(shown, {
      limit: args.limit,
      cursor: args.cursor,
      of: ["list_webhooks", args.workspace, args.state],
      sort: ({ watches }) => folded(watches),
      id: ({ id }) => id,
    });
    return {
      counts,
      webhooks: [...page.rows],
      others: existing.filter(({ callbackURL }) => !heard.has(callbackURL)).length,
      tokenEnds: token.dateExpires ?? null,
      notWatched: [...blindSpots, ...untouched],
      next: nextOf(counts, problemOf(context)),
      ...(page.cursor && { cursor: page.cursor }),
    };
  },
  text: ({ counts, webhooks: rows, others, tokenEnds, notWatched, next, cursor: more }) =>
    [
      pageLine(
        rows.length,
        Object.values(counts).reduce((sum, count) => sum + count, 0),
        more,
      ),
      ...rows.map(
        ({ id, watches, state, failures, failingSince, lastEventAt }) =>
          `${watches}: ${state} (${id})${failures ? `, ${plural(failures, "failure")} since ${failingSince ?? "unknown"}` : ""}${lastEventAt ? `, last event ${lastEventAt}` : ""}`,
      ),
      ...(others > 0 ? [`Other programs made ${plural(others, "webhook")} with this token.`] : []),
      tokenEnds === null
        ? "The token never expires."
        : `All webhooks end with the token, on ${tokenEnds.slice(0, 10)}.`,
      ...notWatched,
      next,
    ].join("\n"),
});

function rowOf(
  { id: idModel, kind, label }: WatchedModel,
  found: TrelloWebhook | undefined,
  heard: ReadonlyMap<string, string | null>,
) {
  const failures = found?.consecutiveFailures ?? 0;
  const lastEventAt = found ? heard.get(found.callbackURL) : null;
  const state: (typeof STATES)[number] = !found
    ? "missing"
    : !found.active
      ? "ended"
      : failures > 0
        ? "failing"
        : "working";
  return {
    id: found?.id ?? idModel,
    watches: label,
    kind,
    state,
    ...(failures > 0 && { failures }),
    ...(failures > 0 && found?.firstConsecutiveFailDate && { failingSince: found.firstConsecutiveFailDate }),
    ...(lastEventAt && { lastEventAt }),
  };
}

/** The reason why this server cannot make webhooks now; null if it can make them. */
function problemOf({ webhooks }: PlanContext): string | null {
  try {
    webhooks.addressFor("");
    return null;
  } catch (thrown) {
    const { message, next } = toAppError(thrown);
    return `${message} ${next}`;
  }
}

function nextOf(counts: Readonly<Record<(typeof STATES)[number], number>>, problem: string | null): string {
  if (problem !== null) return problem;
  if (counts.missing + counts.ended > 0)
    return "Call create_webhook: it makes missing and ended webhooks, and keeps the others.";
  if (counts.failing > 0)
    return "Trello could not deliver events to some webhooks. Check that this server is reachable; after 30 days and 1,000 failures Trello ends a webhook.";
  return "Nothing: all work.";
}
