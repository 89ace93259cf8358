import { z } from "zod";
import type { Effect } from "../../domain/effect.ts";
import type { PlanDraft } from "../../domain/plan.ts";
import { clean, plural } from "../../domain/text.ts";
import type { WorkspaceSnapshot } from "../../domain/trello.ts";
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
    "Adds members, emails (as guests) or a SCIM group's people to boards; `removeOthers` removes all other people.",
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
        "`removeOthers` needs `members` or `group`: it removes all people who are not in the list or the group",
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
    const done = { added: added.effects ?? [], invited: invited.effects ?? [], emails: invited.invited };
    const summary = summaryOf(whom, done, { role: args.role, boards: wanted }, snapshot);
    return {
      summary: `${summary}${args.removeOthers ? ", and remove all other people" : ""}`,
      ...combine(found, added, invited, off, {
        blindSpots: [...(await blindSpotsOf([snapshot], context.reads)), ...silentSources(context.reads)],
      }),
    };
  },
});

interface Done {
  readonly added: readonly Effect[];
  readonly invited: readonly Effect[];
  /** How many emails are invited. */
  readonly emails: number;
}

/**
 * The summary of the plan, such as `Add Ada (@ada) to 1 board of Acme as normal` or `Add 3 people to 1 board of Acme as
 * normal, and invite 2 by email`. It counts only real changes. If there are no changes, it says that all people are
 * already on the boards.
 */
function summaryOf(
  { people, newcomers }: Whom,
  { added, invited, emails }: Done,
  { role: given, boards: wanted }: { readonly role: string; readonly boards: readonly unknown[] },
  { workspace: { displayName } }: WorkspaceSnapshot,
): string {
  const placeText = (count: number) => `${plural(count, "board")} of ${clean(displayName)}`;
  const coming = people.filter(({ idMember }) => added.some(({ target }) => target["idMember"] === idMember));
  const namesOf = (some: Whom["people"]) => {
    const [only, ...others] = some;
    return only && others.length === 0
      ? labelOf(only.member, only.idMember)
      : plural(some.length, "person", "people");
  };
  const boardsIn = (effects: readonly Effect[]) =>
    new Set(effects.map(({ target }) => target["idBoard"])).size;
  if (coming.length > 0) {
    const more = newcomers.length > 0 ? `, and invite ${emails} by email` : "";
    return `Add ${namesOf(coming)} to ${placeText(boardsIn(added))} as ${given}${more}`;
  }
  const [first] = newcomers;
  if (first) {
    const whom = newcomers.length === 1 ? first.email : `${plural(emails, "person", "people")} by email`;
    return `Invite ${whom} to ${placeText(invited.length > 0 ? boardsIn(invited) : wanted.length)} as ${given}`;
  }
  return `${namesOf(people)} ${people.length === 1 ? "is" : "are"} on ${placeText(wanted.length)} already`;
}
