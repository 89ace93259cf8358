import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  Client,
  ClientCredentialsProvider,
  StreamableHTTPClientTransport,
} from "@modelcontextprotocol/client";
import { exportJWK, generateKeyPair } from "jose";
import { expect, onTestFinished, test } from "vitest";
import { AUDIENCE, startGuarded } from "./guarded.ts";

interface ProviderModule {
  readonly Provider: new (
    issuer: string,
    settings: object,
  ) => { callback(): Parameters<typeof createServer>[1] };
}

/** A certified authorization server, with one client that signs in for itself. */
async function startProvider(scope: string): Promise<string> {
  // @ts-expect-error -- the package has no types of its own
  const { Provider } = (await import("oidc-provider")) as ProviderModule;
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const provider = new Provider(issuer, {
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: "k", alg: "RS256", use: "sig" }] },
    clients: [
      {
        client_id: "robot",
        client_secret: "a-secret-for-tests",
        grant_types: ["client_credentials"],
        redirect_uris: [],
        response_types: [],
      },
    ],
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => AUDIENCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({ scope, audience: AUDIENCE, accessTokenFormat: "jwt" }),
      },
    },
  });
  const serve = provider.callback();
  if (serve) server.on("request", serve);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return issuer;
}

test("a client of the SDK finds the issuer by itself, signs in there and calls; a scope that it lacks is asked for", async () => {
  const issuer = await startProvider("identity:read identity:write");
  const guarded = await startGuarded({ issuers: [issuer] });
  onTestFinished(() => guarded.close());
  const authProvider = new ClientCredentialsProvider({
    clientId: "robot",
    clientSecret: "a-secret-for-tests",
    expectedIssuer: issuer,
    scope: "identity:read identity:write",
  });
  const client = new Client({ name: "robot", version: "1" });
  await client.connect(new StreamableHTTPClientTransport(new URL(guarded.server.url), { authProvider }));
  onTestFinished(() => client.close());
  const { content } = await client.callTool({ name: "look", arguments: { name: "x" } });
  expect(JSON.stringify(content)).toContain("Seen: x");
  await client.callTool({ name: "rename_thing", arguments: { thing: "x" } });
  expect(guarded.callers.at(-1)?.subject?.id).toBe(`${issuer}#robot`);
  const held = guarded.held.length;
  await expect(client.callTool({ name: "remove_thing", arguments: { thing: "x" } })).rejects.toThrow(
    /scope/i,
  );
  expect(guarded.held).toHaveLength(held);
});
