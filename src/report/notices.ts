import type { AppError } from "../domain/error.ts";
import type { Plan } from "../domain/plan.ts";
import { daysLeft } from "../domain/reminder.ts";
import { isDone, resultOf, type Run } from "../domain/run.ts";
import { itemsOf, type ReviewRecord, stateOf } from "../domain/sign-off.ts";
import { clean, listNames, plural } from "../domain/text.ts";

/**
 * A message for a chat: a plan waits, a run has ended, a review is due, or a plan could not be made. It contains no
 * secret, and nobody can approve a plan by it.
 */
export interface Notice {
  readonly event:
    | "plan.waiting"
    | "run.finished"
    | "review.due"
    | "roster.no_plan"
    | "leaver.access"
    | "webhooks.failed";
  readonly title: string;
  readonly facts: readonly (readonly [name: string, text: string])[];
  /** The id of the plan; null if the message is about no plan. */
  readonly planId: string | null;
  readonly runId: string | null;
  /**
   * The URL of the page of the plan or review; null if there is no page. The page shows nothing to a person who is not
   * signed in.
   */
  readonly url: string | null;
  /** ISO 8601. */
  readonly at: string;
}

export function waitingNotice(plan: Plan, url: string | null): Notice {
  const { impact, warnings, requires } = plan;
  return {
    event: "plan.waiting",
    title: `A plan waits for a person: ${clean(plan.summary, 300)}`,
    facts: [
      ...about(plan),
      [
        "Changes",
        `${plan.effects.length}, ${impact.irreversible} cannot be undone, ${plural(warnings.length, "warning")}`,
      ],
      ["Needs", requires],
      ["Expires", plan.expiresAt],
      [
        "Decide",
        url === null
          ? `on the page that opened in the browser on the server's computer (to open it again: approvals open ${plan.id})`
          : "on the page of the plan, where you sign in",
      ],
    ],
    planId: plan.id,
    runId: null,
    url,
    at: plan.createdAt,
  };
}

export function finishedNotice(run: Run, url: string | null): Notice {
  const { plan, decision, evidence } = run;
  const result = resultOf({ state: run.state, result: evidence?.result ?? null });
  const done = run.effects.filter(isDone).length;
  return {
    event: "run.finished",
    title: `${result}: ${clean(plan.summary, 300)}`,
    facts: [
      ...about(plan),
      ["Changes", `${done} of ${run.effects.length} made`],
      ["Decided by", clean(decision?.by ?? "no one had to be asked")],
      ...(evidence?.unfinished ?? []).slice(0, 5).map((line) => ["Left", clean(line, 200)] as const),
    ],
    planId: plan.id,
    runId: run.id,
    url,
    at: run.endedAt ?? run.startedAt,
  };
}

/** The reminder of an open review whose last day is near or has passed. `now`: ISO 8601. */
export function reminderNotice(record: ReviewRecord, now: string, url: string | null): Notice {
  const { signOff } = record;
  const { missing, decisions } = stateOf(record);
  const { due = "" } = signOff;
  const left = daysLeft(due, now);
  const open = itemsOf(record.review).filter(({ id }) => !decisions.has(id)).length;
  const when = left > 0 ? `is due in ${plural(left, "day")}` : left === 0 ? "is due today" : "is late";
  return {
    event: "review.due",
    title: `The access review ${clean(signOff.name, 100)} ${when}`,
    facts: [
      ["Due", due],
      ["Not signed by", clean(listNames(missing, 20), 500)],
      ["Undecided", plural(open, "item")],
      ["Review", signOff.reviewId],
    ],
    planId: null,
    runId: null,
    url,
    at: now,
  };
}

/** The message that no daily plan could be made for a roster, with the reason. */
export function noPlanNotice(roster: string, error: AppError, at: string): Notice {
  const title = `The daily plan for the roster ${clean(roster, 60)} could not be made`;
  return failureNotice({ event: "roster.no_plan", title }, error, at);
}

/** The message that the server failed to do something by itself, with the reason and what to do. */
export function failureNotice(
  what: Pick<Notice, "event" | "title">,
  { message, next }: AppError,
  at: string,
): Notice {
  return {
    ...what,
    facts: [
      ["Why", clean(message, 500)],
      ["Next", clean(next, 300)],
    ],
    planId: null,
    runId: null,
    url: null,
    at,
  };
}

function about({ principal, ticket, reason }: Plan): Notice["facts"] {
  return [
    ["Asked by", `${clean(principal.name)} through ${clean(principal.client)}`],
    ...(ticket === null ? [] : [["Ticket", clean(ticket)] as const]),
    ...(reason === null ? [] : [["Reason", clean(reason, 200)] as const]),
  ];
}

const openText = (planId: string | null): string => (planId === null ? "Open the review" : "Open the plan");

/** The body of the message in each format (Slack, Teams, JSON). */
export const NOTICE_BODIES = {
  /**
   * The body for a Slack incoming webhook. Three characters must be escaped:
   * https://docs.slack.dev/messaging/formatting-message-text.
   */
  slack: ({ title, facts, url, planId }: Notice) => ({
    text: slackText(title),
    blocks: [
      { type: "section", text: { type: "plain_text", text: title.slice(0, 2900) } },
      ...facts.map(([name, text]) => ({
        type: "context",
        elements: [{ type: "plain_text", text: `${name}: ${text}`.slice(0, 1900) }],
      })),
      ...(url === null
        ? []
        : [{ type: "section", text: { type: "mrkdwn", text: `<${url}|${openText(planId)}>` } }]),
    ],
  }),
  /**
   * The body for Teams: an Adaptive Card in a message, as Teams workflows accept it. Its text is Markdown, so names are
   * escaped.
   */
  teams: ({ title, facts, url, planId }: Notice) => ({
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        contentUrl: null,
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          body: [
            { type: "TextBlock", text: plainMarkdown(title), weight: "Bolder", wrap: true },
            {
              type: "FactSet",
              facts: facts.map(([name, text]) => ({ title: name, value: plainMarkdown(text) })),
            },
          ],
          ...(url !== null && { actions: [{ type: "Action.OpenUrl", title: openText(planId), url }] }),
        },
      },
    ],
  }),
  json: (notice: Notice) => ({ ...notice, facts: notice.facts.map(([name, text]) => ({ name, text })) }),
} as const satisfies Readonly<Record<string, (notice: Notice) => object>>;

function slackText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function plainMarkdown(text: string): string {
  return text.replace(/[\\*_[\]()`~]|^[-#>]/g, "\\$&");
}
