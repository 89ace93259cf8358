import {
  type ColumnDefinitionNode,
  CompiledQuery,
  DataTypeNode,
  type DatabaseConnection,
  Kysely,
  type KyselyPlugin,
  PostgresAdapter,
  PostgresDriver,
  PostgresIntrospector,
  PostgresQueryCompiler,
  RawNode,
  sql,
  type TransactionSettings,
} from "kysely";
import PQueue from "p-queue";
import { BEGIN_READ, beginWrite, type Pool, postgresFailure, SCHEMA } from "./postgres-connection.ts";
import type { Database, Tables, Tx } from "./schema.ts";

/** If a write has no answer after this time (ms), the next write of the same process begins. */
const TURN_MS = 4_000;

/**
 * The tables of the store in a schema of a PostgreSQL database. Closing the service's own store closes the connections.
 * Closing a tenant's store does not close them.
 */
export function createPostgres(pool: Pool, schema: string = SCHEMA, turnMs: number = TURN_MS): Database {
  const kysely = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => lockingDriver(pool, schema),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
    plugins: [BYTEWISE],
  }).withSchema(schema);
  // Each process sends only one write at a time to PostgreSQL. If a process sent several and then stopped, PostgreSQL
  // would still give each of them the lock for some seconds, and other processes would have to wait. If a write has no
  // answer after TURN_MS, the next write is sent.
  const turns = new PQueue({ concurrency: 1, timeout: turnMs });
  const read: Database["read"] = (work) =>
    kysely.transaction().setAccessMode("read only").execute(work).catch(fail);
  return {
    read,
    // A PostgreSQL transaction always sees all committed changes. So `readAnew` need not open the database again and is
    // the same as `read`.
    readAnew: read,
    write: <T>(work: (tx: Tx) => Promise<T>) =>
      new Promise<T>((resolve, reject) => {
        const turn = async () => await kysely.transaction().execute(work).then(resolve, reject);
        turns.add(turn).catch(() => {});
      }).catch(fail),
    async now(tx) {
      const { at } = await tx
        .selectFrom(sql<{ at: Date }>`(select ${sql.ref(`${SCHEMA}.clock`)}() as at)`.as("moment"))
        .select("at")
        .executeTakeFirstOrThrow();
      return at.toISOString();
    },
    close: async () => (schema === SCHEMA ? await kysely.destroy().catch(fail) : undefined),
  };
}

/**
 * The database driver of Kysely, with one change: a transaction for writing takes the lock for writing when it begins.
 */
function lockingDriver(pool: Pool, schema: string): PostgresDriver {
  const begin = beginWrite(schema);
  const run = (connection: DatabaseConnection, text: string) =>
    connection.executeQuery(CompiledQuery.raw(text));
  return Object.assign(new PostgresDriver({ pool }), {
    async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
      try {
        await run(connection, settings.accessMode === "read only" ? BEGIN_READ : begin);
      } catch (thrown) {
        // The transaction has begun but did not get the lock, so it is rolled back.
        await run(connection, "rollback").catch(() => {});
        throw thrown;
      }
    },
    async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
      // If the connection is lost, PostgreSQL rolls back by itself. An error of this rollback would hide the first
      // error.
      await run(connection, "rollback").catch(() => {});
    },
  });
}

/**
 * Makes text columns sort by bytes and not by the rules of a language. SQLite does the same, and this program compares
 * times, ids and cursors that way.
 */
const BYTEWISE: KyselyPlugin = {
  transformQuery({ node }) {
    if (node.kind === "CreateTableNode") {
      return { ...node, columns: node.columns.map(bytewise) };
    }
    if (node.kind === "AlterTableNode") {
      const { columnAlterations = [] } = node;
      const altered = columnAlterations.map((each) =>
        each.kind === "AddColumnNode" ? { ...each, column: bytewise(each.column) } : each,
      );
      return { ...node, ...(altered.length > 0 && { columnAlterations: altered }) };
    }
    return node;
  },
  transformResult: async ({ result }) => result,
};

function bytewise(column: ColumnDefinitionNode): ColumnDefinitionNode {
  const isText = DataTypeNode.is(column.dataType) && column.dataType.dataType === "text";
  return isText ? { ...column, dataType: RawNode.createWithSql('text collate "C"') } : column;
}

function fail(thrown: unknown): never {
  throw postgresFailure(thrown);
}
