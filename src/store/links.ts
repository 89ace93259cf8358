import type { Selectable } from "kysely";
import type { IdentityLink, IdentityLinks } from "../domain/identity.ts";
import { type Database, inBatches, instant, type Tables } from "./schema.ts";

/**
 * The links between identities, such as "this email belongs to this member", the newest first. If two sources disagree,
 * each source has its own row, so that a report can show both.
 */
export function createIdentityLinks(database: Database): IdentityLinks {
  return {
    async put(link) {
      const row = rowOf(link);
      await database.write((tx) =>
        tx
          .insertInto("identity_links")
          .values(row)
          .onConflict((conflict) =>
            conflict
              .columns(["email", "source", "id_member", "account_id", "scim_id"])
              .doUpdateSet({ seen_at: row.seen_at })
              .where("identity_links.seen_at", "<", row.seen_at),
          )
          .execute(),
      );
    },
    async byEmail(email) {
      const rows = await database.read((tx) =>
        tx
          .selectFrom("identity_links")
          .selectAll()
          .where("email", "=", email.toLowerCase())
          .orderBy("seen_at", "desc")
          .execute(),
      );
      return rows.map(linkOf);
    },
    async among(key, values) {
      const column = key === "email" ? ("email" as const) : ("id_member" as const);
      const wanted = [...new Set(values.map((value) => (key === "email" ? value.toLowerCase() : value)))];
      const found: IdentityLink[] = [];
      // An empty id in the table means "unknown", so it must not match a member.
      for (const batch of inBatches(wanted.filter((value) => value !== ""))) {
        const rows = await database.read((tx) =>
          tx
            .selectFrom("identity_links")
            .selectAll()
            .where(column, "in", [...batch])
            .execute(),
        );
        found.push(...rows.map(linkOf));
      }
      return found.toSorted((a, b) => (a.seenAt < b.seenAt ? 1 : -1));
    },
  };
}

function rowOf(link: IdentityLink): Tables["identity_links"] {
  return {
    email: link.email.toLowerCase(),
    source: link.source,
    id_member: link.idMember ?? "",
    account_id: link.accountId ?? "",
    scim_id: link.scimId ?? "",
    seen_at: instant(link.seenAt),
  };
}

function linkOf(row: Selectable<Tables["identity_links"]>): IdentityLink {
  return {
    email: row.email,
    idMember: row.id_member || null,
    accountId: row.account_id || null,
    scimId: row.scim_id || null,
    source: row.source,
    seenAt: row.seen_at,
  };
}
