import Libsql from "libsql";
import { onTestFinished } from "vitest";
import pg from "pg";

/** The rows of the tables that the audit chain covers, past the product. */
export type Cell = string | number | null;
export type Row = Record<string, Cell>;
export const COVERED = [
  "plans",
  "runs",
  "journal",
  "effects",
  "audit",
  "audit_head",
  "reviews",
  "sign_offs",
  "sign_off_entries",
] as const;
export type TableName = (typeof COVERED)[number];
export type Tables = Record<TableName, Row[]>;

/** In the order of their keys, so that the same store always gives the same rows. */
const KEYS: Readonly<Record<TableName, string>> = {
  plans: "id",
  runs: "id",
  journal: "run_id, n",
  effects: "run_id, effect",
  audit: "seq",
  audit_head: "id",
  reviews: "id",
  sign_offs: "review_id",
  sign_off_entries: "review_id, n",
};

export interface RawStore {
  read(): Promise<Tables>;
  /** Puts these rows in the place of all rows of these tables. Keys to other tables are not checked. */
  replace(tables: Partial<Tables>): Promise<void>;
}

/** Raw access to the store of a URL, for as long as the test runs. */
export async function rawStore(url: string): Promise<RawStore> {
  return url.startsWith("sqlite:") ? onSqlite(url.slice("sqlite:".length)) : await onPostgres(url);
}

function onSqlite(path: string): RawStore {
  const database = new Libsql(path);
  database.exec("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF");
  onTestFinished(() => {
    database.close();
  });
  return {
    async read() {
      return await inEach(async (table) =>
        database.prepare(`SELECT * FROM ${table} ORDER BY ${KEYS[table]}`).all([]),
      );
    },
    async replace(tables) {
      database.exec("BEGIN IMMEDIATE");
      for (const [table, rows] of Object.entries(tables)) {
        database.exec(`DELETE FROM ${table}`);
        for (const row of rows) {
          const marks = Object.keys(row).map(() => "?");
          database
            .prepare(`INSERT INTO ${table} (${Object.keys(row).join(", ")}) VALUES (${marks.join(", ")})`)
            .run(Object.values(row));
        }
      }
      database.exec("COMMIT");
    },
  };
}

async function onPostgres(url: string): Promise<RawStore> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  onTestFinished(() => client.end());
  await client.query("set session_replication_role = replica");
  return {
    async read() {
      return await inEach(
        async (table) =>
          (await client.query<Row>(`select * from identity.${table} order by ${KEYS[table]}`)).rows,
      );
    },
    async replace(tables) {
      await client.query("begin");
      for (const [table, rows] of Object.entries(tables)) {
        await client.query(`delete from identity.${table}`);
        for (const row of rows) {
          const marks = Object.keys(row).map((_, index) => `$${index + 1}`);
          await client.query(
            `insert into identity.${table} (${Object.keys(row).join(", ")}) values (${marks.join(", ")})`,
            Object.values(row),
          );
        }
      }
      await client.query("commit");
    },
  };
}

async function inEach(rows: (table: TableName) => Promise<unknown>): Promise<Tables> {
  const tables: Partial<Tables> = {};
  for (const table of COVERED) tables[table] = (await rows(table)) as Row[];
  return tables as Tables;
}
