import type { ConfirmationLevel } from "../../domain/confirmation.ts";
import type { Effect } from "../../domain/effect.ts";
import type { Plan } from "../../domain/plan.ts";
import { type Gravity, graver, gravityOf, MANY_PEOPLE } from "../../effects/gravity.ts";
import { takesAway } from "../../effects/kinds.ts";
import { losersOf } from "../../effects/taking.ts";
import { requiredConfirmation, type Weighed } from "../../policy/rules.ts";
import type { EngineDeps } from "../context.ts";

/**
 * The confirmation level that the policy's current rules require for the given effects, if the tool `tool` planned
 * them.
 */
export function levelFor(
  deps: Pick<EngineDeps, "rules" | "toolsMaking">,
  plan: Pick<Plan, "tool" | "effects" | "subjects"> & {
    readonly askFirst: boolean;
    readonly atLeast: readonly ConfirmationLevel[];
    readonly impactUnknown: boolean;
  },
): Plan["requires"] {
  const { tool, atLeast, impactUnknown } = plan;
  const effects = weigh(plan).map(
    ({ effect, gravity }): Weighed => ({ tools: deps.toolsMaking(effect), gravity }),
  );
  return requiredConfirmation(deps.rules, { tool, effects, atLeast, impactUnknown });
}

/**
 * Adds to each effect its gravity in this plan (how strong a confirmation it needs). The gravity is higher if many
 * people lose access, or if the person who approves must answer a question.
 */
function weigh(plan: Pick<Plan, "effects" | "subjects"> & { readonly askFirst: boolean }): readonly {
  readonly effect: Effect;
  readonly gravity: Gravity;
}[] {
  const losers = losersOf(plan);
  const losing = plan.effects.flatMap((effect, index) => (takesAccess(effect) ? (losers[index] ?? []) : []));
  const isMany = new Set(losing).size > MANY_PEOPLE;
  return plan.effects.map((effect) => {
    const least = isMany && takesAccess(effect) ? "approval" : plan.askFirst ? "client" : "none";
    return { effect, gravity: graver(gravityOf(effect).gravity, least) };
  });
}

/** Cards are work, not access. */
function takesAccess(effect: Effect): boolean {
  return takesAway(effect) && effect.resource !== "card";
}
