import { z } from "zod";
import { AppError } from "../../domain/error.ts";
import type { PlanDraft, PlanPart } from "../../domain/plan.ts";
import { clean } from "../../domain/text.ts";
import { createScimGroup } from "../../effects/scim-groups.ts";
import { findScimGroup } from "../../people/scim-groups.ts";
import { requireScimUsers } from "../../people/accounts.ts";
import { scimSubject } from "../../people/scim-users.ts";
import { planTeamBoards, teamBoardsText } from "../../planning/boards/team-boards.ts";
import { combine } from "../../planning/plan-part.ts";
import { defineTool } from "../define.ts";
import { user, writeFields } from "../support/fields.ts";

export default defineTool({
  name: "scim_create_group",
  title: "Create SCIM Group",
  description: "Creates a Group, which cannot be renamed later.",
  toolset: "scim",
  // The class of this tool is `grant` and not `create`. The reason is that the members of the group can get boards of
  // the policy file, and a board can cost a paid seat.
  effect: "grant",
  makes: [
    { op: "create_scim_group", direction: "gives" },
    { op: "set_board_member", direction: "gives", along: true },
  ],
  input: z.strictObject({
    displayName: z.string().trim().min(1).max(254),
    users: z.array(user).max(200).describe("the members").optional(),
    ...writeFields,
  }),
  async plan(args, context): Promise<PlanDraft> {
    const { reads } = context;
    const existing = await findScimGroup({ groupName: args.displayName }, reads);
    const users = await requireScimUsers(args.users, reads);
    const inside = new Set(existing?.members.map(({ value }) => value));
    if (existing && !users.every(({ id }) => inside.has(id))) {
      throw new AppError("CONFLICT", "The directory already has a group of that name, with other members.", {
        next: "Change its members with scim_update_group.",
      });
    }
    const others = inside.size - users.length;
    const joining = existing ? [] : users;
    const onBoards = await planTeamBoards({ name: args.displayName, joining, leaving: [] }, context);
    const group: PlanPart = {
      effects: existing
        ? []
        : [
            createScimGroup.make({
              target: { groupName: args.displayName },
              before: null,
              after: { members: users.map(({ id }) => id) },
              label: clean(args.displayName),
            }),
          ],
      warnings:
        existing && others > 0
          ? [
              `The group also has ${counted(others)} that you did not name. Use scim_update_group to remove members.`,
            ]
          : [],
      subjects: users.map(scimSubject),
    };
    return {
      summary: existing
        ? `The SCIM Group ${clean(existing.displayName)} exists with ${counted(inside.size)}`
        : `Create the SCIM Group ${clean(args.displayName)} with ${counted(users.length)}${teamBoardsText(onBoards)}`,
      ...combine(group, onBoards),
    };
  },
});

function counted(members: number): string {
  return members === 1 ? "1 member" : `${members} members`;
}
