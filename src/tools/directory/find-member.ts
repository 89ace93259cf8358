import { z } from "zod";
import { emailOf } from "../../domain/email.ts";
import type { PlanContext } from "../../domain/planning.ts";
import { clean, listNames, nameKey } from "../../domain/text.ts";
import type { WorkspaceSnapshot } from "../../domain/trello.ts";
import { findAccount } from "../../people/accounts.ts";
import { type Candidate, findPeople, peopleNear } from "../../people/candidates.ts";
import { searchedText } from "../../people/not-one-person.ts";
import { labelOf, type Person } from "../../people/person.ts";
import { quotedLabelOf } from "../../people/quoted.ts";
import { readWorkspaces } from "../../people/readable.ts";
import { type LinkedUser, userOfMember, usersNear } from "../../people/scim-link.ts";
import { activeText, scimName } from "../../people/scim-users.ts";
import { answers, silentSources } from "../../people/sources.ts";
import { defineReadTool } from "../define.ts";
import { member, workspace } from "../support/fields.ts";
import { profileFields, profileLines, profileOf, profileShown } from "../support/profile.ts";

const scimUser = z.object({
  id: z.string(),
  userName: z.string(),
  name: z.string(),
  active: z.boolean().nullable(),
  link: z.enum(["certain", "likely", "possible"]),
  reason: z.string(),
});

export default defineReadTool({
  name: "find_member",
  title: "Find a member",
  description:
    "Finds people by name, similar name, email or username, with their SCIM User. Use `pass` as the `member` of a write.",
  toolset: "directory",
  input: z.strictObject({ member, workspace, fields: profileFields }),
  output: z.object({
    candidates: z.array(
      z.object({
        id: z.string(),
        username: z.string().optional(),
        name: z.string(),
        pass: z.string(),
        confidence: z.enum(["certain", "likely", "possible"]),
        reason: z.string(),
        workspaces: z.array(z.string()),
        /** Set if the person is a guest or is not active in some workspaces. The text names these workspaces. */
        state: z.string().optional(),
        profile: profileShown,
      }),
    ),
    more: z.number().optional(),
    /** Set if no person has exactly this name, username, email or id. The candidates then only resemble the query. */
    noExactMatch: z.string().optional(),
    /**
     * The SCIM User who has the email of the query, or who belongs to the only candidate. If no one in Trello has the
     * name, these are the SCIM Users with a similar name. If there are several Users, each is only a possible match.
     */
    scimUsers: z.array(scimUser).optional(),
    notes: z.array(z.string()),
  }),
  async read(args, context) {
    const { snapshots: all, unread } = await readWorkspaces(context.reads);
    const here = args.workspace === undefined ? null : await workspaceAmong(all, args.workspace, context);
    const snapshots = here ? [here] : all;
    const exact = await findPeople(args.member, snapshots, context);
    const candidates = exact.length > 0 ? exact : await peopleNear(args.member, snapshots, context);
    const shown = candidates.slice(0, 10);
    const linked = await linkedUsers(args.member, candidates, context);
    const profiles = await Promise.all(
      shown.map(({ person }) => profileOf(person.idMember, args.fields, context.reads)),
    );
    return {
      candidates: shown.map(({ person, confidence, reason, workspaces, odd }, index) => ({
        id: person.idMember,
        ...(person.member && { username: clean(person.member.username, 60) }),
        name: clean(person.member?.fullName ?? ""),
        pass: passFor(person),
        confidence,
        reason,
        workspaces: workspaces.map((slug) => clean(slug, 60)),
        ...(odd.length > 0 && { state: odd.join("; ") }),
        ...profiles[index],
      })),
      ...(candidates.length > shown.length && { more: candidates.length - shown.length }),
      ...(linked.found.length > 0 && { scimUsers: linked.found.slice(0, 5).map(userRow) }),
      ...(exact.length === 0 && { noExactMatch: noMatchText(args.member, candidates.length) }),
      notes: [
        ...unread,
        searchedText(snapshots),
        ...(here ? elsewhereLines(args.member, candidates, all, here) : []),
        ...linked.notes,
        ...silentSources(context.reads),
      ],
    };
  },
  text({ candidates, more, noExactMatch, scimUsers = [], notes }) {
    return [
      ...(noExactMatch === undefined ? [] : [noExactMatch]),
      ...candidates.flatMap(
        ({ id, name, username, pass, confidence, reason, workspaces, state, profile }) => [
          `${quotedLabelOf(username === undefined ? null : { fullName: name, username }, id)} [${id}] ${confidence}: ${reason}; in ${workspaces.join(", ")}${state ? `; ${state}` : ""}; pass member: ${pass}`,
          ...profileLines(profile),
        ],
      ),
      ...(more ? [`${more} more`] : []),
      ...scimUsers.map(
        ({ id, userName, name, active, link, reason }) =>
          `SCIM User ${name} <${userName}> [${id}], ${activeText(active)}; ${link}: ${reason}`,
      ),
      ...notes,
    ].join("\n");
  },
});

/** Says that there is no exact match. If the query is an email, also says how to invite the person. */
function noMatchText(query: string, similar: number): string {
  const email = emailOf(query);
  if (email !== null) {
    return `No member is known to have the email ${email}; Trello hides emails, so a member may still have this email. To invite the person, pass this email as the \`member\` of invite_member.`;
  }
  const none = "No one has exactly that name, username or id.";
  return similar === 0
    ? none
    : `${none} ${similar === 1 ? "This person is" : "These people are"} only similar:`;
}

/**
 * Finds the workspace that the call names among the workspaces that were already read. If it is not there, reads it
 * from Trello.
 */
async function workspaceAmong(
  all: readonly WorkspaceSnapshot[],
  ref: string,
  { reads }: PlanContext,
): Promise<WorkspaceSnapshot> {
  const known = all.find(({ workspace: { id, name } }) => ref === id || ref === name);
  return known ?? reads.trello.workspace(ref);
}

/** The text that a caller can pass as `member` to a write tool, so that the tool finds exactly this person. */
function passFor({ member: known, idMember }: Person): string {
  return known && known.memberType !== "ghost" ? `@${clean(known.username, 60)}` : idMember;
}

function userRow({ user, link, reason }: LinkedUser): z.infer<typeof scimUser> {
  const { id, userName, name, active } = user;
  return { id, userName: clean(userName, 254), name: clean(name), active, link, reason };
}

/**
 * Finds the SCIM User who has the email of the query, or who belongs to the only candidate. If no one in Trello has the
 * name, finds the SCIM Users with a similar name.
 */
async function linkedUsers(
  query: string,
  candidates: readonly Candidate[],
  context: PlanContext,
): Promise<{ readonly found: readonly LinkedUser[]; readonly notes: readonly string[] }> {
  const { reads } = context;
  const unasked = reads.scim ? [] : ["SCIM is not configured, so the SCIM directory was not searched."];
  const email = emailOf(query);
  if (email !== null) {
    const { user, why, searched } = await findAccount({ emails: [email], accountId: null }, reads);
    if (!user) {
      const looked =
        searched.length > 0 ? [`In the SCIM directory: ${why}. Searched: ${searched.join(", ")}.`] : [];
      return { found: [], notes: [...unasked, ...looked] };
    }
    const { id, userName, active } = user;
    const found: LinkedUser = {
      user: { id, userName, active, name: scimName(user) },
      link: "certain",
      reason: "has that email",
    };
    return { found: [found], notes: [] };
  }
  if (!answers(reads, "scim")) return { found: [], notes: unasked };
  const sure = candidates.filter(({ confidence }) => confidence !== "possible");
  const [only, ...others] = sure.length > 0 ? sure : candidates;
  if (only && others.length === 0) {
    const { found, searched } = await userOfMember(only.person, context);
    return { found: found ? [found] : [], notes: searched ? [searched] : [] };
  }
  if (only) return { found: [], notes: [] };
  const { found, searched } = await usersNear(query, context);
  return { found, notes: searched ? [searched] : [] };
}

/** Lines that name people of other workspaces who have the same name, because the search was only in one workspace. */
function elsewhereLines(
  query: string,
  candidates: readonly Candidate[],
  all: readonly WorkspaceSnapshot[],
  here: WorkspaceSnapshot,
): readonly string[] {
  const names = new Set(
    [query, ...candidates.map(({ person }) => person.member?.fullName ?? "")].map(nameKey),
  );
  const known = new Set(candidates.map(({ person }) => person.idMember));
  const found = new Map<string, string>();
  for (const { workspace, memberships } of all) {
    if (workspace.id === here.workspace.id) continue;
    for (const { idMember, member: row } of memberships) {
      const key = nameKey(row.fullName);
      if (key === "" || !names.has(key) || known.has(idMember)) continue;
      found.set(idMember, `${labelOf(row, idMember)} in ${clean(workspace.displayName, 60)}`);
    }
  }
  return found.size === 0
    ? []
    : [
        `Other people with that name, not in ${clean(here.workspace.displayName, 60)}: ${listNames([...found.values()], 5, { separator: "; " })}.`,
      ];
}
