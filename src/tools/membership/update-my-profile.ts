import { z } from "zod";
import { AppError } from "../../domain/error.ts";
import type { PlanDraft } from "../../domain/plan.ts";
import type { Reads } from "../../domain/reads.ts";
import { titledList } from "../../domain/text.ts";
import type { Profile } from "../../domain/trello.ts";
import { fieldName, updateProfile } from "../../effects/profile.ts";
import { labelOf } from "../../people/person.ts";
import { defineTool } from "../define.ts";
import { member, writeFields } from "../support/fields.ts";

/** The profile fields that a member can change, each with the name that Trello uses for the field. */
const WIRE_NAMES = [
  "fullName",
  "initials",
  "username",
  "bio",
  "avatarSource",
  "prefs/locale",
  "prefs/colorBlind",
  "prefs/minutesBetweenSummaries",
] as const;
const FIELDS = WIRE_NAMES.map(fieldName);

/** How often Trello sends summaries by email: never (-1), at once (1), or each hour (60) (PUT /members/{id}). */
const SUMMARIES = [-1, 1, 60];

export default defineTool({
  name: "update_my_profile",
  title: "Update my profile",
  description: "Changes the token owner's own Trello profile; email and picture cannot be set here.",
  toolset: "membership",
  effect: "update",
  makes: [{ op: "update_profile", direction: "gives" }],
  input: z
    .strictObject({
      member: member.optional(),
      fullName: z.string().trim().min(1).max(100).optional(),
      initials: z.string().trim().min(1).max(4).optional(),
      username: z
        .string()
        .regex(/^[a-z0-9_]{3,100}$/)
        .optional(),
      bio: z
        .string()
        .max(16_384)
        .nullable()
        .transform((text) => text ?? "")
        .optional(),
      avatarSource: z.enum(["gravatar", "upload", "none"]).optional(),
      locale: z
        .string()
        .regex(/^[a-z]{2,3}([-_][A-Za-z0-9]{2,8})*$/, "must be a language such as en-GB")
        .optional(),
      colorBlind: z.boolean().optional(),
      minutesBetweenSummaries: z
        .int()
        .refine((minutes) => SUMMARIES.includes(minutes), "must be -1, 1 or 60")
        .describe("email summaries; -1 for none, 1 or 60")
        .optional(),
      ...writeFields,
    })
    .refine((args) => WIRE_NAMES.some((name) => given(args, name) !== undefined), {
      error: `give at least one of ${FIELDS.join(", ")}`,
    }),
  async plan(args, { reads }): Promise<PlanDraft> {
    const me = await reads.trello.profile();
    if (args.member) await assertTokenOwner(args.member, me, reads);
    const changed = WIRE_NAMES.filter((name) => ![undefined, me[name]].includes(given(args, name)));
    const same = WIRE_NAMES.filter((name) => given(args, name) === me[name]).map(fieldName);
    const who = labelOf(me, me.id);
    const before = Object.fromEntries(changed.map((name) => [name, me[name]]));
    const after = Object.fromEntries(changed.map((name) => [name, given(args, name) ?? ""]));
    return {
      summary: `Change ${changed.map(fieldName).join(", ") || "nothing"} in the profile of ${who}`,
      untouched: titledList("Already as wanted", same),
      effects:
        changed.length === 0
          ? []
          : [
              updateProfile.make({
                target: { idMember: me.id },
                before,
                after,
                label: `the profile of ${who}`,
              }),
            ],
    };
  },
});

type Given = Readonly<Record<string, string | number | boolean | undefined>>;

/** The new value of a field, as text for Trello; undefined if the call does not contain the field. */
function given(args: Given, wireName: string): string | undefined {
  const value = args[fieldName(wireName)];
  return value === undefined ? undefined : String(value);
}

/**
 * Throws if the call names a person other than the owner of the Trello token. The owner can be named by id, username,
 * email or `me`.
 */
async function assertTokenOwner(named: string, { id, username }: Profile, { trello }: Reads): Promise<void> {
  const wanted = named.replace(/^@/, "").toLowerCase();
  const isEmail = wanted.includes("@");
  const email = isEmail ? (await trello.me()).email?.toLowerCase() : undefined;
  if (["me", id, username.toLowerCase(), email].includes(wanted)) return;
  if (isEmail && !email) {
    throw new AppError(
      "AMBIGUOUS",
      "This token cannot read its owner's email, so the email cannot be checked.",
      {
        next: "Leave `member` out, because this tool can change only the token owner's profile.",
      },
    );
  }
  throw new AppError(
    "POLICY_DENIED",
    "Trello lets every member change only their own profile, and this token is not that person's.",
    {
      next: "Ask the person to change it; for a managed account, change the SCIM User.",
      details: { guard: "own_profile" },
    },
  );
}
