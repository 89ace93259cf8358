import { z } from "zod";
import type { PlanDraft, PlanPart } from "../../domain/plan.ts";
import type { PlanContext } from "../../domain/planning.ts";
import { clean } from "../../domain/text.ts";
import type { WorkspaceSnapshot } from "../../domain/trello.ts";
import { blindSpotsOf, labelOf, type Person, subjectOf } from "../../people/person.ts";
import { silentSources } from "../../people/sources.ts";
import { requireWorkspace } from "../../people/workspaces.ts";
import { additions, assertRole } from "../../planning/boards/additions.ts";
import { guestLines, personComing } from "../../planning/boards/coming.ts";
import { boardsOf } from "../../people/boards.ts";
import { removeOthers } from "../../planning/boards/removals.ts";
import { findListed } from "../../planning/lists/found.ts";
import { readPeople } from "../../planning/lists/paste.ts";
import { assertListSize, problemLines, withoutGone } from "../../planning/lists/roster.ts";
import { notAddedLines, teamOf } from "../../planning/lists/team.ts";
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

/** The most people of one call. */
const MOST_PEOPLE = 100;

const input = z
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
    {
      error: "give one of member, members and group",
    },
  )
  .refine(({ group: team, removeOthers }) => team !== undefined || !removeOthers, {
    error: "removeOthers needs group: it removes all people who are not in the group",
  });

export default defineTool({
  name: "add_to_boards",
  title: "Add to boards",
  description:
    "Puts members, or a SCIM group's people, onto boards; `removeOthers` removes all other people.",
  toolset: "membership",
  effect: "delete",
  makes: [
    { op: "set_board_member", direction: "gives" },
    { op: "set_board_member", direction: "gives", grantsAdmin: true },
    { op: "remove_board_member", direction: "takes" },
  ],
  input,
  async plan(args, context): Promise<PlanDraft> {
    const snapshot = await requireWorkspace(args, context);
    assertRole(args.role, snapshot.tier);
    const wanted = boardsOf(snapshot, args.boards);
    const coming = await whom(args, snapshot, context);
    const { people } = coming;
    const added = await additions(people, wanted, snapshot, () => args.role, context);
    const keep = { people: new Set(people.map(({ idMember }) => idMember)), emails: coming.absent };
    const off = args.removeOthers ? await removeOthers(keep, wanted, snapshot, context) : {};
    return {
      summary: `Add ${people.length === 1 ? labelOf(people[0]?.member ?? null, people[0]?.idMember ?? "") : `${people.length} people`} to ${wanted.length} boards of ${clean(snapshot.workspace.displayName)}${args.removeOthers ? ", and remove all other people" : ""}`,
      ...combine(coming, added, off, {
        blindSpots: [...(await blindSpotsOf([snapshot], context.reads)), ...silentSources(context.reads)],
      }),
    };
  },
});

/** The people to add, each once. `absent` are emails of the group that are linked to no member of the workspace, or to several. */
async function whom(
  args: z.infer<typeof input>,
  snapshot: WorkspaceSnapshot,
  context: PlanContext,
): Promise<PlanPart & { readonly people: readonly Person[]; readonly absent: readonly string[] }> {
  const subjectsOf = (all: readonly Person[]) => Promise.all(all.map((person) => subjectOf(person, context)));
  if (args.group !== undefined) {
    const team = await teamOf(args.group, snapshot, context);
    return {
      people: team.people,
      absent: [...team.missing, ...team.disputed],
      warnings: notAddedLines(team),
      subjects: await subjectsOf(team.people),
    };
  }
  if (args.member !== undefined) {
    const found = await personComing(args.member, true, snapshot, context);
    return {
      people: [found.person],
      absent: [],
      subjects: await subjectsOf([found.person]),
      warnings: guestLines([found], snapshot),
    };
  }
  const list = withoutGone(readPeople(args.members ?? "", { column: args.column }));
  assertListSize(list, MOST_PEOPLE);
  const { found, missed } = await findListed(
    list,
    (query) => personComing(query, false, snapshot, context),
    [snapshot],
    context,
  );
  const people = new Map(found.map(({ person }) => [person.idMember, person]));
  return {
    people: [...people.values()],
    absent: [],
    subjects: await subjectsOf([...people.values()]),
    warnings: [
      ...missed.map(({ query, why }) => `Skipped: ${query}: ${why}.`),
      ...problemLines(list.problems),
      ...list.notes,
      ...guestLines(found, snapshot),
    ],
  };
}
