import { UNFINISHED } from "./leases.ts";
import type { ReadTx } from "./schema.ts";

/**
 * Counts the destructive effects since `since`, for the daily limits. The result has two numbers: the effects of this
 * principal, and the effects of all principals in this workspace (0 if no workspace is given). An effect that was sent
 * several times counts once.
 */
export async function countDestructive(
  tx: ReadTx,
  since: string,
  principalId: string,
  idOrganization: string | null,
  except = "",
): Promise<{ readonly principal: number; readonly workspace: number }> {
  const of = (column: CountedBy, value: string) => count(tx, counted(tx, since, { column, value, except }));
  return {
    principal: await of("runs.principal", principalId),
    workspace: idOrganization === null ? 0 : await of("effects.id_organization", idOrganization),
  };
}

/**
 * The people who lost something since `since`, in two lists: by the effects of this principal, and by the effects of
 * all principals in this workspace.
 */
export async function losersSince(
  tx: ReadTx,
  since: string,
  principalId: string,
  idOrganization: string | null,
  except = "",
): Promise<{ readonly principal: readonly string[]; readonly workspace: readonly string[] }> {
  const people = async (column: CountedBy, value: string) => {
    const rows = await tx
      .selectFrom(counted(tx, since, { column, value, except, harmless: true }).as("rows"))
      .innerJoin("effect_people", (join) =>
        join
          .onRef("effect_people.run_id", "=", "rows.run_id")
          .onRef("effect_people.effect", "=", "rows.effect"),
      )
      .select("effect_people.person")
      .distinct()
      .execute();
    return rows.map(({ person }) => person);
  };
  return {
    principal: await people("runs.principal", principalId),
    workspace: idOrganization === null ? [] : await people("effects.id_organization", idOrganization),
  };
}

type CountedBy = "runs.principal" | "effects.id_organization";

/**
 * The condition for effects that count for the daily limits.
 * Counted: effects that were sent since `since`, and effects that a started run may still send. Without the second
 * part, several runs that start together could exceed the limit.
 * Not counted: effects that were certainly not made (`failed`, or `pending` in a finished run), and the effects of the
 * run `except`.
 * With `harmless`, effects that take nothing away are counted too.
 */
export function counted(
  tx: ReadTx,
  since: string,
  {
    column,
    value,
    except = "",
    harmless = false,
  }: {
    readonly column: CountedBy;
    readonly value: string;
    readonly except?: string;
    readonly harmless?: boolean;
  },
) {
  const counting = () => {
    const rows = tx
      .selectFrom("effects")
      .innerJoin("runs", "runs.id", "effects.run_id")
      .select(["effects.run_id", "effects.effect"])
      .where(column, "=", value)
      .where("runs.id", "<>", except);
    return harmless ? rows : rows.where("effects.destructive", "=", 1);
  };
  const sent = counting()
    .where("effects.sent_at", ">=", since)
    .where("effects.state", "in", ["sent", "lost", "applied", "already"]);
  const toCome = counting()
    .where("runs.state", "in", [...UNFINISHED])
    .where("effects.state", "in", ["pending", "sent", "lost"]);
  return sent.union(toCome);
}

async function count(tx: ReadTx, rows: ReturnType<typeof counted>): Promise<number> {
  const { total } = await tx
    .selectFrom(rows.as("rows"))
    .select((of) => of.fn.countAll().as("total"))
    .executeTakeFirstOrThrow();
  return Number(total);
}
