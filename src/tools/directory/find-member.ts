import { z } from "zod";
import { clean } from "../../domain/text.ts";
import { findPeople } from "../../people/candidates.ts";
import { labelOf } from "../../people/person.ts";
import { readWorkspaces } from "../../people/readable.ts";
import { findScimUser } from "../../people/scim-users.ts";
import { askOptional, silentSources } from "../../people/sources.ts";
import { defineReadTool } from "../define.ts";
import { workspace } from "../support/fields.ts";

export default defineReadTool({
  name: "find_member",
  title: "Find a member",
  description: "Candidates for one person, with confidence and reasons; writes take only `certain`.",
  toolset: "directory",
  input: z.strictObject({ query: z.string().trim().min(2).max(254), workspace: workspace.optional() }),
  output: z.object({
    candidates: z.array(
      z.object({
        id: z.string(),
        username: z.string().optional(),
        name: z.string(),
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
    const user = args.query.includes("@")
      ? await askOptional(context.reads, "scim", () => findScimUser({ userName: args.query }, context.reads))
      : null;
    const shown = candidates.slice(0, 10);
    return {
      candidates: shown.map(({ person, confidence, reason, workspaces }) => ({
        id: person.idMember,
        ...(person.member && { username: clean(person.member.username, 60) }),
        name: clean(person.member?.fullName ?? ""),
        confidence,
        reason,
        workspaces: workspaces.map((slug) => clean(slug)),
      })),
      ...(candidates.length > shown.length && { more: candidates.length - shown.length }),
      ...(user && { scimUser: { id: user.id, userName: clean(user.userName, 254), active: user.active } }),
      notes: [...unread, ...silentSources(context.reads)],
    };
  },
  text({ candidates, scimUser, notes }) {
    const lines = candidates.map(
      ({ id, name, username, confidence, reason, workspaces }) =>
        `${labelOf(username === undefined ? null : { fullName: name, username }, id)} [${id}] ${confidence}: ${reason}; in ${workspaces.join(", ")}`,
    );
    if (lines.length === 0) lines.push("Nobody in these workspaces matches.");
    if (scimUser)
      lines.push(
        `SCIM User ${scimUser.userName} [${scimUser.id}], ${scimUser.active ? "active" : "not active"}`,
      );
    return [...lines, ...notes].join("\n");
  },
});
