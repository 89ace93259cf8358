import { type Connections, parseConnections } from "../../src/config/connections.ts";
import type { Sandbox } from "../../src/sandbox/index.ts";

/** The connections of a sandbox, as its connections file names them. */
async function parsedOf({ connections }: Pick<Sandbox, "connections">): Promise<Connections> {
  const parsed = await parseConnections(connections.file, {
    env: connections.env,
    readFile: () => Promise.reject(new Error("no file")),
    path: "/nowhere/connections.yaml",
  });
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed;
}

/** The connections to the vendors of a sandbox. */
export async function connectionsOf(sandbox: Pick<Sandbox, "connections">): Promise<Connections["rosters"]> {
  return (await parsedOf(sandbox)).rosters;
}

/** The connections to the applications of a sandbox. */
export async function applicationsOf(
  sandbox: Pick<Sandbox, "connections">,
): Promise<Connections["applications"]> {
  return (await parsedOf(sandbox)).applications;
}
