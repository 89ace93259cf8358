import { z } from "zod";
import type { PlanDraft } from "../../domain/plan.ts";
import { clean } from "../../domain/text.ts";
import { blindSpotsOf, borderLines, isGhost, subjectOf } from "../../people/person.ts";
import { readWorkspaces } from "../../people/readable.ts";
import { silentSources } from "../../people/sources.ts";
import { planRemovals } from "../../planning/boards/removals.ts";
import { readPeople } from "../../planning/lists/paste.ts";
import {
  assertListSize,
  assertOneStatus,
  problemLines,
  type PeopleList,
} from "../../planning/lists/roster.ts";
import {
  applicationRung,
  applicationsUntouched,
  requireApplications,
} from "../../planning/offboarding/applications.ts";
import {
  findLeaver,
  findLeavers,
  unseenMembers,
  reaches,
  RUNGS,
} from "../../planning/offboarding/leavers.ts";
import {
  accountRung,
  cardRung,
  enterpriseRung,
  type HigherRung,
  removalsOf,
} from "../../planning/offboarding/rungs.ts";
import { openRungs, skippedLines, untouchedAfter } from "../../planning/offboarding/skipped.ts";
import { summaryOf } from "../../planning/offboarding/summary.ts";
import { combine } from "../../planning/plan-part.ts";
import { defineTool } from "../define.ts";
import {
  column,
  email,
  EMPTY_LIST,
  member,
  peopleList,
  successorFields,
  workspaceRef,
  writeFields,
} from "../support/fields.ts";

/** The most people in one call. */
const MOST_PEOPLE = 200;

export default defineTool({
  name: "offboard_member",
  title: "Offboard a member",
  description:
    "Removes one person, or a pasted list, from boards, workspaces, enterprise and account, as far as `rung` says. restore_member undoes it.",
  toolset: "offboarding",
  effect: "delete",
  makes: [
    { op: "set_board_member", direction: "gives", along: true },
    { op: "set_board_member", direction: "gives", grantsAdmin: true, along: true },
    { op: "set_card_members", direction: "gives" },
    { op: "set_card_members", direction: "takes" },
    { op: "remove_board_member", direction: "takes" },
    { op: "remove_workspace_member", direction: "takes" },
    { op: "remove_workspace_member_everywhere", direction: "takes" },
    { op: "set_enterprise_deactivated", direction: "takes" },
    { op: "set_scim_active", direction: "takes" },
    { op: "set_application_active", direction: "takes" },
  ],
  input: z
    .strictObject({
      member: member.optional(),
      email: email.describe("email of `member`, if Trello hides it; needs approval").optional(),
      members: peopleList(MOST_PEOPLE).optional(),
      column: column.optional(),
      rung: z
        .enum(RUNGS)
        .describe(
          "how far; each value includes those before it; account also deactivates the Atlassian account",
        )
        .default("workspaces"),
      everywhere: z.boolean().describe("rung account, and all connected applications").optional(),
      workspaces: z.array(workspaceRef).min(1, EMPTY_LIST).max(100).optional(),
      ...successorFields,
      ...writeFields,
    })
    .refine(({ member: one, members }) => (one === undefined) !== (members === undefined), {
      error: "give either `member` or `members`",
    })
    .refine(({ member: one, email: stated }) => stated === undefined || one !== undefined, {
      error: "`email` needs `member`: give both, or only `member`",
    }),
  async plan(args, context): Promise<PlanDraft> {
    const { reads } = context;
    const { member: one, everywhere = false } = args;
    if (everywhere) requireApplications(reads);
    // Without a SCIM directory, the account cannot be disabled, so the plan ends one step earlier. The plan then says
    // that the account stays.
    const rung = everywhere && reads.scim ? "account" : args.rung;
    const list = one === undefined ? readLeavers(args.members ?? "", args.column) : NO_LIST;
    const { snapshots, unread } = await readWorkspaces(reads, args.workspaces);
    const asked = {
      // Other people may have the same name. If `everywhere` is set, Atlassian accounts and users of other applications
      // are changed too, so a name alone is never enough to find a person.
      rung: everywhere ? "account" : rung,
      everywhere,
      alone: one !== undefined,
      allRead: unread.length === 0,
      email: args.email,
    } as const;
    const { found, missed } =
      one === undefined
        ? await findLeavers(list, asked, snapshots, context)
        : { found: [await findLeaver(one, asked, snapshots, context)], missed: [] };
    const problems = problemLines(list.problems);
    const cards = await cardRung(found, { ...args, rung }, snapshots, context);
    const memberships = await planRemovals(removalsOf(found, rung), context, cards.reassigned);
    const enterprise = reaches(rung, "enterprise") ? await enterpriseRung(found, context) : NOT_ASKED;
    const account = reaches(rung, "account") ? await accountRung(found, context) : NOT_ASKED;
    const applications = everywhere ? await applicationRung(found, context) : NOT_ASKED;
    const skipped = [...enterprise.skipped, ...account.skipped, ...applications.skipped];
    const inEnterprise =
      reads.enterprise !== null || snapshots.some((snapshot) => Boolean(snapshot.workspace.idEnterprise));
    const people = found.flatMap(({ person }) => person ?? []);
    const whole = combine(
      {
        warnings: [
          ...missed.map(({ query, why }) => `Skipped: ${query}: ${why}.`),
          ...unread.map((line) => `Skipped: ${line}`),
          ...problems,
          ...list.notes,
          ...skippedLines(skipped).map((line) => `Skipped: ${line}.`),
        ],
        subjects: await Promise.all(people.map((person) => subjectOf(person, context))),
        blindSpots: [
          ...unread,
          ...(await blindSpotsOf(snapshots, reads)),
          ...silentSources(reads),
          ...(await borderLines(reads)),
          ...(args.workspaces ? ["Only the named workspaces were read."] : []),
        ],
        untouched: [
          ...missed.map(({ query, why }) => `${query}: ${why}`),
          ...unread,
          ...problems,
          ...skippedLines(skipped),
        ],
      },
      await unseenMembers(found, snapshots, context),
      cards,
      memberships,
      enterprise,
      account,
      applications,
      {
        blindSpots: people.every(isGhost)
          ? []
          : [
              "API tokens and Power-Ups of the person cannot be listed. They lose the same access as the person.",
            ],
        untouched: [
          ...untouchedAfter(rung, reads.enterprise !== null, people),
          ...(everywhere ? [] : applicationsUntouched(reads)),
        ],
        promises: [
          {
            off: rung === "boards" ? "boards" : "workspaces",
            people: found.flatMap(({ person, label }) =>
              person ? [{ idMember: person.idMember, label }] : [],
            ),
            workspaces: snapshots.map(({ workspace: { id, displayName } }) => ({
              id,
              name: clean(displayName),
            })),
          },
        ],
        notReached: [...unread, ...skippedLines(openRungs(skipped, { rung, inEnterprise }))],
      },
    );
    return { ...whole, summary: summaryOf(found, whole.effects, skipped) };
  },
});

const NOT_ASKED: HigherRung = { skipped: [] };

const NO_LIST: PeopleList = { people: [], problems: [], notes: [] };

function readLeavers(members: string | readonly string[], column: string | undefined): PeopleList {
  const list = readPeople(members, { column });
  assertListSize(list, MOST_PEOPLE);
  assertOneStatus(list);
  return list;
}
