import { z } from "zod";
import type { PlanDraft } from "../../domain/plan.ts";
import { clean, plural } from "../../domain/text.ts";
import type { BoardWithMemberships, WorkspaceSnapshot } from "../../domain/trello.ts";
import { boardsOf } from "../../people/boards.ts";
import { blindSpotsOf, labelOf } from "../../people/person.ts";
import { silentSources } from "../../people/sources.ts";
import { requireWorkspace } from "../../people/workspaces.ts";
import { additions, assertRole } from "../../planning/boards/additions.ts";
import { planNewcomers } from "../../planning/boards/newcomers.ts";
import { removeOthers } from "../../planning/boards/removals.ts";
import { MOST_PEOPLE, type Whom, whomOf } from "../../planning/boards/whom.ts";
import { combine } from "../../planning/plan-part.ts";
import { defineTool } from "../define.ts";
import {
  boards,
  column,
  group,
  member,
  peopleList,
  role,
  workspace,
  writeFields,
} from "../support/fields.ts";

export default defineTool({
  name: "add_to_boards",
  title: "Add to boards",
  description:
    "Puts members, emails (as guests) or a SCIM group's people onto boards; `removeOthers` removes all other people.",
  toolset: "membership",
  effect: "delete",
  makes: [
    { op: "set_board_member", direction: "gives" },
    { op: "set_board_member", direction: "gives", grantsAdmin: true },
    { op: "invite_board_member", direction: "gives" },
    { op: "remove_board_member", direction: "takes" },
  ],
  input: z
    .strictObject({
      workspace,
      member: member.optional(),
      members: peopleList(MOST_PEOPLE).optional(),
      column: column.optional(),
      group: group.optional(),
      boards,
      role: role.default("normal"),
      removeOthers: z.boolean().optional(),
      ...writeFields,
    })
    .refine(
      (given) => [given.member, given.members, given.group].filter((each) => each !== undefined).length === 1,
      { error: "give one of member, members and group" },
    )
    .refine(({ member: one, removeOthers: off }) => one === undefined || !off, {
      error:
        "removeOthers needs members or group: it removes all people who are not in the list or the group",
    }),
  async plan(args, context): Promise<PlanDraft> {
    const snapshot = await requireWorkspace(args, context);
    assertRole(args.role, snapshot.tier);
    const wanted = boardsOf(snapshot, args.boards);
    const whom = await whomOf(args, snapshot, context);
    const { people, newcomers, absent, ...found } = whom;
    const ids = people.map(({ idMember }) => idMember);
    const emails = newcomers.map(({ email }) => email);
    const added = await additions(people, wanted, snapshot, () => args.role, context, emails);
    const invited = await planNewcomers(
      newcomers,
      { boards: wanted, role: args.role, snapshot, alongside: ids },
      context,
    );
    const keep = { people: new Set(ids), emails: [...absent, ...emails] };
    const off = args.removeOthers ? await removeOthers(keep, wanted, snapshot, context) : {};
    const summary = summaryOf(whom, invited.invited, wanted, snapshot);
    return {
      summary: `${summary}${args.removeOthers ? ", and remove all other people" : ""}`,
      ...combine(found, added, invited, off, {
        blindSpots: [...(await blindSpotsOf([snapshot], context.reads)), ...silentSources(context.reads)],
      }),
    };
  },
});

/** `Add Ada (@ada) to 2 boards of Acme`; `Add 3 people to 1 board of Acme, and invite 2 by email`. */
function summaryOf(
  { people, newcomers }: Whom,
  invited: number,
  onto: readonly BoardWithMemberships[],
  { workspace: { displayName } }: WorkspaceSnapshot,
): string {
  const place = `${plural(onto.length, "board")} of ${clean(displayName)}`;
  const [only] = people;
  const [first] = newcomers;
  if (!only && first) {
    const whom = newcomers.length === 1 ? first.email : `${plural(invited, "person", "people")} by email`;
    return `Invite ${whom} to ${place}`;
  }
  const who = only && people.length === 1 ? labelOf(only.member, only.idMember) : `${people.length} people`;
  return `Add ${who} to ${place}${newcomers.length > 0 ? `, and invite ${invited} by email` : ""}`;
}
