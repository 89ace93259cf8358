import { join } from "node:path";
import { newDatabase, SERVER_VARIABLE } from "../postgres/databases.ts";

/** Where the store of a test lies: a file of the folder, or a database of its own for `npm run test:postgres`. */
export async function newPlace(folder: string, name = "identity"): Promise<string> {
  return process.env[SERVER_VARIABLE] === undefined ? join(folder, `${name}.db`) : await newDatabase();
}
