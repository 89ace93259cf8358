import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import Database from "libsql";

/** What an earlier version left in a store, by the version of its tables; the files were written by that version. */
const OLD = { 1: "version-1.sql" } as const;

/** Writes a store file as an earlier version of the product left it. */
export function writeOldStore(path: string, version: keyof typeof OLD): void {
  const database = new Database(path);
  database.exec(readFileSync(fileURLToPath(new URL(`old/${OLD[version]}`, import.meta.url)), "utf8"));
  database.close();
}
