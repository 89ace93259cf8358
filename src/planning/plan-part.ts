import type { PlanPart } from "../domain/plan.ts";

/** A part of a plan in which every list is set. */
type Combined = PlanPart &
  Required<Omit<PlanPart, "typedName">> & {
    readonly typedName?: string;
  };

/**
 * Joins parts of a plan. Lists keep their order, and equal lines appear only once. If the impact of one part is
 * unknown, the impact of the whole plan is unknown. A plan can ask a person to type only one name, so this throws if
 * two parts ask for different names.
 */
export function combine(...parts: readonly PlanPart[]): Combined {
  const [typedName, ...others] = new Set(parts.flatMap((part) => part.typedName ?? []));
  if (others.length > 0) throw new Error("internal error: a plan can ask for only one typed name");
  return {
    effects: parts.flatMap(({ effects }) => effects ?? []),
    warnings: once(parts.flatMap(({ warnings }) => warnings ?? [])),
    notes: once(parts.flatMap(({ notes }) => notes ?? [])),
    subjects: parts.flatMap(({ subjects }) => subjects ?? []),
    blindSpots: once(parts.flatMap(({ blindSpots }) => blindSpots ?? [])),
    untouched: once(parts.flatMap(({ untouched }) => untouched ?? [])),
    askFirst: parts.some(({ askFirst }) => askFirst === true),
    promises: parts.flatMap(({ promises }) => promises ?? []),
    notReached: once(parts.flatMap(({ notReached }) => notReached ?? [])),
    impactUnknown: parts.some(({ impactUnknown }) => impactUnknown === true),
    afterLaterRun: parts.some(({ afterLaterRun }) => afterLaterRun === true),
    ...(typedName !== undefined && { typedName }),
  };
}

function once(lines: readonly string[]): readonly string[] {
  return [...new Set(lines)];
}
