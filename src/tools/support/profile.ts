import { z } from "zod";
import type { Reads } from "../../domain/reads.ts";
import { clean } from "../../domain/text.ts";
import { memberProfile } from "../../domain/trello.ts";

/** The input field for more facts about each person. `profile` costs one request for each person. */
export const profileFields = z.array(z.enum(["profile"])).optional();

const NAMES = memberProfile.keyof().options;

/** The fields of a profile. A value is null if Trello does not show it to the Trello token in use. */
export const profileShown = z
  .record(
    z.string(),
    z.union([z.string(), z.boolean(), z.array(z.union([z.string(), z.number()])), z.null()]),
  )
  .optional();

type Shown = z.infer<typeof profileShown>;
type Value = NonNullable<Shown>[string];

const LONGEST = 500;

/** Reads the profile of a person if the call asks for it. */
export async function profileOf(
  idMember: string,
  fields: z.infer<typeof profileFields>,
  { trello }: Pick<Reads, "trello">,
): Promise<{ readonly profile?: NonNullable<Shown> }> {
  if (!fields?.includes("profile")) return {};
  const shown = await trello.memberProfile(idMember);
  return { profile: Object.fromEntries(NAMES.map((name) => [name, fit(shown[name])])) };
}

function fit(value: Value | undefined): Value {
  if (typeof value === "string") return clean(value, LONGEST);
  if (Array.isArray(value))
    return value.map((each) => (typeof each === "string" ? clean(each, LONGEST) : each));
  return value ?? null;
}

/**
 * The profile in one line, such as `Profile: initials PR; bio not shown by Trello`. No line if the call did not ask for
 * the profile.
 */
export function profileLines(profile: Shown): readonly string[] {
  if (!profile) return [];
  // Trello's field `status` says only whether the person is connected now. It is shown under another name, because
  // readers would think that `status` is the state of the membership.
  const named = (field: string) => (field === "status" ? "presence at this moment" : field);
  const parts = Object.entries(profile).map(([field, value]) => `${named(field)} ${valueText(value)}`);
  return [`Profile: ${parts.join("; ")}`];
}

function valueText(value: Value): string {
  if (value === null) return "not shown by Trello";
  if (Array.isArray(value)) return value.join(", ") || "none";
  return String(value) || "empty";
}
