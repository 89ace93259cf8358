import type { ClientKind, ClientOptions, Endpoint, TestClient } from "./client.ts";
import { connectV1 } from "./client-v1.ts";
import { connectV2 } from "./client-v2.ts";

/** Connects a client of one kind; a question that nobody answers fails the test by its time limit. */
export function connect(
  kind: ClientKind,
  endpoint: Endpoint,
  options: ClientOptions = {},
): Promise<TestClient> {
  return kind.sdk === "v1" ? connectV1(endpoint, options) : connectV2(kind.era, endpoint, options);
}
