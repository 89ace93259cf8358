import { placeOf } from "../../domain/effect.ts";
import { z } from "zod";
import { AppError } from "../../domain/error.ts";
import type { PlanDraft } from "../../domain/plan.ts";
import { clean } from "../../domain/text.ts";
import type { BoardWithMemberships, WorkspaceSnapshot } from "../../domain/trello.ts";
import { setBoardMember } from "../../effects/board-members.ts";
import { personIn } from "../../people/find.ts";
import type { Person } from "../../people/person.ts";
import { accessWithoutMembershipText } from "../../people/visibility.ts";
import { assertRole } from "../../planning/boards/additions.ts";
import { boardsOf } from "../../people/boards.ts";
import { requireWorkspace } from "../../people/workspaces.ts";
import { defineTool } from "../define.ts";
import { board, member, role, workspace, writeFields } from "../support/fields.ts";

export default defineTool({
  name: "set_board_role",
  title: "Set board role",
  description:
    "Changes the role of a person who is on the board; for other people, use add_to_boards. Observers need Premium.",
  toolset: "membership",
  effect: "grant",
  makes: [
    { op: "set_board_member", direction: "gives" },
    { op: "set_board_member", direction: "gives", grantsAdmin: true },
  ],
  input: z.strictObject({ workspace, board, member, role, ...writeFields }),
  async plan(args, context): Promise<PlanDraft> {
    const snapshot = await requireWorkspace({ workspace: args.workspace, boards: [args.board] }, context);
    // The role is checked first: the workspace's Trello plan (free or paid) may not have it. This check needs no more
    // requests, but the search for the person may need some.
    assertRole(args.role, snapshot.tier);
    const { person, who, part } = await personIn({ ...args, workspace: snapshot.workspace.id }, context);
    const [target] = boardsOf(snapshot, [args.board]);
    const held = person.boards.find(({ id }) => id === target?.id);
    if (!target || !held) {
      throw new AppError("CONFLICT", notOnBoardText(who, target, person, snapshot), {
        next: `Call add_to_boards with member ${person.idMember}, this board and role ${args.role}: the person then has that role, whatever the visibility is.`,
      });
    }
    return {
      ...part,
      summary: `Make ${who} ${args.role} of board ${clean(target.name)}`,
      effects:
        held.memberType === args.role
          ? []
          : [
              setBoardMember.make({
                target: {
                  idBoard: target.id,
                  idMember: person.idMember,
                  idOrganization: snapshot.workspace.id,
                },
                before: { memberType: held.memberType },
                after: { memberType: args.role },
                label: who,
                place: placeOf("board", target),
              }),
            ],
    };
  },
});

/** Says that the person is not on the board, and whether the person can see it. */
function notOnBoardText(
  who: string,
  target: BoardWithMemberships | undefined,
  person: Person,
  snapshot: WorkspaceSnapshot,
): string {
  if (!target) return `${who} is not on that board.`;
  const access = accessWithoutMembershipText(target, person, snapshot);
  return `${who} is not on the board ${clean(target.name)}. ${access}`;
}
