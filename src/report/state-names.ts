import type { Effect } from "../domain/effect.ts";
import type { Json } from "../domain/json.ts";
import type { Plan } from "../domain/plan.ts";

/**
 * Names for the ids in the evidence: people, boards and cards in the states of a plan, and the cards that the plan
 * changes. An id whose name is unknown is left out.
 */
export function namesInStates({
  effects,
  subjects,
}: Pick<Plan, "effects" | "subjects">): ReadonlyMap<string, string> {
  const wanted = new Set(
    effects.flatMap(({ before, after, place }) => [
      ...textsOf(before),
      ...textsOf(after),
      ...(place?.kind === "card" ? [place.id] : []),
    ]),
  );
  const names = new Map<string, string>();
  const add = (id: string | undefined, name: string | undefined): void => {
    if (id && name && wanted.has(id) && !names.has(id)) names.set(id, name);
  };
  for (const effect of effects) {
    const { target, label, place } = effect;
    for (const id of [target["idMember"], target["from"], target["scimId"]]) add(id, label);
    add(target["to"], newAssignee(effect));
    add(place?.id, place?.name);
  }
  // Only the label of an effect contains a person's full name. If no effect has a label for the person, the username or
  // email is used.
  for (const { idMember, scimId, username, email, emails } of subjects) {
    const name = username ? `@${username}` : (email ?? emails?.[0]);
    add(idMember, name);
    add(scimId, email ?? emails?.[0] ?? name);
  }
  return names;
}

function newAssignee({ after }: Effect): string | undefined {
  const heir = after && typeof after === "object" && "heir" in after ? after.heir : undefined;
  return typeof heir === "string" ? heir : undefined;
}

function textsOf(state: Json): readonly string[] {
  if (typeof state === "string") return [state];
  if (state === null || typeof state !== "object") return [];
  return (Array.isArray(state) ? (state as readonly Json[]) : Object.values(state)).flatMap(textsOf);
}
