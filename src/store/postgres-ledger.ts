import { type Ledger, LONGEST_PAUSE_MS } from "../domain/budget.ts";
import { joined, MARGIN_MS } from "./charges.ts";
import { type Pool, postgresFailure, SCHEMA } from "./postgres-connection.ts";

/**
 * Until its answer arrives, a request counts in its rate budgets as if it were sent at the present moment. This lasts
 * at most 45 s: 10 s to connect and 35 s for the answer. If a process ends, its requests without an answer count longer
 * than needed, never shorter.
 */
const OPEN_MS = 45_000;

/**
 * For one rate window (at most 15 s) after a start of PostgreSQL, no request is sent. The clock may have changed, and
 * the newest counts of requests may be lost, because they were not yet on the disk.
 */
const RESTART_MS = 15_000;

/** Counts of requests that were not used for a day are deleted. Every rate window is shorter than a day. */
const ABANDONED = "1 day";

/**
 * The tables of rate budgets. Before the time `not_before`, a budget allows no request. An upstream's answer or a start
 * of PostgreSQL sets `not_before`.
 */
export const LEDGER_TABLES = `
  create table if not exists ${SCHEMA}.budgets (
    id text collate "C" primary key,
    server timestamptz not null,
    not_before timestamptz not null
  );
  create table if not exists ${SCHEMA}.starts (
    id bigint generated always as identity primary key,
    budget text collate "C" not null references ${SCHEMA}.budgets (id) on delete cascade,
    at timestamptz not null,
    cost integer not null,
    open boolean not null
  );
  create index if not exists starts_budget on ${SCHEMA}.starts (budget, at);
`;

/**
 * The functions in the database that count requests, by name. A changed function gets a new name, because servers of
 * two versions may use the same database. Each function locks its budgets in the order of their ids and then reads the
 * clock.
 */
export const LEDGER_FUNCTIONS: Readonly<Record<string, string>> = {
  // The clock of the database. It is a function, so that tests can replace it.
  clock: `create function ${SCHEMA}.clock() returns timestamptz language sql volatile as 'select clock_timestamp()'`,

  // Locks rate budgets and corrects their rows. If a stored time is later than every time that could be stored now, the
  // clock was set back. The stored time is then replaced by the latest time that could be stored now, so no wait is too
  // short.
  budget_lock_1: `create function ${SCHEMA}.budget_lock_1(ids text[], spans interval[]) returns timestamptz language plpgsql as $$
declare t timestamptz; started timestamptz := pg_postmaster_start_time();
begin
  perform set_config('synchronous_commit', 'off', true);
  insert into ${SCHEMA}.budgets (id, server, not_before)
    select wanted, started, '-infinity' from unnest(ids) wanted order by wanted on conflict do nothing;
  perform from ${SCHEMA}.budgets where id = any(ids) order by id for update;
  t := ${SCHEMA}.clock();
  update ${SCHEMA}.budgets b set server = started, not_before = greatest(b.not_before, t + least(w.span, interval '${RESTART_MS} ms'))
    from unnest(ids, spans) w(id, span) where b.id = w.id and b.server <> started;
  update ${SCHEMA}.budgets set not_before = t + interval '${LONGEST_PAUSE_MS} ms'
    where id = any(ids) and not_before > t + interval '${LONGEST_PAUSE_MS} ms';
  update ${SCHEMA}.starts set at = case when open then t + interval '${OPEN_MS} ms' else t end
    where budget = any(ids) and at > case when open then t + interval '${OPEN_MS} ms' else t end;
  return t;
end $$`,

  // Counts a request in every budget and returns 0. If one budget is full, counts nothing and returns the milliseconds
  // to wait.
  budget_take_1: `create function ${SCHEMA}.budget_take_1(ids text[], costs integer[], limits integer[], spans interval[]) returns float8 language plpgsql as $$
declare t timestamptz; ready timestamptz; shut timestamptz; over bigint; i integer; s record;
begin
  t := ${SCHEMA}.budget_lock_1(ids, spans);
  ready := t;
  for i in 1 .. cardinality(ids) loop
    select not_before into shut from ${SCHEMA}.budgets where id = ids[i];
    ready := greatest(ready, shut);
    delete from ${SCHEMA}.starts where budget = ids[i] and at <= t - spans[i];
    select coalesce(sum(cost), 0) + costs[i] - limits[i] into over from ${SCHEMA}.starts where budget = ids[i];
    if over > 0 then
      -- One whose answer has not come counts from now at the earliest.
      for s in select least(at, t) as at, cost from ${SCHEMA}.starts where budget = ids[i] order by 1 loop
        over := over - s.cost;
        if over <= 0 then
          ready := greatest(ready, s.at + spans[i]);
          exit;
        end if;
      end loop;
    end if;
  end loop;
  if ready > t then return extract(epoch from ready - t) * 1000; end if;
  for i in 1 .. cardinality(ids) loop
    insert into ${SCHEMA}.starts (budget, at, cost, open) values (ids[i], t + interval '${OPEN_MS} ms', costs[i], true);
  end loop;
  return 0;
end $$`,

  // Called when an answer has arrived. In each budget, one request without an answer gets the present time. The newest
  // such request is chosen, so that the requests of a process that has ended become old.
  budget_answered_1: `create function ${SCHEMA}.budget_answered_1(ids text[], costs integer[], spans interval[]) returns void language plpgsql as $$
declare t timestamptz; i integer;
begin
  t := ${SCHEMA}.budget_lock_1(ids, spans);
  for i in 1 .. cardinality(ids) loop
    update ${SCHEMA}.starts set at = t, open = false where id = (
      select id from ${SCHEMA}.starts where budget = ids[i] and cost = costs[i] and open order by at desc, id desc limit 1
    );
  end loop;
end $$`,

  budget_pause_1: `create function ${SCHEMA}.budget_pause_1(wanted text, pause interval) returns void language plpgsql as $$
declare t timestamptz;
begin
  t := ${SCHEMA}.budget_lock_1(array[wanted], array[interval '0']);
  update ${SCHEMA}.budgets set not_before = greatest(not_before, t + least(pause, interval '${LONGEST_PAUSE_MS} ms')) where id = wanted;
end $$`,
};

const REMAINING = `
  select case when b.not_before > now.t then 0 else greatest(0, w.most - coalesce(
    (select sum(cost) from ${SCHEMA}.starts s where s.budget = w.id and s.at > now.t - w.span), 0)) end as left
  from unnest($1::text[], $2::integer[], $3::interval[]) with ordinality w(id, most, span, n)
  cross join (select ${SCHEMA}.clock() as t) now
  left join ${SCHEMA}.budgets b on b.id = w.id
  order by w.n`;

/**
 * The rate budgets of all processes that use one PostgreSQL database. The time of each request is stored, on the
 * database's clock. Counting a request is one statement that does not wait for the disk and takes less than a
 * millisecond.
 */
export async function openPostgresLedger(pool: Pool): Promise<Ledger> {
  await pool.query(`delete from ${SCHEMA}.starts where at < ${SCHEMA}.clock() - interval '${ABANDONED}'`);
  const ask = <Row extends object>(text: string, values: readonly unknown[]): Promise<readonly Row[]> =>
    pool.query<Row>(text, [...values]).then(
      ({ rows }) => rows,
      (thrown: unknown) => {
        throw postgresFailure(thrown);
      },
    );
  const span = (windowMs: number) => `${windowMs + MARGIN_MS} ms`;
  return {
    async take(budgets) {
      const wanted = joined(budgets);
      const [row] = await ask<{ wait: number }>(`select ${SCHEMA}.budget_take_1($1, $2, $3, $4) as wait`, [
        wanted.map(({ budget }) => budget.id),
        wanted.map(({ cost }) => cost),
        wanted.map(({ budget }) => budget.limit),
        wanted.map(({ budget }) => span(budget.windowMs)),
      ]);
      return Math.ceil(row?.wait ?? 0);
    },
    async answered(budgets) {
      const wanted = joined(budgets);
      await ask(`select ${SCHEMA}.budget_answered_1($1, $2, $3)`, [
        wanted.map(({ budget }) => budget.id),
        wanted.map(({ cost }) => cost),
        wanted.map(({ budget }) => span(budget.windowMs)),
      ]);
    },
    async pause(id, ms) {
      await ask(`select ${SCHEMA}.budget_pause_1($1, $2)`, [id, `${Math.min(ms, LONGEST_PAUSE_MS)} ms`]);
    },
    async remaining(budgets) {
      const rows = await ask<{ left: string | number }>(REMAINING, [
        budgets.map(({ id }) => id),
        budgets.map(({ limit }) => limit),
        budgets.map(({ windowMs }) => span(windowMs)),
      ]);
      return rows.map(({ left }) => Number(left));
    },
  };
}
