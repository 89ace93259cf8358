import { z } from "zod";
import { emailOf } from "../../domain/email.ts";
import { clean, listNames } from "../../domain/text.ts";
import type { WorkspaceSnapshot } from "../../domain/trello.ts";
import { findAccount, type FoundAccount } from "../../people/accounts.ts";
import { findPeople } from "../../people/candidates.ts";
import { labelOf, type Person } from "../../people/person.ts";
import { readWorkspaces } from "../../people/readable.ts";
import { silentSources } from "../../people/sources.ts";
import { defineReadTool } from "../define.ts";
import { workspace } from "../support/fields.ts";

export default defineReadTool({
  name: "find_member",
  title: "Find a member",
  description:
    "Candidates for one person; `pass` is what to give a write as `member` once it is certain who is meant.",
  toolset: "directory",
  input: z.strictObject({ query: z.string().trim().min(2).max(254), workspace: workspace.optional() }),
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
      }),
    ),
    more: z.number().optional(),
    scimUser: z.object({ id: z.string(), userName: z.string(), active: z.boolean() }).optional(),
    notes: z.array(z.string()),
  }),
  async read(args, context) {
    const { trello } = context.reads;
    const { snapshots, unread } = args.workspace
      ? { snapshots: [await trello.workspace(args.workspace)], unread: [] }
      : await readWorkspaces(context.reads);
    const candidates = await findPeople(args.query, snapshots, context);
    const email = emailOf(args.query);
    const account =
      email === null ? null : await findAccount({ emails: [email], accountId: null }, context.reads);
    const user = account?.user ?? null;
    const shown = candidates.slice(0, 10);
    return {
      candidates: shown.map(({ person, confidence, reason, workspaces }) => ({
        id: person.idMember,
        ...(person.member && { username: clean(person.member.username, 60) }),
        name: clean(person.member?.fullName ?? ""),
        pass: passFor(person),
        confidence,
        reason,
        workspaces: workspaces.map((slug) => clean(slug)),
      })),
      ...(candidates.length > shown.length && { more: candidates.length - shown.length }),
      ...(user && { scimUser: { id: user.id, userName: clean(user.userName, 254), active: user.active } }),
      notes: [...unread, ...searchedLines(snapshots, args, account), ...silentSources(context.reads)],
    };
  },
  text({ candidates, scimUser, notes }) {
    const lines = candidates.map(
      ({ id, name, username, pass, confidence, reason, workspaces }) =>
        `${labelOf(username === undefined ? null : { fullName: name, username }, id)} [${id}] ${confidence}: ${reason}; in ${workspaces.join(", ")}; pass member: ${pass}`,
    );
    if (lines.length === 0) lines.push("Nobody in these workspaces matches.");
    if (scimUser)
      lines.push(
        `SCIM User ${scimUser.userName} [${scimUser.id}], ${scimUser.active ? "active" : "not active"}`,
      );
    return [...lines, ...notes].join("\n");
  },
});

/** What names the person to a write and nobody else. */
function passFor({ member, idMember }: Person): string {
  return member && member.memberType !== "ghost" ? `@${clean(member.username, 60)}` : idMember;
}

/** What was searched, so that nobody takes an empty answer for proof that the person does not exist. */
function searchedLines(
  snapshots: readonly WorkspaceSnapshot[],
  { query, workspace: where }: { readonly query: string; readonly workspace?: string | undefined },
  account: FoundAccount | null,
): readonly string[] {
  const names = listNames(
    snapshots.map((snapshot) => clean(snapshot.workspace.displayName, 60)),
    5,
  );
  const elsewhere = where === undefined ? "" : " People of other workspaces were not read.";
  return [
    `Searched: members and board guests of ${names || "no workspace"}.${elsewhere}`,
    ...(query.includes("@", 1) && account
      ? [
          `Trello hides emails, so a member of that email may be there unseen.${
            account.searched.length > 0 && !account.user
              ? ` In the directory: ${account.why}; searched ${account.searched.join(", ")}.`
              : ""
          }`,
        ]
      : []),
  ];
}
