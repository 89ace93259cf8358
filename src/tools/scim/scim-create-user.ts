import { z } from "zod";
import { type Effect, placeOf } from "../../domain/effect.ts";
import { AppError } from "../../domain/error.ts";
import type { PlanDraft } from "../../domain/plan.ts";
import type { PlanContext } from "../../domain/planning.ts";
import { requireScim } from "../../domain/reads.ts";
import { hasAttributes, scimAttributesOf } from "../../domain/scim-attributes.ts";
import type { ScimGroup, ScimUser, ScimUserResource } from "../../domain/scim.ts";
import { clean, listNames, titledList } from "../../domain/text.ts";
import { inviteBoardMember, inviteWorkspaceMember } from "../../effects/invitations.ts";
import { addScimGroupMember } from "../../effects/scim-groups.ts";
import { createScimUser } from "../../effects/scim-users.ts";
import { inviteeFor, knownEmails } from "../../people/email-list.ts";
import { labelOf } from "../../people/person.ts";
import { requireScimGroup } from "../../people/scim-groups.ts";
import { findAccount } from "../../people/accounts.ts";
import { findScimUser, scimLabel } from "../../people/scim-users.ts";
import { boardsOf } from "../../people/boards.ts";
import { type PlannedInvitations, planInvitations } from "../../planning/invitations/invite.ts";
import { boardsOfTeam, teamBoardsIn } from "../../people/team-boards.ts";
import { combine } from "../../planning/plan-part.ts";
import { defineTool } from "../define.ts";
import { boards, email, group, workspace, writeFields } from "../support/fields.ts";

const text = z.string().trim().min(1).max(200);

const input = z
  .strictObject({
    email,
    givenName: text,
    familyName: text,
    displayName: text.optional(),
    title: text.optional(),
    department: text.optional(),
    externalId: text.optional(),
    groups: z.array(group).max(50).optional(),
    workspace,
    boards: boards.optional(),
    ...writeFields,
  })
  .refine(({ workspace: where, boards: refs }) => refs === undefined || where !== undefined, {
    error: "give `workspace` too, because boards belong to a workspace",
  });

export default defineTool({
  name: "scim_create_user",
  title: "Create SCIM User",
  description: "Creates an Atlassian account and adds it to groups, a workspace and boards.",
  toolset: "scim",
  effect: "grant",
  makes: [
    { op: "create_scim_user", direction: "gives" },
    { op: "add_scim_group_member", direction: "gives" },
    { op: "invite_workspace_member", direction: "gives" },
    { op: "invite_board_member", direction: "gives" },
    { op: "set_workspace_member", direction: "gives" },
    { op: "set_board_member", direction: "gives" },
  ],
  input,
  async plan(args, context): Promise<PlanDraft> {
    const userName = args.email.toLowerCase();
    requireScim(context.reads);
    const named = await findScimUser({ userName }, context.reads);
    // If no User has the email as userName, the person may still have a User with another userName. So the search also
    // uses the email.
    const search = named ? null : await findAccount({ emails: [userName], accountId: null }, context.reads);
    const existing = named ?? search?.user ?? null;
    const resource = {
      userName,
      name: { givenName: args.givenName, familyName: args.familyName },
      displayName: args.displayName ?? `${args.givenName} ${args.familyName}`,
      emails: [{ value: userName, type: "work", primary: true }],
      ...(args.title && { title: args.title }),
      ...(args.department && { department: args.department }),
      ...(args.externalId && { externalId: args.externalId }),
      active: true,
    };
    const who = `${clean(resource.displayName)} <${userName}>`;
    const groups: ScimGroup[] = [];
    for (const name of args.groups ?? []) groups.push(await requireScimGroup(name, context.reads));
    const trello = await intoTrello(args, { userName, groups }, context);
    return {
      summary: `Onboard ${who}`,
      ...combine(
        {
          effects: [
            ...(existing
              ? []
              : [createScimUser.make({ target: { userName }, before: null, after: resource, label: who })]),
            ...intoGroups(groups, { scimId: existing?.id ?? null, userName, who }),
          ],
          warnings: [
            ...(existing ? differences(existing, resource) : []),
            ...(args.workspace === undefined ? boardsLater(groups, context) : []),
          ],
          untouched: [
            ...(existing ? [`The User ${scimLabel(existing)} exists already`] : []),
            ...titledList(
              "In the group already",
              groups
                .filter(({ members }) => members.some(({ value }) => value === existing?.id))
                .map(({ displayName }) => clean(displayName)),
            ),
          ],
          blindSpots: search?.mayExist
            ? [
                `It is unknown whether the person has a User with another userName. Searched: ${search.searched.join(", ")}.`,
              ]
            : [],
          notes: steps(args.workspace, existing, trello.effects),
          subjects: [{ email: userName }],
        },
        trello,
      ),
    };
  },
});

/** What the person gets only after the first sign-in, as lines of the plan. */
function steps(
  workspaceRef: string | undefined,
  existing: ScimUser | null,
  trello: readonly Effect[],
): readonly string[] {
  if (trello.some((effect) => inviteWorkspaceMember.is(effect) || inviteBoardMember.is(effect))) {
    return [
      "The invitation stays pending in Trello until the person signs in for the first time. See list_pending_invitations.",
    ];
  }
  return workspaceRef !== undefined || existing
    ? []
    : ["Trello knows the person only after the first sign-in. You can use invite_member before that."];
}

/**
 * Lines that say which attributes of an existing User differ from the call. This tool does not change an existing User.
 * The lines name the tool that can change the User.
 */
function differences(existing: ScimUser, wanted: ScimUserResource): readonly string[] {
  const userName = existing.userName.toLowerCase() === wanted.userName ? null : existing.userName;
  // `active` is not compared with the other attributes, because a separate line is about it.
  const { active: _active, ...attributes } = wanted;
  const same = hasAttributes(existing, scimAttributesOf({ ...attributes, userName: existing.userName }));
  return [
    ...(userName === null
      ? []
      : [
          `The person already has a User, with the userName ${clean(userName, 254)}. No second User is created.`,
        ]),
    ...(same
      ? []
      : [
          "The User already exists with other attributes. This tool does not change them; scim_update_user does.",
        ]),
    ...(existing.active !== false
      ? []
      : ["The User exists and is not active. Give the access back with scim_reactivate_user."]),
  ];
}

/**
 * The warning that some Groups have boards in the policy file. It is needed if the call names no workspace, because
 * these boards are given only with a workspace.
 */
function boardsLater(groups: readonly ScimGroup[], context: PlanContext): readonly string[] {
  const names = groups.map(({ displayName }) => displayName);
  const giving = names.filter((name) => boardsOfTeam(name, context).length > 0);
  if (giving.length === 0) return [];
  return [
    `The policy file has boards for people in ${listNames(giving.map((name) => clean(name)))}. To invite the person to these boards, call again with \`workspace\`.`,
  ];
}

function intoGroups(
  groups: readonly ScimGroup[],
  user: { readonly scimId: string | null; readonly userName: string; readonly who: string },
): readonly Effect[] {
  const effects: Effect[] = [];
  for (const found of groups) {
    if (found.members.some(({ value }) => value === user.scimId)) continue;
    // If the same run creates the User, the User has no id yet. So the userName is used instead.
    const who = user.scimId === null ? { userName: user.userName } : { scimId: user.scimId };
    effects.push(
      addScimGroupMember.make({
        target: { groupId: found.id, ...who },
        before: null,
        after: null,
        label: user.who,
        place: placeOf("group", { id: found.id, name: found.displayName }),
      }),
    );
  }
  return effects;
}

async function intoTrello(
  args: z.infer<typeof input>,
  { userName, groups }: { readonly userName: string; readonly groups: readonly ScimGroup[] },
  context: PlanContext,
): Promise<PlannedInvitations> {
  if (args.workspace === undefined) return { effects: [], each: [] };
  const { trello } = context.reads;
  const snapshot = await trello.workspace(args.workspace);
  const ofGroups = teamBoardsIn(
    snapshot,
    groups.map(({ displayName }) => displayName),
    context,
  );
  const wanted = new Set([...boardsOf(snapshot, args.boards ?? []), ...ofGroups]);
  const onto = await trello.boards([...wanted].map(({ id }) => id));
  const request = {
    fullName: `${args.givenName} ${args.familyName}`,
    role: "normal" as const,
    boards: onto,
  };
  const known = await knownEmails([userName], snapshot, context);
  const several = known.disputed.get(userName);
  if (several) {
    throw new AppError("AMBIGUOUS", "Several Trello members are linked to this email.", {
      next: "Find the right member with find_member and add that member with add_to_boards. Call this tool without `workspace`.",
      details: {
        candidates: several.map((id) => {
          const row = snapshot.memberships.find(({ idMember }) => idMember === id);
          return { id, ...(row && { name: labelOf(row.member, id) }) };
        }),
      },
    });
  }
  return planInvitations(snapshot, [{ ...request, whom: inviteeFor(userName, known, request) }], context);
}
