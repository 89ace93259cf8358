import { parseConnections } from "../../src/config/connections.ts";
import type { RosterConnection } from "../../src/domain/roster.ts";
import type { Sandbox } from "../../src/sandbox/index.ts";

/** The connections to the vendors of a sandbox, as its connections file names them. */
export async function connectionsOf({
  connections,
}: Pick<Sandbox, "connections">): Promise<readonly RosterConnection[]> {
  const parsed = await parseConnections(connections.file, {
    env: connections.env,
    readFile: () => Promise.reject(new Error("no file")),
    path: "/nowhere/connections.yaml",
  });
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.rosters;
}
