import {
  type AuthInfo,
  OAuthError,
  OAuthErrorCode,
  type OAuthTokenVerifier,
} from "@modelcontextprotocol/server";
import {
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  jwtVerify,
  type JWTVerifyOptions,
} from "jose";
import { toAppError } from "../../domain/error.ts";
import type { Log } from "../../domain/runtime.ts";
import type { Tenancy } from "../../domain/sign-in.ts";
import { clean } from "../../domain/text.ts";
import { authInfoOf } from "../../server/call/identity.ts";
import { personOf, scopesOf } from "./claims.ts";
import type { Issuer, Issuers } from "./issuers.ts";

export interface VerifierDeps {
  readonly issuers: Issuers;
  /** The accepted audiences. A token must name at least one of them. A slash at the end makes no difference. */
  readonly audiences: readonly string[];
  readonly subjectClaims: readonly string[];
  readonly scopePrefix: string;
  /** null: the service has no tenants. */
  readonly tenancy?: Tenancy | null;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Log;
}

/**
 * Signature algorithms with a private and a public key. An algorithm with a shared secret is not accepted, because an
 * attacker could use the public key as the secret (RFC 8725 2.1).
 */
const ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];
/** The issuer's clock may differ from this machine's clock by 5 seconds. */
const CLOCK_TOLERANCE_S = 5;

/**
 * Makes the check of access tokens that are JWTs (RFC 9068): issuer, audience, times and signature. Throws
 * `invalid_token` if a token is refused, and logs the reason without the token. Throws `temporarily_unavailable` if the
 * issuer's keys cannot be read.
 */
export function createTokenVerifier(deps: VerifierDeps): OAuthTokenVerifier {
  return {
    async verifyAccessToken(token) {
      const issuer = await issuerOf(token, deps);
      const payload = await verified(token, issuer, deps);
      return admitted(payload, issuer, deps);
    },
  };
}

/**
 * The configured issuer that the token names. Throws if the issuer is not configured. The signature is checked later,
 * only with the keys of this issuer.
 */
async function issuerOf(token: string, deps: VerifierDeps): Promise<Issuer> {
  let named: unknown;
  try {
    decodeProtectedHeader(token);
    named = decodeJwt(token).iss;
  } catch {
    throw refused(deps, {
      claim: "format",
      expected: "a signed JWT",
      got: "another text",
      hint: "The access token is not a signed JWT. Opaque access tokens cannot be checked by this server.",
    });
  }
  let issuer: Issuer | null;
  try {
    issuer = typeof named === "string" ? await deps.issuers.find(named) : null;
  } catch (thrown) {
    throw unavailable(deps, thrown);
  }
  if (issuer !== null) return issuer;
  throw refused(deps, {
    claim: "iss",
    expected: await deps.issuers.names(),
    got: named,
    hint: "The access token comes from an issuer that this server does not accept.",
  });
}

async function verified(token: string, { name, keys }: Issuer, deps: VerifierDeps): Promise<JWTPayload> {
  const options: JWTVerifyOptions = {
    issuer: name,
    audience: deps.audiences.flatMap((each) => [each, each.endsWith("/") ? each.slice(0, -1) : `${each}/`]),
    requiredClaims: ["exp"],
    currentDate: new Date(deps.now()),
  };
  try {
    return await verifySigned(token, keys, options);
  } catch (thrown) {
    throw explained(thrown, token, options, deps);
  }
}

/**
 * Checks a token's signature with `keys`, and its issuer, audience and times with `wanted`. Returns the token's claims.
 * Throws the errors of the library jose.
 */
export async function verifySigned(
  token: string,
  keys: Issuer["keys"],
  wanted: JWTVerifyOptions,
): Promise<JWTPayload> {
  const options = { ...wanted, algorithms: ALGORITHMS, clockTolerance: CLOCK_TOLERANCE_S };
  try {
    return (await jwtVerify(token, keys, options)).payload;
  } catch (thrown) {
    if (!(thrown instanceof errors.JWKSMultipleMatchingKeys)) throw thrown;
    // The token has no key id, so every key of the right type is tried.
    let last: unknown = thrown;
    for await (const key of thrown) {
      try {
        return (await jwtVerify(token, key, options)).payload;
      } catch (inner) {
        last = inner;
        if (!(inner instanceof errors.JWSSignatureVerificationFailed)) break;
      }
    }
    throw last;
  }
}

/** Turns an error of the library jose into the error that is answered with 401 or 503. */
function explained(
  thrown: unknown,
  token: string,
  options: JWTVerifyOptions,
  deps: VerifierDeps,
): OAuthError {
  const expected: Readonly<Record<string, unknown>> = {
    iss: options.issuer,
    aud: deps.audiences,
    exp: `after ${Math.floor(deps.now() / 1000)}`,
    nbf: `before ${Math.ceil(deps.now() / 1000)}`,
  };
  if (thrown instanceof errors.JWTExpired || thrown instanceof errors.JWTClaimValidationFailed) {
    const { claim, payload } = thrown;
    const hint =
      HINTS[thrown instanceof errors.JWTExpired ? "exp" : claim] ?? "A claim of the access token is wrong.";
    return refused(deps, { claim, expected: expected[claim] ?? "a valid value", got: payload[claim], hint });
  }
  const { alg, kid } = decodeProtectedHeader(token);
  if (thrown instanceof errors.JOSEAlgNotAllowed || thrown instanceof errors.JOSENotSupported)
    return refused(deps, { claim: "alg", expected: ALGORITHMS, got: alg, hint: HINTS["alg"] ?? "" });
  if (thrown instanceof errors.JWKSNoMatchingKey)
    return refused(deps, {
      claim: "kid",
      expected: "a key of the issuer",
      got: kid,
      hint: HINTS["kid"] ?? "",
    });
  const isTokens =
    thrown instanceof errors.JWSSignatureVerificationFailed ||
    thrown instanceof errors.JWSInvalid ||
    thrown instanceof errors.JWTInvalid;
  if (!isTokens) return unavailable(deps, thrown);
  return refused(deps, {
    claim: "signature",
    expected: "by a key of the issuer",
    got: `${alg ?? "none"} that does not fit`,
    hint: "The signature of the access token is wrong.",
  });
}

const HINTS: Readonly<Record<string, string>> = {
  iss: "The access token comes from an issuer that this server does not accept.",
  aud: "The access token is for another audience than this server.",
  exp: "The access token has expired.",
  nbf: "The access token is not valid yet.",
  alg: "The access token is signed with an algorithm that this server does not accept.",
  kid: "The access token is signed by a key that the issuer does not publish.",
};

function admitted(payload: JWTPayload, { name }: Issuer, deps: VerifierDeps): AuthInfo {
  const person = personOf(payload, name, deps.subjectClaims, deps.tenancy);
  if (person === null) {
    throw refused(deps, {
      claim: deps.subjectClaims.join(","),
      expected: "a text in each",
      got: deps.subjectClaims.filter((claim) => typeof payload[claim] === "string"),
      hint: "The access token does not identify a person.",
    });
  }
  const client = payload["azp"] ?? payload["client_id"];
  return authInfoOf(person, {
    clientId: typeof client === "string" ? client : "",
    scopes: scopesOf(payload, deps.scopePrefix),
    expiresAt: payload.exp ?? 0,
  });
}

interface Why {
  readonly claim: string;
  readonly expected: unknown;
  readonly got: unknown;
  /**
   * The reason that the client gets. It has only ASCII characters and no quotes, because it is sent in a header (RFC
   * 6750 section 3).
   */
  readonly hint: string;
}

function refused({ log }: VerifierDeps, { claim, expected, got, hint }: Why): OAuthError {
  const shown = clean(JSON.stringify(got ?? null), 300);
  log("warn", { claim, expected, got: shown }, "an access token was refused");
  return new OAuthError(OAuthErrorCode.InvalidToken, hint);
}

function unavailable({ log }: VerifierDeps, thrown: unknown): OAuthError {
  const { message } = toAppError(thrown);
  log("error", { err: thrown, reason: message }, "an access token could not be checked");
  return new OAuthError(
    OAuthErrorCode.TemporarilyUnavailable,
    "The issuer of the access token does not answer.",
  );
}
