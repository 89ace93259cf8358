import { z } from "zod";
import type { PlanDraft } from "../../domain/plan.ts";
import { defineTool } from "../define.ts";
import { member, workspace, writeFields } from "../fields.ts";
import { accountRung, enterpriseRung } from "../ladder-account.ts";
import { cardRung, membershipRung, RUNGS, type Rung } from "../ladder.ts";
import { findLeavers, type Leaver, readList } from "../leavers.ts";
import { blindSpotsOf, labelOf } from "../people.ts";
import { findScimUser } from "../scim-user.ts";
import { subjectOf } from "../subject.ts";
import { AppError } from "../../domain/error.ts";

export default defineTool({
  name: "offboard_member",
  title: "Offboard a member",
  description: "Takes one person, or a pasted list, off everything up to a rung. restore_member undoes it.",
  toolset: "offboarding",
  effect: "delete",
  input: z
    .strictObject({
      member: member.optional(),
      members: z.union([z.string().max(50_000), z.array(member).max(200)]).optional(),
      rung: z.enum(RUNGS).default("workspaces"),
      workspaces: z.array(workspace).min(1).max(100).optional(),
      reassignTo: member.describe("member or nobody").optional(),
      ...writeFields,
    })
    .refine(({ member: one, members }) => (one === undefined) !== (members === undefined), {
      error: "give either member or members",
    }),
  async plan(args, context): Promise<PlanDraft> {
    const { reads } = context;
    const { names: queries, unreadable } =
      args.member === undefined ? readList(args.members ?? "") : { names: [args.member], unreadable: [] };
    if (queries.length === 0 || queries.length > 200) {
      throw new AppError("INPUT_INVALID", "The list names nobody, or more than 200 people.", {
        next: "Give 1 to 200 people.",
      });
    }
    const refs = args.workspaces ?? (await reads.trello.workspaces()).map(({ id }) => id);
    const snapshots = await reads.trello.workspaceSnapshots(refs);
    const { found, missed: uncertain } = await findLeavers(
      queries,
      snapshots,
      context,
      async (query) =>
        reaches(args.rung, "account") && query.includes("@") && (await findScimUser(query, reads)) !== null,
    );
    const missed = [...uncertain, ...unreadable];
    const cards = await cardRung(found, args.reassignTo, snapshots, context);
    const memberships = await membershipRung(found, args.rung, cards.held, context);
    const enterprise = reaches(args.rung, "enterprise") ? await enterpriseRung(found, context) : NOTHING;
    const account = reaches(args.rung, "account") ? await accountRung(found, context) : NOTHING;
    const places = [
      ...new Set(found.flatMap((leaver) => leaver.places.map(({ snapshot }) => snapshot.workspace.id))),
    ];
    const boards = found.flatMap(({ places }) => places.flatMap(({ person }) => person.boards)).length;
    return {
      summary: `Offboard ${found.length === 1 ? nameOf(found[0] as Leaver) : `${found.length} people`} up to the rung ${args.rung}: ${boards} board memberships in ${places.length} workspaces`,
      effects: [...cards.effects, ...memberships, ...enterprise.effects, ...account.effects],
      warnings: [
        ...missed.map(({ query, why }) => `Nothing is done about ${query}: ${why}.`),
        ...cards.warnings,
        ...enterprise.warnings,
        ...account.warnings,
      ],
      notes: account.notes,
      impactUnknown: account.unknown,
      subjects: await Promise.all(
        found.map(async ({ person, query }) =>
          person ? subjectOf(person, context) : { email: query.toLowerCase() },
        ),
      ),
      blindSpots: [
        ...snapshots.flatMap(blindSpotsOf),
        ...(args.workspaces ? ["Only the named workspaces were looked at."] : []),
        "API tokens and Power-Ups that the person authorized are shown to nobody else; they lose what the memberships lose.",
      ],
      remains: [
        ...missed.map(({ query, why }) => `${query}: ${why}`),
        ...(reaches(args.rung, "account") ? [] : ["The Atlassian account and everything else it opens"]),
        ...(args.rung === "boards" ? ["The workspace memberships"] : []),
      ],
    };
  },
});

const NOTHING = { effects: [], warnings: [], notes: [], unknown: false } as const;

function reaches(rung: Rung, step: Rung): boolean {
  return RUNGS.indexOf(rung) >= RUNGS.indexOf(step);
}

function nameOf({ person, query }: Leaver): string {
  return person ? labelOf(person.member, person.idMember) : query;
}
