import { createHash, randomBytes } from "node:crypto";
import type { JWTPayload } from "jose";
import { z } from "zod";
import { APPROVE_SCOPE } from "../../domain/approvers.ts";
import { AppError, toAppError } from "../../domain/error.ts";
import type { Log } from "../../domain/runtime.ts";
import { NO_TENANT_TEXT, type SignIn, type Tenancy } from "../../domain/sign-in.ts";
import { clean } from "../../domain/text.ts";
import { personOf, scopesOf } from "./claims.ts";
import type { Endpoints, Issuer, Issuers } from "./issuers.ts";
import { prefixed } from "./resource-gate.ts";
import { verifySigned } from "./verifier.ts";

export interface SignInDeps {
  readonly issuers: Issuers;
  /** The issuer's name in the settings. */
  readonly issuer: string;
  readonly clientId: string;
  /** The client's secret at the issuer. null if there is none; then only PKCE protects the sign-in. */
  readonly clientSecret: string | null;
  readonly redirectUri: string;
  /**
   * Whether the issuer must give a person the scope to approve. If the policy file lists the approvers, the scope is
   * not needed.
   */
  readonly asksScope: boolean;
  readonly scopePrefix: string;
  readonly subjectClaims: readonly string[];
  /** null: the service has no tenants. */
  readonly tenancy?: Tenancy | null;
  /** The network: `fetch` of Node. */
  readonly get: typeof globalThis.fetch;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Log;
}

const TIMEOUT_MS = 10_000;

/**
 * Signs people in by OpenID Connect: authorization code with PKCE (RFC 7636), state and nonce. The tokens are not
 * stored. The person is identified by the same claims as in access tokens.
 */
export function createSignIn(deps: SignInDeps): SignIn {
  const scopes = [
    "openid",
    "profile",
    "email",
    ...(deps.asksScope ? [prefixed(APPROVE_SCOPE, deps.scopePrefix)] : []),
  ];
  return {
    async begin({ again }) {
      const { endpoints } = await requireIssuer(deps);
      const pending = { state: unguessable(), nonce: unguessable(), verifier: unguessable() };
      const address = new URL(endpoints.authorization);
      const asked = {
        response_type: "code",
        client_id: deps.clientId,
        redirect_uri: deps.redirectUri,
        scope: scopes.join(" "),
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: createHash("sha256").update(pending.verifier).digest("base64url"),
        code_challenge_method: "S256",
        ...(again && { prompt: "login" }),
      };
      for (const [name, value] of Object.entries(asked)) address.searchParams.set(name, value);
      return { address: address.href, pending };
    },
    async finish(answer, pending) {
      const { issuer, endpoints } = await requireIssuer(deps);
      const code = codeIn(answer, pending.state, issuer, endpoints);
      const tokens = await redeem(code, pending.verifier, endpoints, deps);
      const claims = await idClaims(tokens.id_token, pending.nonce, issuer, deps);
      const profile = await profileOf(claims, tokens.access_token, endpoints, deps);
      const person = personOf(profile, issuer.name, deps.subjectClaims, deps.tenancy);
      if (person === null) {
        const wanted = deps.subjectClaims.join(",");
        deps.log(
          "warn",
          { expected: wanted, got: Object.keys(claims) },
          "an id token does not identify a person",
        );
        throw refused(`The issuer's id token does not say who you are: it must have the claims ${wanted}.`);
      }
      if (deps.tenancy && person.tenant === undefined) {
        deps.log("warn", { claim: deps.tenancy.claim, subject: person.id }, "a person has no tenant here");
        throw new AppError("UNAUTHENTICATED", NO_TENANT_TEXT, { next: "Sign in with another account." });
      }
      return { person, mayApprove: isAllowed(claims, tokens.scope, deps.scopePrefix) };
    },
  };
}

async function requireIssuer(deps: SignInDeps): Promise<{ issuer: Issuer; endpoints: Endpoints }> {
  const issuer = await deps.issuers.find(deps.issuer);
  if (issuer?.endpoints) return { issuer, endpoints: issuer.endpoints };
  throw new AppError("UPSTREAM_CONTRACT", `The issuer ${deps.issuer} publishes no sign-in addresses.`, {
    next: "Use an issuer with OpenID Connect Discovery.",
  });
}

/** Reads the code in the issuer's answer. The answer must belong to this sign-in and this issuer (RFC 9207). */
function codeIn(
  answer: Readonly<Record<string, unknown>>,
  state: string,
  issuer: Issuer,
  { namesItself }: Endpoints,
): string {
  const { code, error, iss } = answer;
  if (answer["state"] !== state) throw refused("This answer does not belong to the sign-in of this browser.");
  if (iss === undefined ? namesItself : iss !== issuer.name)
    throw refused("This answer does not come from the issuer at which the sign-in began.");
  if (typeof error === "string") throw refused(`The issuer did not sign you in (${clean(error, 60)}).`);
  if (typeof code === "string" && code !== "") return code;
  throw refused("The issuer sent no code.");
}

const tokenAnswer = z.object({
  id_token: z.string(),
  access_token: z.string().optional(),
  scope: z.string().optional(),
});

/** Exchanges the code for tokens, by a request from this server to the issuer. */
async function redeem(
  code: string,
  verifier: string,
  { token, secretInHeader }: Endpoints,
  deps: SignInDeps,
): Promise<z.infer<typeof tokenAnswer>> {
  const { clientId, clientSecret, redirectUri } = deps;
  const form = new URLSearchParams({
    grant_type: "authorization_code",
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
  });
  const headers: Record<string, string> = { accept: "application/json" };
  if (clientSecret !== null && secretInHeader) headers["authorization"] = basic(clientId, clientSecret);
  else {
    form.set("client_id", clientId);
    if (clientSecret !== null) form.set("client_secret", clientSecret);
  }
  const { ok, body } = await ask(token, { method: "POST", body: form, headers }, deps);
  if (!ok) {
    const { error } = z.object({ error: z.string() }).catch({ error: "unknown" }).parse(body);
    deps.log("error", { error: clean(error, 60) }, "the issuer refused the code of a sign-in");
    const why =
      error === "invalid_client"
        ? "The issuer does not accept this server's client. Ask the administrator to run `doctor`, which shows the reason."
        : `The issuer refused this sign-in (${clean(error, 60)}).`;
    throw refused(why, { error });
  }
  const read = tokenAnswer.safeParse(body);
  if (read.success) return read.data;
  throw refused("The issuer's answer has no id token.");
}

/**
 * The claims of the id token. It must be signed by the issuer, for this client and for this sign-in (OpenID Connect
 * Core 3.1.3.7).
 */
async function idClaims(
  token: string,
  nonce: string,
  issuer: Issuer,
  { clientId, now, log }: SignInDeps,
): Promise<JWTPayload> {
  let claims: JWTPayload;
  try {
    claims = await verifySigned(token, issuer.keys, {
      issuer: issuer.name,
      audience: clientId,
      requiredClaims: ["sub", "exp", "iat"],
      currentDate: new Date(now()),
    });
  } catch (thrown) {
    log("warn", { err: thrown }, "an id token was refused");
    throw refused("The issuer's id token is not valid.");
  }
  const party = claims["azp"];
  const isForUs =
    party === undefined ? !Array.isArray(claims.aud) || claims.aud.length === 1 : party === clientId;
  if (!isForUs || claims["nonce"] !== nonce) {
    log("warn", { azp: party, nonce: claims["nonce"] === nonce }, "an id token was refused");
    throw refused("The issuer's id token belongs to another sign-in.");
  }
  return claims;
}

/**
 * The claims about the person. If the id token has no name or email, both are read from the issuer's userinfo. The
 * claims that identify the person always come from the id token.
 */
async function profileOf(
  claims: JWTPayload,
  accessToken: string | undefined,
  { userinfo }: Endpoints,
  deps: SignInDeps,
): Promise<JWTPayload> {
  if (claims["email"] !== undefined || userinfo === null || accessToken === undefined) return claims;
  const headers = { authorization: `Bearer ${accessToken}`, accept: "application/json" };
  const { ok, body } = await ask(userinfo, { headers }, deps).catch(() => ({ ok: false, body: null }));
  const told = z.looseObject({ sub: z.string() }).safeParse(body);
  if (!ok || !told.success || told.data.sub !== claims.sub) return claims;
  const { name, preferred_username, email, email_verified } = told.data;
  return { ...claims, name: claims["name"] ?? name, preferred_username, email, email_verified };
}

/** Whether the issuer allows the person to approve, by the scope or by a role or permission with the same name. */
function isAllowed(claims: JWTPayload, scope: string | undefined, prefix: string): boolean {
  const told = [
    ...scopesOf({ scope, scp: claims["scp"] }, prefix),
    ...scopesOf({ scope: claims["roles"], scp: claims["permissions"] }, prefix),
  ];
  return told.includes(APPROVE_SCOPE);
}

async function ask(
  address: string,
  how: RequestInit,
  { get, log }: SignInDeps,
): Promise<{ readonly ok: boolean; readonly body: unknown }> {
  try {
    const answer = await get(address, { ...how, redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS) });
    return { ok: answer.ok, body: await answer.json().catch(() => null) };
  } catch (thrown) {
    log("error", { reason: toAppError(thrown).message }, "the issuer did not answer a sign-in");
    throw new AppError("UPSTREAM_UNAVAILABLE", "The issuer does not answer.", {
      retry: "later",
      next: "Sign in again in a moment.",
    });
  }
}

/** The header with client id and secret, both encoded like the fields of a form first (RFC 6749 2.3.1). */
function basic(clientId: string, secret: string): string {
  const encoded = [clientId, secret].map((part) => new URLSearchParams({ p: part }).toString().slice(2));
  return `Basic ${Buffer.from(encoded.join(":")).toString("base64")}`;
}

function refused(message: string, details: Readonly<Record<string, string>> = {}): AppError {
  return new AppError("UNAUTHENTICATED", message, { next: "Sign in again.", details });
}

function unguessable(): string {
  return randomBytes(32).toString("base64url");
}
