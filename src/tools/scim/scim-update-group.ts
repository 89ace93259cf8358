import { z } from "zod";
import { type Effect, placeOf } from "../../domain/effect.ts";
import { AppError } from "../../domain/error.ts";
import type { PlanDraft, PlanPart } from "../../domain/plan.ts";
import type { ScimGroup, ScimUser } from "../../domain/scim.ts";
import { clean, titledList } from "../../domain/text.ts";
import { addScimGroupMember, removeScimGroupMember, replaceScimGroup } from "../../effects/scim-groups.ts";
import { peopleOfGroup, requireScimGroup } from "../../people/scim-groups.ts";
import { requireScimUsers } from "../../people/accounts.ts";
import { assertReadWhole, scimLabel, scimSubject } from "../../people/scim-users.ts";
import { planTeamBoards, teamBoardsText } from "../../planning/boards/team-boards.ts";
import { combine } from "../../planning/plan-part.ts";
import { defineTool } from "../define.ts";
import { EMPTY_LIST, group, user, writeFields } from "../support/fields.ts";

const users = z.array(user).max(200);

export default defineTool({
  name: "scim_update_group",
  title: "Update SCIM Group",
  description:
    "Adds and removes members of a Group, or sets `members`. Members also get and lose the boards that the policy gives to the Group.",
  toolset: "scim",
  effect: "delete",
  makes: [
    { op: "add_scim_group_member", direction: "gives" },
    { op: "remove_scim_group_member", direction: "takes" },
    { op: "replace_scim_group", direction: "gives" },
    { op: "replace_scim_group", direction: "takes" },
    { op: "set_board_member", direction: "gives", along: true },
    { op: "remove_board_member", direction: "takes", along: true },
  ],
  input: z
    .strictObject({
      group,
      add: users.min(1, EMPTY_LIST).optional(),
      remove: users.min(1, EMPTY_LIST).optional(),
      members: users.describe("all members; removes others").optional(),
      ...writeFields,
    })
    .refine(
      ({ add, remove, members }) => (members === undefined) !== (add === undefined && remove === undefined),
      {
        error: "give `add`, `remove` or both; or give only `members`",
      },
    ),
  async plan(args, context): Promise<PlanDraft> {
    const { reads } = context;
    const found = await requireScimGroup(args.group, reads);
    // If some members could not be read, the plan could not say who is removed. So the tool refuses.
    assertReadWhole(found, args.members === undefined ? [] : ["members"]);
    const inside = new Set(found.members.map(({ value }) => value));
    const wanted = await requireScimUsers(args.members ?? args.add, reads);
    const named = await requireScimUsers(args.remove, reads);
    refuseBoth(wanted, named);
    const adding = wanted.filter(({ id }) => !inside.has(id));
    const staying = new Set(wanted.map(({ id }) => id));
    const leaving =
      args.members === undefined
        ? named.filter(({ id }) => inside.has(id))
        : await peopleOfGroup(
            { ...found, members: found.members.filter(({ value }) => !staying.has(value)) },
            reads,
          );
    const where = `SCIM group ${clean(found.displayName)}`;
    const onBoards = await planTeamBoards({ name: found.displayName, joining: adding, leaving }, context);
    const group: PlanPart = {
      effects:
        args.members === undefined ? oneByOne(found, adding, leaving) : atOnce(found, wanted, adding.length),
      warnings: args.members === undefined ? [] : titledList("Leave the group", leaving.map(scimLabel)),
      untouched: [
        ...titledList("In the group already", wanted.filter(({ id }) => inside.has(id)).map(scimLabel)),
        ...titledList("Not in the group", named.filter(({ id }) => !inside.has(id)).map(scimLabel)),
      ],
      subjects: [
        ...(leaving.length > 0 ? [{ groups: [found.displayName] }] : []),
        ...[...adding, ...leaving].map(scimSubject),
      ],
    };
    return {
      summary: `Add ${adding.length} to ${where} and remove ${leaving.length} from it${teamBoardsText(onBoards)}`,
      ...combine(group, onBoards),
    };
  },
});

function refuseBoth(adding: readonly ScimUser[], removing: readonly ScimUser[]): void {
  const both = adding.find(({ id }) => removing.some((other) => other.id === id));
  if (!both) return;
  throw new AppError("INPUT_INVALID", `${scimLabel(both)} is in both lists: to add and to remove.`, {
    next: "Put each person in only one of the two lists.",
  });
}

function oneByOne(
  found: ScimGroup,
  adding: readonly ScimUser[],
  leaving: readonly ScimUser[],
): readonly Effect[] {
  const spec = (row: ScimUser) => ({
    target: { groupId: found.id, scimId: row.id },
    before: null,
    after: null,
    label: scimLabel(row),
    place: placeOf("group", { id: found.id, name: found.displayName }),
  });
  return [
    ...adding.map((row) => addScimGroupMember.make(spec(row))),
    ...leaving.map((row) => removeScimGroupMember.make(spec(row))),
  ];
}

/**
 * Makes one effect that sets all members in one request. Makes no effect if the Group already has exactly these
 * members.
 */
function atOnce(found: ScimGroup, wanted: readonly ScimUser[], coming: number): readonly Effect[] {
  const before = found.members.map(({ value }) => value);
  if (coming === 0 && before.length === wanted.length) return [];
  return [
    replaceScimGroup.make({
      target: { groupId: found.id, displayName: found.displayName },
      before: { members: before },
      after: { members: wanted.map(({ id }) => id) },
      label: clean(found.displayName),
    }),
  ];
}
