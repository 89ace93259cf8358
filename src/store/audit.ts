import { appendEvent, eventOf, keptEnd, pageAfter } from "./chain.ts";
import type { Database } from "./schema.ts";
import type { AuditLog, AuditRecord } from "../domain/audit.ts";
import { verifyStore } from "./verify.ts";

/** The audit log: the records of all processes in one order. Each record contains the hash of the record before it. */
export function createAuditLog(database: Database): AuditLog {
  return {
    append: (event) => database.write((tx) => appendEvent(tx, event)),
    async read({ after = 0, limit }) {
      const rows = await database.read((tx) => pageAfter(tx, after, limit));
      return rows.map(
        ({ seq, body, previous, hash }): AuditRecord => ({ ...eventOf(body), seq, previous, hash }),
      );
    },
    async head() {
      const { seq, hash } = await database.read(keptEnd);
      return `${seq}:${hash}`;
    },
    verify: (head) => database.read((tx) => verifyStore(tx, head)),
  };
}
