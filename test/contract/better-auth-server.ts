/** A second SCIM 2.0 server that is not ours: the one that Better Auth ships, over its database in memory. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { scim } from "@better-auth/scim";
import { betterAuth, type BetterAuthPlugin } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { toNodeHandler } from "better-auth/node";
import { onTestFinished } from "vitest";

/** Serves until the test ends. `isDown` answers every request with 503, as a proxy in front of it would. */
export async function startBetterAuthServer(): Promise<{
  readonly baseUrl: string;
  readonly token: string;
  isDown: boolean;
}> {
  const token = "second-independent-scim-token-0123456789";
  const plugin = scim({
    connections: [{ id: "application", credentials: [{ type: "bearer", id: "only", token }] }],
  });
  const tables = ["user", "session", "account", "verification", ...Object.keys(plugin.schema)];
  const auth = betterAuth({
    database: memoryAdapter(Object.fromEntries(tables.map((table) => [table, []]))),
    secret: "p8Zq4vXn2Lw9Rk6Ty1Bc7Hd3Mf5Gs0Jx",
    baseURL: "http://127.0.0.1",
    // Their own type leaves out that optional tables may be undefined.
    plugins: [plugin as unknown as BetterAuthPlugin],
    logger: { disabled: true },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
  });
  const handle = toNodeHandler(auth);
  const state = { baseUrl: "", token, isDown: false };
  const server = createServer((request, response) => {
    if (state.isDown) response.writeHead(503).end();
    else void handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  state.baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/auth/scim/v2`;
  return state;
}
