import { z } from "zod";
import { AppError } from "../../domain/error.ts";
import type { PlanDraft } from "../../domain/plan.ts";
import type { Reads } from "../../domain/reads.ts";
import type { Profile } from "../../domain/trello.ts";
import { updateProfile } from "../../effects/profile.ts";
import { labelOf } from "../../people/person.ts";
import { defineTool } from "../define.ts";
import { member, writeFields } from "../support/fields.ts";

const FIELDS = ["fullName", "initials", "username", "bio"] as const;

export default defineTool({
  name: "update_my_profile",
  title: "Update my profile",
  description: "Changes the token owner's own Trello profile.",
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
      ...writeFields,
    })
    .refine((args) => FIELDS.some((name) => args[name] !== undefined), {
      error: `give at least one of ${FIELDS.join(", ")}`,
    }),
  async plan(args, { reads }): Promise<PlanDraft> {
    const me = await reads.trello.profile();
    if (args.member) await assertTokenOwner(args.member, me, reads);
    const changed = FIELDS.filter((name) => args[name] !== undefined && args[name] !== me[name]);
    const who = labelOf(me, me.id);
    const before = Object.fromEntries(changed.map((name) => [name, me[name]]));
    const after = Object.fromEntries(changed.map((name) => [name, args[name] ?? ""]));
    return {
      summary: `Change ${changed.join(", ") || "nothing"} in the profile of ${who}`,
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

/** Throws if the member is not the token's owner, named by id, username, email or `me`. */
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
        next: "Leave `member` out: only the token's owner can be meant.",
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
