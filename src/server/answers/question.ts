import type { ElicitRequestFormParams } from "@modelcontextprotocol/server";
import { z } from "zod";
import type { Plan } from "../../domain/plan.ts";
import { clean } from "../../domain/text.ts";
import { effectLines } from "../../report/changes.ts";
import { section } from "./view.ts";

const MAX_LINE = 300;
/** Lines of a list beside the changes; a plan can be about 200 people. */
const MAX_LINES = 200;

/** The form that a person is shown: the plan in plain words, a yes, and the name to type where one is asked for. */
export function question(plan: Plan): ElicitRequestFormParams {
  const { typedName } = plan;
  return {
    mode: "form",
    message: message(plan),
    requestedSchema: {
      type: "object",
      properties: {
        confirm: { type: "boolean", title: "Yes, do exactly this" },
        ...(typedName === null
          ? {}
          : { typedName: { type: "string" as const, title: `Type ${clean(typedName)} to confirm` } }),
      },
      required: typedName === null ? ["confirm"] : ["confirm", "typedName"],
    },
  };
}

// Names stand on lines of their own, so that one that reads like a sentence is still seen to be a name.
function message(plan: Plan): string {
  const { impact, principal } = plan;
  const undo = impact.irreversible === 0 ? "" : `, ${impact.irreversible} cannot be undone`;
  return [
    short(plan.summary),
    "",
    `Changes (${plan.effects.length}${undo}):`,
    // Never cut here: this is what is decided on.
    ...effectLines(plan.effects),
    ...about("Impact", impact.notes),
    ...about("Warnings", plan.warnings),
    ...about("Not visible to this server", plan.blindSpots),
    ...about("Stays as it is", plan.remains),
    ...about("Reason", plan.reason === null ? [] : [plan.reason]),
    ...about("Ticket", plan.ticket === null ? [] : [plan.ticket]),
    "",
    short(`Asked by ${principal.client} as ${principal.name}. Valid until ${plan.expiresAt}.`),
  ].join("\n");
}

/** A titled list, bounded in length and width, that says how many of its lines are not shown. */
function about(title: string, lines: readonly string[]): readonly string[] {
  const more = lines.length - MAX_LINES;
  const shown = more > 0 ? [...lines.slice(0, MAX_LINES), `and ${more} more`] : lines;
  return section(title, shown.map(short));
}

function short(line: string): string {
  return clean(line, MAX_LINE);
}

/** What a person's answer means. */
export type Answer =
  | { readonly accepted: true; readonly typed: string | null }
  | { readonly accepted: false; readonly why: string };

const yes = z.object({
  action: z.literal("accept"),
  content: z.object({ confirm: z.literal(true), typedName: z.string().optional() }),
});

/** Only an accepted form with `confirm: true`, and the name where one is asked for, is a yes. */
export function readAnswer(plan: Plan, reply: unknown): Answer {
  const parsed = yes.safeParse(reply);
  if (!parsed.success) return { accepted: false, why: "the person did not confirm." };
  const typed = parsed.data.content.typedName?.trim() ?? null;
  if (plan.typedName !== null && typed !== plan.typedName) {
    return { accepted: false, why: "the typed name is not the name of what would be changed." };
  }
  return { accepted: true, typed };
}
