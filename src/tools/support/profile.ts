import { z } from "zod";
import type { Reads } from "../../domain/reads.ts";
import { clean } from "../../domain/text.ts";
import { memberProfile } from "../../domain/trello.ts";

/** What an answer shows on request: the profile, which costs one more request for each person. */
export const profileFields = z.array(z.enum(["profile"])).optional();

const NAMES = memberProfile.keyof().options;

/** What Trello shows of a person besides the name. A value is null if Trello does not show it to this token. */
export const profileShown = z
  .record(
    z.string(),
    z.union([z.string(), z.boolean(), z.array(z.union([z.string(), z.number()])), z.null()]),
  )
  .optional();

type Shown = z.infer<typeof profileShown>;
type Value = NonNullable<Shown>[string];

const LONGEST = 500;

/** Reads the profile of one person, if it was requested. */
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

/** The profile in one line, or no line: `Profile: initials PR; bio not shown by Trello`. */
export function profileLines(profile: Shown): readonly string[] {
  if (!profile) return [];
  // Trello's `status` is whether the person is connected now. It must not be read as the state of the membership.
  const named = (field: string) => (field === "status" ? "presence at this moment" : field);
  const parts = Object.entries(profile).map(([field, value]) => `${named(field)} ${valueText(value)}`);
  return [`Profile: ${parts.join("; ")}`];
}

function valueText(value: Value): string {
  if (value === null) return "not shown by Trello";
  if (Array.isArray(value)) return value.join(", ") || "none";
  return String(value) || "empty";
}
