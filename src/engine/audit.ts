import type { AuditRecord } from "../domain/audit.ts";
import type { Caller } from "../domain/planning.ts";
import { createContext, type EngineDeps, principalOf } from "./context.ts";

const PAGE = 500;
/**
 * The most audit records that `newestRecords` reads back. The audit log can be longer: `audit export` gives all
 * records.
 */
const MOST_READ = 5000;

/**
 * The audit records after the number `after`, oldest first, and the number of the last record. If `after` is null: no
 * records, only the number of the newest.
 */
export async function recordsAfter(
  { store }: Pick<EngineDeps, "store">,
  after: number | null,
  limit: number,
): Promise<{ readonly records: readonly AuditRecord[]; readonly last: number }> {
  if (after === null) return { records: [], last: Number((await store.audit.head()).split(":")[0]) };
  const records = await store.audit.read({ after, limit });
  return { records, last: records.at(-1)?.seq ?? after };
}

/**
 * The newest audit records about one principal (the user behind the call), newest first. Records about other principals
 * are left out.
 */
export async function newestRecords(
  deps: EngineDeps,
  caller: Caller,
  limit: number,
): Promise<readonly AuditRecord[]> {
  const { id: principal } = await principalOf(createContext(deps, caller).reads, caller);
  const end = Number((await deps.store.audit.head()).split(":")[0]);
  const found: AuditRecord[] = [];
  for (let last = end; last > Math.max(0, end - MOST_READ) && found.length < limit; last -= PAGE) {
    const after = Math.max(0, last - PAGE);
    const page = await deps.store.audit.read({ after, limit: last - after });
    found.push(...page.filter((record) => record.principal === principal).toReversed());
  }
  return found.slice(0, limit);
}
