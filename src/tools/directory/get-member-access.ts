import { z } from "zod";
import { emailOf } from "../../domain/email.ts";
import { AppError } from "../../domain/error.ts";
import type { PlanContext } from "../../domain/planning.ts";
import type { Reads } from "../../domain/reads.ts";
import { clean } from "../../domain/text.ts";
import type { WorkspaceSnapshot } from "../../domain/trello.ts";
import { findAccount, readAccount } from "../../people/accounts.ts";
import { emailsOfMember, type OwnEmails } from "../../people/emails.ts";
import { requirePerson } from "../../people/find.ts";
import { blindSpotsOf, borderLines, labelOf, peopleOf, type Person, statusOf } from "../../people/person.ts";
import { seenWithoutMembership } from "../../people/visibility.ts";
import { coverageText, readWorkspaces } from "../../people/readable.ts";
import { userOfMember } from "../../people/scim-link.ts";
import { activeText, scimName, scimUserView } from "../../people/scim-users.ts";
import { answers, askOptional, silentSources } from "../../people/sources.ts";
import { defineReadTool } from "../define.ts";
import { member } from "../support/fields.ts";
import { applicationLines, applicationsShown, readApplications } from "../support/applications.ts";
import { workspaceLine } from "../support/workspace-line.ts";
import { profileFields, profileLines, profileOf, profileShown } from "../support/profile.ts";

/** At most 25 boards of each workspace are listed by name. `boardCount` counts all of them. */
const SHOWN_BOARDS = 25;

export default defineReadTool({
  name: "get_member_access",
  title: "Get member access",
  description:
    "Everything one person can reach: roles, boards, boards that are visible without a membership, SCIM User, Atlassian products.",
  toolset: "directory",
  input: z.strictObject({ member, fields: profileFields }),
  output: z.object({
    member: z.object({
      id: z.string().optional(),
      username: z.string().optional(),
      name: z.string(),
      email: z.string().optional(),
      emailSource: z.string().optional(),
      profile: profileShown,
    }),
    workspaces: z.array(
      z.object({
        id: z.string(),
        slug: z.string(),
        name: z.string(),
        role: z.string(),
        status: z.string(),
        boardCount: z.number(),
        /**
         * The numbers of open boards that the person can see without being a member of the board. `org`: boards that
         * all members of the workspace can see. `public`: boards that everyone can see. `mayJoin`: boards that members
         * of the workspace may join and edit.
         */
        seenByVisibility: z.object({ org: z.number(), public: z.number(), mayJoin: z.number().optional() }),
        boards: z.array(z.object({ id: z.string(), name: z.string(), role: z.string() })),
      }),
    ),
    scimUser: z
      .object({
        id: z.string(),
        userName: z.string(),
        name: z.string(),
        active: z.boolean().nullable(),
        externalId: z.string().optional(),
      })
      .optional(),
    /** A SCIM User who probably, but not certainly, belongs to this person. Check the User before any change. */
    likelyScimUser: z
      .object({ id: z.string(), userName: z.string(), active: z.boolean().nullable(), reason: z.string() })
      .optional(),
    atlassian: z
      .object({
        status: z.string(),
        products: z.array(z.object({ product: z.string(), lastActive: z.string().nullable() })),
        groups: z.array(z.string()),
      })
      .optional(),
    applications: applicationsShown,
    read: z.string(),
    blindSpots: z.array(z.string()),
  }),
  async read(args, context) {
    const readable = await readWorkspaces(context.reads);
    const { snapshots, unread } = readable;
    const person = await requirePerson(args.member, snapshots, context, { ghosts: true }).catch(
      (thrown: unknown) => {
        if (thrown instanceof AppError && thrown.code === "NOT_FOUND") return thrown;
        throw thrown;
      },
    );
    if (person instanceof AppError) {
      const outside = await outsideTrello(args.member, context.reads);
      if (!outside) throw person;
      return {
        ...outside,
        read: coverageText(readable),
        blindSpots: [...unread, ...(await seenFrom(snapshots, context.reads)), ...outside.blindSpots],
      };
    }
    const emails = await emailsOfMember(person, context);
    const [known] = emails.proven;
    const workspaces = snapshots.flatMap((snapshot) => {
      const here = peopleOf(snapshot).find(({ idMember }) => idMember === person.idMember);
      if (!here) return [];
      return [
        {
          id: snapshot.workspace.id,
          slug: clean(snapshot.workspace.name),
          name: clean(snapshot.workspace.displayName),
          role: here.membership?.memberType ?? "guest",
          status: statusOf(here),
          boardCount: here.boards.length,
          seenByVisibility: seenWithoutMembership(here, snapshot),
          boards: here.boards
            .slice(0, SHOWN_BOARDS)
            .map(({ id, name, memberType }) => ({ id, name, role: memberType })),
        },
      ];
    });
    const beyond = await beyondTrello(emails, person.member?.aaId ?? null, context.reads);
    const likely = "scimUser" in beyond.found ? null : await likelyUser(person, context);
    return {
      member: {
        id: person.idMember,
        ...(person.member && { username: clean(person.member.username, 60) }),
        name: clean(person.member?.fullName ?? ""),
        ...(known && { email: known.email, emailSource: known.source }),
        ...(await profileOf(person.idMember, args.fields, context.reads)),
      },
      workspaces,
      ...beyond.found,
      ...(likely && { likelyScimUser: likely }),
      read: coverageText(readable),
      blindSpots: [...unread, ...(await seenFrom(snapshots, context.reads)), ...beyond.blindSpots],
    };
  },
  text: ({
    member: person,
    workspaces,
    scimUser,
    likelyScimUser,
    atlassian,
    applications,
    read,
    blindSpots,
  }) =>
    [
      `${labelOf(person.username === undefined ? null : { fullName: person.name, username: person.username }, person.id ?? person.name)}${person.email ? `, ${person.email} (by ${person.emailSource})` : ""}`,
      ...profileLines(person.profile),
      ...workspaces.map(workspaceLine),
      ...(scimUser ? [`SCIM User ${scimUser.userName}: ${activeText(scimUser.active)}`] : []),
      ...(likelyScimUser
        ? [
            `SCIM User ${likelyScimUser.userName} [${likelyScimUser.id}] is likely, not proven (${likelyScimUser.reason}): ${activeText(likelyScimUser.active)}`,
          ]
        : []),
      ...(atlassian
        ? [`Atlassian products: ${atlassian.products.map(({ product }) => product).join(", ") || "none"}`]
        : []),
      ...applicationLines(applications),
      read,
      ...blindSpots.map((spot) => `Not seen: ${spot}`),
    ].join("\n"),
});

/** A SCIM User with the same name, for a member whose email is hidden. */
async function likelyUser(person: Person, context: PlanContext) {
  const { found } = await userOfMember(person, context);
  if (!found || found.link === "certain") return null;
  const { id, userName, active } = found.user;
  return { id, userName: clean(userName, 254), active, reason: found.reason };
}

/** What the Trello token cannot see in the workspaces that were read, and which workspaces could not be read. */
async function seenFrom(snapshots: readonly WorkspaceSnapshot[], reads: Reads): Promise<readonly string[]> {
  return [...(await blindSpotsOf(snapshots, reads)), ...(await borderLines(reads))];
}

/**
 * A person who is only in the SCIM directory: no Trello member is proven to have the email. null if there is no such
 * person.
 */
async function outsideTrello(query: string, reads: Reads) {
  const email = emailOf(query);
  const account = email && (await findAccount({ emails: [email], accountId: null }, reads));
  if (!email || !account || !account.user) return null;
  const beyond = await beyondTrello({ proven: [{ email, source: "scim" }], disputed: [] }, null, reads);
  return {
    member: { name: clean(scimName(account.user)), email, emailSource: "scim" },
    workspaces: [],
    ...beyond.found,
    blindSpots: [
      "Trello hides emails, so no Trello member is proven to have this email.",
      ...beyond.blindSpots,
    ],
  };
}

/**
 * The person's SCIM User and Atlassian account from the configured sources, and a note for each source that could not
 * be read.
 */
async function beyondTrello({ proven: [known], disputed }: OwnEmails, aaId: string | null, reads: Reads) {
  const hints = { emails: known ? [known.email] : [], accountId: aaId };
  const isKnown = known !== undefined || aaId !== null;
  const search = isKnown ? await findAccount(hints, reads) : null;
  const user = search?.user;
  const key = { accountId: search?.accountId, email: known?.email };
  const account = await askOptional(reads, "organization", (organization) =>
    readAccount(key, { organization }),
  );
  const mayLook = answers(reads, "scim") || answers(reads, "organization");
  const inApplications = await readApplications(known?.email ?? null, reads);
  return {
    found: {
      ...(user && { scimUser: scimUserView(user) }),
      ...(account && {
        atlassian: {
          status: clean(account.status, 30),
          products: account.products.map(({ product, lastActive }) => ({
            product: clean(product, 60),
            lastActive,
          })),
          groups: account.groups.map((group) => clean(group)),
        },
      }),
      ...(inApplications.users.length > 0 && { applications: inApplications.users }),
    },
    blindSpots: [
      ...disputed.map(
        (email) => `The email ${clean(email, 254)} is recorded for another member too, so it is not used.`,
      ),
      ...(isKnown || !mayLook
        ? []
        : [
            "Nothing proves which email the person has. So Atlassian products were not read, and a SCIM User can only be a likely match.",
          ]),
      ...(search && !user && answers(reads, "scim")
        ? [`No SCIM User was found: ${search.why}. Searched: ${search.searched.join(", ") || "nothing"}.`]
        : []),
      ...(reads.scim ? [] : ["SCIM is not configured, so the directory was not read."]),
      ...(reads.organization
        ? []
        : ["The organization API is not configured, so Atlassian accounts and products were not read."]),
      ...silentSources(reads),
      ...inApplications.blindSpots,
    ],
  };
}
