import type { ClientSessions, SessionMail } from "../domain/client-session.ts";
import { after, type Database, inBatches } from "./schema.ts";

/**
 * A message is deleted if no process took it within this time (ms). A process that waits for messages looks twice a
 * second, so no process waits for a message of this age.
 */
const KEPT_MS = 5 * 60_000;
/** How many messages of one session may wait at most. A client has few open questions and calls at the same time. */
const MOST = 100;

/**
 * Messages between processes. A client's answer or cancellation can reach another process than the process that waits
 * for it.
 */
export function createSessionMail(database: Database): Pick<ClientSessions, "post" | "take"> {
  return {
    post: ({ session, address, message }, now) =>
      database.write(async (tx) => {
        const at = await database.now(tx, now);
        await tx.deleteFrom("client_mail").where("at", "<=", after(at, -KEPT_MS)).execute();
        const { count } = await tx
          .selectFrom("client_mail")
          .select((eb) => eb.fn.countAll().as("count"))
          .where("session_id", "=", session)
          .executeTakeFirstOrThrow();
        if (Number(count) >= MOST) return;
        // If a question is answered twice, the first answer counts.
        await tx
          .insertInto("client_mail")
          .values({ session_id: session, address, at, message })
          .onConflict((conflict) => conflict.columns(["session_id", "address"]).doNothing())
          .execute();
      }),
    async take(wanted) {
      const waiting = new Set(wanted.map(keyOf));
      const sessions = [...new Set(wanted.map(({ session }) => session))];
      const found: SessionMail[] = [];
      await database.read(async (tx) => {
        for (const batch of inBatches(sessions)) {
          const rows = await tx
            .selectFrom("client_mail")
            .select(["session_id", "address", "message"])
            .where("session_id", "in", batch)
            .execute();
          found.push(...rows.map(({ session_id: session, ...mail }) => ({ session, ...mail })));
        }
      });
      const taken = found.filter((mail) => waiting.has(keyOf(mail)));
      if (taken.length === 0) return [];
      await database.write(async (tx) => {
        for (const { session, address } of taken)
          await tx
            .deleteFrom("client_mail")
            .where("session_id", "=", session)
            .where("address", "=", address)
            .execute();
      });
      return taken;
    },
  };
}

function keyOf({ session, address }: Omit<SessionMail, "message">): string {
  return `${session} ${address}`;
}
