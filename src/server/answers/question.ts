import type { ElicitRequestFormParams } from "@modelcontextprotocol/server";
import { z } from "zod";
import type { Plan } from "../../domain/plan.ts";
import { clean } from "../../domain/text.ts";
import { PLAN_DETAILS, planText } from "../../report/plan-text.ts";
import { section } from "../../report/words.ts";

/**
 * The form with which the MCP client asks the user to confirm a plan. The form shows the plan in words and has a field
 * to say yes. If the user must type a name, the form also has a field for the name.
 */
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

// Each name stands on its own line, so that a name that reads like a sentence cannot be taken for a sentence of this
// server.
function message(plan: Plan): string {
  const { principal, reason, ticket } = plan;
  return [
    planText(plan, { detail: PLAN_DETAILS.question, title: [short(plan.summary), ""] }),
    ...section("Reason", reason === null ? [] : [short(reason)]),
    ...section("Ticket", ticket === null ? [] : [short(ticket)]),
    "",
    short(`Asked by ${principal.client} as ${principal.name}. Valid until ${plan.expiresAt}.`),
  ].join("\n");
}

function short(line: string): string {
  return clean(line, PLAN_DETAILS.question.line);
}

/** What a person's answer means. */
export type Answer =
  | { readonly accepted: true; readonly typed: string | null }
  | { readonly accepted: false; readonly why: string };

const yes = z.object({
  action: z.literal("accept"),
  content: z.object({ confirm: z.literal(true), typedName: z.string().optional() }),
});

/**
 * Reads the user's answer. The answer is yes only if the form was accepted with `confirm: true`, and with the exact
 * name if one must be typed. Every other answer is no.
 */
export function readAnswer(plan: Plan, reply: unknown): Answer {
  const parsed = yes.safeParse(reply);
  if (!parsed.success) return { accepted: false, why: "the person did not confirm." };
  const typed = parsed.data.content.typedName?.trim() ?? null;
  if (plan.typedName !== null && typed !== plan.typedName) {
    return { accepted: false, why: "the typed name is not the name that the plan asks for." };
  }
  return { accepted: true, typed };
}
