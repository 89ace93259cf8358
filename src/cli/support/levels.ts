import type { Config } from "../../config/config.ts";
import type { ConfirmationLevel } from "../../domain/confirmation.ts";
import type { Weight } from "../../effects/gravity.ts";
import { weightsOf } from "../../effects/gravity.ts";
import { levelOf, type Rules, strongerOf } from "../../policy/rules.ts";
import { catalog } from "../../tools/catalog.ts";
import type { Makes } from "../../tools/define.ts";

type Level = ConfirmationLevel | "none";
type Confirming = Pick<Rules, "weakest" | "confirmation">;

/** One effect that a tool can plan, with the confirmation that it needs. */
export interface ExplainedEffect {
  readonly made: Makes;
  /**
   * The cases in which the effect is less or more serious, each with the confirmation level that it needs. The least
   * serious case comes first.
   */
  readonly weights: readonly (Weight & { readonly level: Level })[];
  /**
   * Other tools that can plan the same effect and that have a level in the policy. That level counts for this tool too.
   */
  readonly boundBy: readonly string[];
}

export interface ExplainedTool {
  readonly tool: string;
  /** The confirmation level that the policy file sets for this tool; null if it sets none. */
  readonly entry: ConfirmationLevel | null;
  readonly effects: readonly ExplainedEffect[];
  /**
   * The weakest and the strongest confirmation that an ordinary plan of the tool needs. A plan can need a stronger one
   * if it affects many people, or if this server cannot see everything that the plan affects.
   */
  readonly least: Level;
  readonly most: Level;
}

const tools = catalog.flatMap((tool) => ("makes" in tool ? [tool] : []));

/** The confirmation rules from the settings and the policy file. */
export function confirmingBy(config: Pick<Config, "confirmation" | "policy">): Confirming {
  return {
    weakest: config.confirmation,
    confirmation: {
      default: config.policy.confirmation.default,
      tools: new Map(Object.entries(config.policy.confirmation.tools)),
    },
  };
}

/** For every tool that makes plans: which confirmation each of its effects needs, and the reason. */
export function explainTools(rules: Confirming): readonly ExplainedTool[] {
  return tools.map(({ name, makes, confirmation }) => {
    const effects = makes === "inverses" ? [] : makes.map((made) => explainEffect(rules, name, made));
    const levels = effects.flatMap(({ weights }) => weights.map(({ level }) => level));
    const own = confirmation === undefined ? "none" : levelOf(rules, name, "client");
    return {
      tool: name,
      entry: rules.confirmation.tools.get(name) ?? null,
      effects,
      least: strongerOf(own, weakestOf(levels)),
      most: levels.reduce(strongerOf, own),
    };
  });
}

function explainEffect(rules: Confirming, tool: string, made: Makes): ExplainedEffect {
  const others = tools.flatMap(({ name, makes }) =>
    name !== tool && makes !== "inverses" && makes.some((each) => !each.along && isSame(each, made))
      ? [name]
      : [],
  );
  const weights = weightsOf(made).map((weight) => ({
    ...weight,
    level: [tool, ...others].map((each) => levelOf(rules, each, weight.gravity)).reduce(strongerOf, "none"),
  }));
  const strongest = weights.at(-1)?.level;
  return {
    made,
    weights,
    boundBy: others.filter(
      (each) =>
        rules.confirmation.tools.has(each) &&
        levelOf(rules, each, "none") === strongest &&
        levelOf(rules, tool, weights.at(-1)?.gravity ?? "none") !== strongest,
    ),
  };
}

function isSame(a: Makes, b: Makes): boolean {
  return (
    a.op === b.op && a.direction === b.direction && (a.grantsAdmin ?? false) === (b.grantsAdmin ?? false)
  );
}

function weakestOf(levels: readonly Level[]): Level {
  return levels.find((level) => levels.every((other) => strongerOf(level, other) === other)) ?? "none";
}
