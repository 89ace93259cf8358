import { afterEach } from "vitest";
import type { ClientKind, ClientOptions, TestClient } from "./client.ts";
import { connect } from "./connect.ts";
import { createFakeEngine, type FakeEngine, type FakeEngineOptions } from "./fake-engine.ts";
import { createFakeServer, type LogLine } from "./fake-server.ts";

/** Every client kind, in this process. */
export const KINDS: readonly ClientKind[] = [
  { sdk: "v2", era: "modern" },
  { sdk: "v2", era: "legacy" },
  { sdk: "v1", era: "legacy" },
];

export interface FakeClient extends FakeEngine {
  readonly client: TestClient;
  readonly logs: readonly LogLine[];
}

/** Connects clients to a server over an engine in memory; they are closed after each test of the file. */
export function fakeClients() {
  const open: TestClient[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((client) => client.close()));
  });
  return async (
    kind: ClientKind,
    engine: FakeEngineOptions = {},
    options: ClientOptions = {},
  ): Promise<FakeClient> => {
    const fake = createFakeEngine(engine);
    const { factory, logs } = createFakeServer(fake);
    const client = await connect(kind, { kind: "memory", factory }, options);
    // A client validates results, errors too, against the output schemas of the tools that it has listed.
    await client.listTools();
    open.push(client);
    return { ...fake, logs, client };
  };
}
