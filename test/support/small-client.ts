import { afterEach } from "vitest";
import type { ClientKind, ClientOptions, TestClient } from "./client.ts";
import { connect } from "./connect.ts";
import { type PlannedEngine, type PlannedOptions, startPlannedEngine } from "./planned-engine.ts";
import { createSmallServer, type LogLine } from "./small-server.ts";

/** Every client kind, in this process. */
export const KINDS: readonly ClientKind[] = [
  { sdk: "v2", era: "modern" },
  { sdk: "v2", era: "legacy" },
  { sdk: "v1", era: "legacy" },
];

export interface SmallClient extends PlannedEngine {
  readonly client: TestClient;
  readonly logs: readonly LogLine[];
}

/** Connects clients to a small server, each with an engine and a sandbox of its own; all end after each test of the file. */
export function smallClients() {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const each of open.splice(0).toReversed()) await each.close();
  });
  return async (
    kind: ClientKind,
    planned: PlannedOptions = {},
    options: ClientOptions = {},
  ): Promise<SmallClient> => {
    const engine = await startPlannedEngine(planned);
    open.push(engine);
    const { factory, logs } = createSmallServer(engine);
    const client = await connect(kind, { kind: "memory", factory }, options);
    open.push(client);
    // A client validates results, errors too, against the output schemas of the tools that it has listed.
    await client.listTools();
    return { ...engine, logs, client };
  };
}
