import { z } from "zod";
import { requireEnterprise } from "../../domain/reads.ts";
import { clean } from "../../domain/text.ts";
import { unreadLines } from "../../domain/wire.ts";
import { labelOf } from "../../people/person.ts";
import { defineReadTool } from "../define.ts";
import { cursor } from "../support/fields.ts";
import { moreLine } from "../support/page.ts";

const flag = z.boolean().optional();

export default defineReadTool({
  name: "list_enterprise_members",
  title: "List enterprise members",
  description: "People of the Trello Enterprise with email and when they were last seen, 100 a page.",
  toolset: "enterprise",
  input: z.strictObject({
    query: z.string().trim().min(1).max(100).optional(),
    licensed: flag,
    deactivated: flag,
    managed: flag,
    admin: flag,
    inactiveSince: z.iso.date().optional(),
    cursor: cursor.optional(),
  }),
  output: z.object({
    members: z.array(
      z.object({
        id: z.string(),
        username: z.string(),
        name: z.string(),
        email: z.string().nullable(),
        lastSeen: z.string().nullable(),
        licensed: z.boolean().nullable(),
        deactivated: z.boolean().nullable(),
        managed: z.boolean().nullable(),
        admin: z.boolean().nullable(),
      }),
    ),
    cursor: z.string().optional(),
    notes: z.array(z.string()).optional(),
  }),
  async read({ query, cursor: after, ...conditions }, { reads, identities }) {
    const asked = Object.fromEntries(Object.entries(conditions).filter(([, value]) => value !== undefined));
    const page = await requireEnterprise(reads).members({
      ...asked,
      ...(query && { search: query }),
      ...(after && { cursor: after }),
    });
    for (const { member } of page.rows) {
      if (member.email)
        await identities.learn({ email: member.email, idMember: member.id, source: "enterprise" });
    }
    const notes = unreadLines(page.rows, "row");
    return {
      ...(notes.length > 0 && { notes: [...notes] }),
      members: page.rows.map(({ member, licensed, deactivated, managed, admin }) => ({
        id: member.id,
        username: clean(member.username, 60),
        name: clean(member.fullName),
        email: member.email ? clean(member.email, 254) : null,
        lastSeen: member.dateLastImpression ?? null,
        licensed,
        deactivated,
        managed,
        admin,
      })),
      ...(page.cursor && { cursor: page.cursor }),
    };
  },
  text: ({ members, cursor: more, notes = [] }) =>
    [
      `${members.length} members${moreLine(more)}`,
      ...members.map(
        ({ id, username, name, email, lastSeen, deactivated }) =>
          `${labelOf({ fullName: name, username }, id)} ${email ?? "no email shown"}, last seen ${lastSeen?.slice(0, 10) ?? "never or not known"}${deactivated ? ", deactivated" : ""}`,
      ),
      ...notes,
    ].join("\n"),
});
