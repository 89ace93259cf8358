import { z } from "zod";
import { requireEnterprise } from "../../domain/reads.ts";
import { clean, plural } from "../../domain/text.ts";
import { unreadLines } from "../../domain/wire.ts";
import { labelOf } from "../../people/person.ts";
import { defineReadTool } from "../define.ts";
import { cursor, limit } from "../support/fields.ts";
import { moreLine } from "../support/page.ts";

const flag = z.boolean().optional();

export default defineReadTool({
  name: "list_enterprise_members",
  title: "List enterprise members",
  description: "People of the Trello Enterprise with email and when they were last seen.",
  toolset: "enterprise",
  input: z.strictObject({
    query: z.string().trim().min(1).max(100).optional(),
    licensed: flag,
    deactivated: flag,
    managed: flag,
    admin: flag,
    inactiveSince: z.iso.date().optional(),
    limit: limit.default(25),
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
  async read({ query, cursor: place, limit: most, ...conditions }, { reads, identities }) {
    const { after, skip } = placeOf(place);
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
      members: page.rows
        .slice(skip, skip + most)
        .map(({ member, licensed, deactivated, managed, admin }) => ({
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
      ...nextPlace({ after, next: page.cursor, end: skip + most, rows: page.rows.length }),
    };
  },
  text: ({ members, cursor: more, notes = [] }) =>
    [
      `${plural(members.length, "member")}${moreLine(more)}`,
      ...members.map(
        ({ id, username, name, email, lastSeen, deactivated }) =>
          `${labelOf({ fullName: name, username }, id)} ${email ?? "no email shown"}, last seen ${lastSeen?.slice(0, 10) ?? "never or not known"}${deactivated ? ", deactivated" : ""}`,
      ),
      ...notes,
    ].join("\n"),
});

/**
 * Decodes a cursor of this tool. The cursor contains Trello's own cursor of a page of 100 rows, and how many of these
 * rows this tool has already shown.
 */
function placeOf(cursor: string | undefined): { readonly after: string | undefined; readonly skip: number } {
  const [, after = "", skip = "0"] = /^(.*)~(\d{1,3})$/s.exec(cursor ?? "") ?? [undefined, cursor ?? ""];
  return { after: after === "" ? undefined : after, skip: Number(skip) };
}

function nextPlace(place: {
  readonly after: string | undefined;
  readonly next: string | null;
  readonly end: number;
  readonly rows: number;
}): { readonly cursor?: string } {
  if (place.end < place.rows) return { cursor: `${place.after ?? ""}~${place.end}` };
  return place.next === null ? {} : { cursor: place.next };
}
