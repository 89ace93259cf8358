import { z } from "zod";
import { AppError } from "../../domain/error.ts";
import type { PlanDraft } from "../../domain/plan.ts";
import { requireScim } from "../../domain/reads.ts";
import { clean } from "../../domain/text.ts";
import { createScimGroup } from "../../effects/create-scim-group.ts";
import { defineTool } from "../define.ts";
import { user, writeFields } from "../fields.ts";
import { theScimUser } from "../scim-user.ts";

export default defineTool({
  name: "scim_create_group",
  title: "Create SCIM Group",
  description: "Creates a Group, which cannot be renamed later.",
  toolset: "scim",
  effect: "create",
  input: z.strictObject({
    displayName: z.string().trim().min(1).max(254),
    users: z.array(user).max(200).optional(),
    ...writeFields,
  }),
  async plan(args, { reads }): Promise<PlanDraft> {
    const { Resources } = await requireScim(reads).groups({
      filter: { attribute: "displayName", value: args.displayName },
    });
    if (Resources.length > 0) {
      throw new AppError("CONFLICT", "The directory has a group of that name.", {
        next: "Change its members with scim_update_group.",
      });
    }
    const users = await Promise.all((args.users ?? []).map((name) => theScimUser(name, reads)));
    return {
      summary: `Create the SCIM Group ${clean(args.displayName)} with ${users.length} members`,
      effects: [
        createScimGroup.make({
          target: { groupName: args.displayName },
          before: null,
          after: { members: users.map(({ id }) => id) },
          label: clean(args.displayName),
        }),
      ],
      warnings: [],
      subjects: users.map(({ id, userName }) => ({ scimId: id, email: userName })),
      blindSpots: [],
    };
  },
});
