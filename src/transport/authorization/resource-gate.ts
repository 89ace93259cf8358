import type { ServerResponse } from "node:http";
import { type OAuthTokenVerifier, OAuthError, OAuthErrorCode } from "@modelcontextprotocol/server";
import type { Log } from "../../domain/runtime.ts";
import { NO_TENANT_TEXT, type Tenancy } from "../../domain/sign-in.ts";
import { signedInBy } from "../../server/call/identity.ts";
import type { NeededScope } from "../../server/scopes.ts";
import { bearerIn, type Gate, type GateCall } from "../gate.ts";
import { refuse } from "../refusal.ts";
import type { Issuers } from "./issuers.ts";

export interface ResourceGateDeps {
  readonly verifier: OAuthTokenVerifier;
  readonly issuers: Pick<Issuers, "names">;
  readonly needed: NeededScope;
  /** The URL of this server for clients, without `/mcp`. */
  readonly publicUrl: () => string;
  /** The scopes that clients ask for at the sign-in. */
  readonly scopes: readonly string[];
  readonly scopePrefix: string;
  /** null: the service has no tenants. */
  readonly tenancy?: Tenancy | null;
  readonly log: Log;
}

/** Accepts only people who signed in at an issuer, as MCP defines it for a resource server (RFC 6750, RFC 9728). */
export function createResourceGate(deps: ResourceGateDeps): Gate {
  const atSignIn = deps.scopes.map((scope) => prefixed(scope, deps.scopePrefix));

  function unauthorized(response: ServerResponse, why: string | null): void {
    const parts = why === null ? {} : { error: "invalid_token", error_description: why };
    const challenge = {
      ...parts,
      scope: atSignIn.join(" "),
      resource_metadata: metadataUrl(deps.publicUrl()),
    };
    response.setHeader("WWW-Authenticate", challengeText(challenge));
    refuse(
      response,
      401,
      `${why ?? "No access token was sent."} Sign in again at the issuer of this server.`,
    );
  }

  return {
    knowsCallers: true,
    async admit(request, response) {
      const token = bearerIn(request);
      if (token === null) {
        unauthorized(response, request.headers.authorization === undefined ? null : NO_BEARER);
        return false;
      }
      try {
        const auth = await deps.verifier.verifyAccessToken(token);
        if (deps.tenancy && signedInBy(auth)?.tenant === undefined) {
          const from = { ip: request.ip, subject: signedInBy(auth)?.id, client: auth.clientId };
          deps.log("warn", { ...from, claim: deps.tenancy.claim }, "a person has no tenant here");
          refuse(response, 403, NO_TENANT_TEXT);
          return false;
        }
        request.auth = auth;
        return true;
      } catch (thrown) {
        if (!OAuthError.isInstance(thrown)) throw thrown;
        if (thrown.code === INVALID_TOKEN) unauthorized(response, thrown.message);
        else {
          response.setHeader("Retry-After", "10");
          refuse(response, 503, thrown.message);
        }
        return false;
      }
    },
    async permit(request, response, call) {
      const { auth } = request;
      const signedIn = signedInBy(auth);
      if (!auth || !signedIn) return false;
      const messages: readonly unknown[] = Array.isArray(call.body) ? call.body : [call.body];
      const needed = new Set<string>();
      for (const message of messages) needed.add((await deps.needed(message, signedIn)) ?? "");
      const missing = [...needed].filter((scope) => scope !== "" && !auth.scopes.includes(scope));
      if (missing.length === 0) return true;
      const from = { ip: request.ip, subject: signedIn.id, client: auth.clientId };
      deps.log("warn", { ...from, missing, got: auth.scopes }, "an access token lacks a scope");
      challengeScope(response, missing, auth.scopes, call);
      return false;
    },
    async metadata() {
      return {
        resource: `${deps.publicUrl()}/mcp`,
        resource_name: "Trello Identity",
        authorization_servers: await deps.issuers.names(),
        scopes_supported: atSignIn,
        bearer_methods_supported: ["header"],
      };
    },
  };

  /**
   * Refuses a call because scopes are missing, and names the scopes that the client must ask for. A client with
   * protocol version 2026-07-28 or newer keeps the scopes that it has, so only the missing scopes are named. An older
   * client gives up the scopes that it has, so these scopes are named too.
   */
  function challengeScope(
    response: ServerResponse,
    missing: readonly string[],
    held: readonly string[],
    { legacy, body }: GateCall,
  ): void {
    const asked = (legacy ? [...held, ...missing] : missing).map((scope) =>
      prefixed(scope, deps.scopePrefix),
    );
    const names = missing.join(" and ");
    response.setHeader(
      "WWW-Authenticate",
      challengeText({
        error: "insufficient_scope",
        error_description: `The call needs the scope ${names}.`,
        scope: asked.join(" "),
        resource_metadata: metadataUrl(deps.publicUrl()),
      }),
    );
    const text = `The call needs the scope ${names}, which this sign-in does not have. Nothing was done. Next: disconnect this server in the client, connect it again, and allow the scope ${missing.map((scope) => prefixed(scope, deps.scopePrefix)).join(" ")}.`;
    refuse(response, 403, text, -32_003, idOf(body));
  }
}

const INVALID_TOKEN: string = OAuthErrorCode.InvalidToken;
const NO_BEARER = "The Authorization header has no bearer token.";

/** The URL of the metadata about `${publicUrl}/mcp` (RFC 9728 section 3.1). */
function metadataUrl(publicUrl: string): string {
  const { origin, pathname } = new URL(publicUrl);
  return `${origin}/.well-known/oauth-protected-resource${pathname.replace(/\/$/, "")}/mcp`;
}

/** The name of a scope with the prefix that the issuer needs. */
export function prefixed(scope: string, prefix: string): string {
  return scope.startsWith("identity:") ? `${prefix}${scope}` : scope;
}

function challengeText(facts: Readonly<Record<string, string>>): string {
  const parts = Object.entries(facts).map(
    ([name, value]) => `${name}="${value.replace(/["\\]|[^\x20-\x7e]/g, "")}"`,
  );
  return `Bearer ${parts.join(", ")}`;
}

function idOf(body: unknown): string | number | null {
  const id = typeof body === "object" && body !== null && "id" in body ? body.id : null;
  return typeof id === "string" || typeof id === "number" ? id : null;
}
