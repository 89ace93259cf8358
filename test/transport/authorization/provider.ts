import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";

interface Grant {
  addOIDCScope(scope: string): void;
  rejectOIDCScope(scope: string): void;
  save(): Promise<unknown>;
}
interface GrantContext {
  readonly oidc: {
    readonly session: { readonly accountId: string };
    readonly client: { readonly clientId: string };
  };
}
interface Provider {
  callback(): RequestListener;
  readonly Grant: new (who: { readonly accountId: string; readonly clientId: string }) => Grant;
}
interface ProviderModule {
  readonly Provider: new (issuer: string, settings: object) => Provider;
}

/** A certified authorization server on loopback, at which people sign in by their name and any password. */
export interface PeopleProvider {
  readonly issuer: string;
  /** An access token for the audience, as the issuer would sign it. */
  token(claims: JWTPayload): Promise<string>;
  close(): Promise<void>;
}

export const PAGE_CLIENT = { id: "approval-page", secret: "a:secret+with%signs/in" };

/** `mayApprove`: the people to whom the issuer gives the scope to decide, if it is asked for. */
export async function startPeopleProvider(options: {
  readonly redirectUri: string;
  readonly mayApprove?: readonly string[];
  /** Without a secret. */
  readonly isPublic?: boolean;
  /** A further claim of id tokens, by person. */
  readonly tenants?: { readonly claim: string; readonly of: Readonly<Record<string, string>> };
}): Promise<PeopleProvider> {
  const { redirectUri, mayApprove = [], isPublic = false, tenants = { claim: "sub", of: {} } } = options;
  // @ts-expect-error -- the package has no types of its own
  const { Provider } = (await import("oidc-provider")) as ProviderModule;
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const provider: Provider = new Provider(issuer, {
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: "k", alg: "RS256", use: "sig" }] },
    cookies: { keys: ["a key for tests"] },
    clients: [
      {
        client_id: PAGE_CLIENT.id,
        ...(isPublic ? { token_endpoint_auth_method: "none" } : { client_secret: PAGE_CLIENT.secret }),
        redirect_uris: [redirectUri],
      },
    ],
    scopes: ["openid", "offline_access", "identity:approve"],
    claims: { openid: ["sub", tenants.claim], profile: ["name"], email: ["email", "email_verified"] },
    pkce: { required: () => true },
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: () => ({
        [tenants.claim]: tenants.of[id],
        sub: id,
        name: `${id} of IT`,
        email: `${id}@example.com`,
        email_verified: true,
      }),
    }),
    async loadExistingGrant({ oidc: { session, client } }: GrantContext) {
      const { accountId } = session;
      const grant = new provider.Grant({ accountId, clientId: client.clientId });
      grant.addOIDCScope("openid profile email");
      if (mayApprove.includes(accountId)) grant.addOIDCScope("identity:approve");
      else grant.rejectOIDCScope("identity:approve");
      await grant.save();
      return grant;
    },
  });
  server.on("request", provider.callback());
  return {
    issuer,
    token: (claims) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: "RS256", kid: "k", typ: "at+jwt" })
        .setIssuer(issuer)
        .setExpirationTime("10m")
        .sign(privateKey),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
