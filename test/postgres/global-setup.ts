import pg from "pg";
import { takesAway } from "../../src/effects/kinds.ts";
import { losersOf } from "../../src/effects/taking.ts";
import { openStore } from "../../src/store/open.ts";
import { SERVER_VARIABLE, STILL_TEMPLATE, TEMPLATE } from "./databases.ts";
import { startServer } from "./server.ts";

/** One PostgreSQL for all tests of `npm run test:postgres`, and in it the databases that every test's is copied from. */
export default async function setup(): Promise<() => Promise<void>> {
  const server = await startServer();
  process.env[SERVER_VARIABLE] = server.url;
  await run(`${server.url}/postgres`, `create database ${TEMPLATE}`);
  const deps = { now: Date.now, monotonic: () => performance.now(), isDestructive: takesAway, losersOf };
  await (await openStore(`${server.url}/${TEMPLATE}`, deps)).close();
  await run(`${server.url}/postgres`, `create database ${STILL_TEMPLATE} template ${TEMPLATE}`);
  await run(
    `${server.url}/${STILL_TEMPLATE}`,
    `create table identity.still_clock (at timestamptz not null);
     insert into identity.still_clock values ('2026-03-01T12:00:00Z');
     create or replace function identity.clock() returns timestamptz language sql volatile as 'select at from identity.still_clock'`,
  );
  return () => server.stop();
}

async function run(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(text);
  await client.end();
}
