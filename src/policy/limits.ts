import { clean } from "../domain/text.ts";
import type { Guard, GuardFacts, Refusal, Rules, Taken } from "./rules.ts";

// Limits on how much may be taken away in 24 hours. Earlier plans of the last 24 hours count too, so many small calls
// are limited like one large call. If only one person loses something in that time, no limit applies, whatever the
// number of boards and accounts is.

type Limited = Pick<GuardFacts, "recent" | "counting" | "population"> & {
  readonly limits: Rules["limits"];
  /** Names of workspaces by id, as far as they are known. */
  readonly names: ReadonlyMap<string, string>;
};

/**
 * How much a plan takes away, and how much was taken away in the last 24 hours: by one principal, or in one workspace.
 */
interface Sum {
  /**
   * The words that follow a number of people and name the workspace, such as ` in Northwind`; empty if no workspace is
   * meant.
   */
  readonly where: string;
  readonly idOrganization: string | null;
  readonly plan: Taken;
  readonly recent: Taken;
  /** The people who lose something by this plan or lost something in the last 24 hours, each once. */
  readonly people: ReadonlySet<string>;
}

const NOTHING: Taken = { effects: 0, people: new Set() };

/** The refusal for the first of the three limits that the plan exceeds; null if the plan is within all limits. */
export function limitRefusal(facts: Limited): Refusal | null {
  const sums = sumsOf(facts);
  for (const limit of [peoplePerDay, shareOfWorkspace, effectsPerDay]) {
    for (const sum of sums) {
      const refused = limit(sum, facts);
      if (refused) return refused;
    }
  }
  return null;
}

/** The limits as a guard, which refuses a plan that exceeds one. */
export const withinLimits: Guard = ({ rules: { limits }, workspaces, ...facts }) =>
  limitRefusal({
    ...facts,
    limits,
    names: new Map([...workspaces].map(([id, { workspace }]) => [id, clean(workspace.displayName)])),
  });

function sumsOf({ recent, counting, names }: Limited): readonly Sum[] {
  const ids = new Set(counting.flatMap(({ effect }) => effect.target["idOrganization"] || []));
  return [null, ...ids].map((id) => {
    const before = id === null ? recent.principal : (recent.workspaces.get(id) ?? NOTHING);
    const plan = takenBy(
      counting.filter(({ effect }) => id === null || effect.target["idOrganization"] === id),
    );
    return {
      where: id === null ? "" : ` in ${names.get(id) ?? "the workspace"}`,
      idOrganization: id,
      plan,
      recent: before,
      people: new Set([...before.people, ...plan.people]),
    };
  });
}

function takenBy(counting: GuardFacts["counting"]): Taken {
  return {
    effects: counting.filter(({ isDestructive }) => isDestructive).length,
    people: new Set(counting.flatMap(({ losers }) => losers)),
  };
}

function peoplePerDay({ where, plan, recent, people }: Sum, { limits }: Limited): Refusal | null {
  const most = limits.peoplePerDay;
  // People who have already lost something in the last 24 hours do not count twice.
  if (people.size <= most || people.size === recent.people.size) return null;
  return {
    guard: "people_per_day",
    message: `The plan takes access, roles or cards from ${persons(plan.people.size)}${where}. Together with the plans of the last 24 hours, that is ${people.size} people, and the policy allows ${most} in 24 hours.`,
    next: "Do the work on several days, or ask the administrator to raise limits.people_per_day in the policy file.",
  };
}

function shareOfWorkspace(
  { idOrganization, where, plan, recent, people }: Sum,
  { limits, population }: Limited,
): Refusal | null {
  if (idOrganization === null || people.size <= 1 || people.size === recent.people.size) return null;
  // Some of these people may already have left the workspace. So the workspace counts as having at least as many people
  // as lose something.
  const everybody = Math.max(people.size, population[idOrganization] ?? 0);
  if (100 * people.size <= limits.percentOfWorkspace * everybody) return null;
  return {
    guard: "percent_of_workspace",
    message: `The plan takes access, roles or cards from ${persons(plan.people.size)}${where}. Together with the plans of the last 24 hours, that is ${people.size} of the ${everybody} people there, and the policy allows ${limits.percentOfWorkspace} percent in 24 hours.`,
    next: "Plan for fewer people at once, or ask the administrator to raise limits.percent_of_workspace in the policy file.",
  };
}

function effectsPerDay({ where, plan, recent, people }: Sum, { limits }: Limited): Refusal | null {
  const most = limits.destructiveEffectsPerDay;
  const isOnePerson = people.size === 1 && plan.people.size === 1;
  if (plan.effects === 0 || isOnePerson || recent.effects + plan.effects <= most) return null;
  return {
    guard: "per_day",
    message: `The plan has ${plan.effects} destructive changes${where}, ${recent.effects} were made in the last 24 hours, and the policy allows ${most}.`,
    next: "Do the work on several days, or ask the administrator to raise limits.destructive_effects_per_day in the policy file.",
  };
}

function persons(count: number): string {
  return count === 1 ? "1 person" : `${count} people`;
}
