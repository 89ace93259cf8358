import pg from "pg";
import { onTestFinished } from "vitest";

/** Where the tests' PostgreSQL is, in the environment of the tests; not set by `npm test`, which has none. */
export const SERVER_VARIABLE = "TEST_POSTGRES_URL";
/** A store that was just made. */
export const TEMPLATE = "template_store";
/** The same with a clock that stands at noon of 1 March 2026 until a test moves it. */
export const STILL_TEMPLATE = "template_still";

let made = 0;

/** The URL of a database of its own, copied from a template and removed when the test ends. */
export async function newDatabase(template = TEMPLATE): Promise<string> {
  return await databaseWith(`template ${template}`);
}

/** As `newDatabase`, made as `options` of `create database` say. */
export async function databaseWith(options: string): Promise<string> {
  made += 1;
  const name = `test_${process.pid}_${made}`;
  await asOwner(`create database ${name} ${options}`);
  onTestFinished(() => asOwner(`drop database if exists ${name} with (force)`));
  return `${serverUrl()}/${name}`;
}

/** Runs statements in the database of a URL, past the product. */
export async function query<Row extends object>(
  url: string,
  text: string,
  values?: readonly unknown[],
): Promise<readonly Row[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query<Row>(text, values && [...values])).rows;
  } finally {
    await client.end();
  }
}

async function asOwner(text: string): Promise<void> {
  await query(`${serverUrl()}/postgres`, text);
}

function serverUrl(): string {
  const url = process.env[SERVER_VARIABLE];
  if (url === undefined) throw new Error("These tests need a PostgreSQL: npm run test:postgres starts one.");
  return url;
}
