import { sql } from "kysely";
import { describe, expect, it, onTestFinished } from "vitest";
import { appliedRows, cursorOf } from "../../src/store/applied.ts";
import { counted } from "../../src/store/destructive.ts";
import { migrate } from "../../src/store/migrate.ts";
import type { ReadTx } from "../../src/store/schema.ts";
import { openSqlite } from "../../src/store/sqlite.ts";
import { at } from "./fixtures.ts";

interface Explainable {
  explain(format: undefined, expression: ReturnType<typeof sql>): Promise<unknown[]>;
}

/** How SQLite would answer a query on the store's tables, step by step (https://www.sqlite.org/eqp.html). */
async function steps(query: (tx: ReadTx) => Explainable): Promise<readonly string[]> {
  const database = await openSqlite(":memory:");
  onTestFinished(() => database.close());
  await migrate(database, () => 0);
  const rows = await database.read((tx) => query(tx).explain(undefined, sql`query plan`));
  return (rows as { detail: string }[]).map(({ detail }) => detail);
}

const before = cursorOf({ at: at(1), runId: "run_1", index: 3 });

describe("SQLite", () => {
  it.each([
    ["in all workspaces", {}, "effects_applied"],
    ["in all workspaces, a later page", { before }, "effects_applied"],
    ["in one workspace", { idOrganization: "w1" }, "effects_applied_in"],
    ["in one workspace, a later page", { idOrganization: "w1", since: at(0), before }, "effects_applied_in"],
  ])("reads a page of what was applied %s from an index in order", async (_, query, index) => {
    const plan = await steps((tx) => appliedRows(tx, "remove_board_member", { ...query, limit: 25 }));
    expect(plan).toEqual([expect.stringMatching(`^SEARCH effects USING COVERING INDEX ${index} `)]);
    expect(plan[0]).toContain("applied_at");
  });

  it.each(["runs.principal", "effects.id_organization"] as const)(
    "counts destructive effects by %s among those that were sent lately or may be sent",
    async (column) => {
      const plan = await steps((tx) => counted(tx, at(0), { column, value: "x" }));
      const read = plan.filter((step) => / effects /.test(step));
      const index = "SEARCH effects USING INDEX effects_counted";
      expect(read).toEqual([
        `${index} (destructive=? AND state=? AND sent_at>?)`,
        `${index} (destructive=? AND state=?)`,
      ]);
      expect(plan.filter((step) => step.startsWith("SCAN"))).toEqual([]);
    },
  );
});
