import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from "jose";
import { z } from "zod";
import { AppError } from "../../domain/error.ts";

/** An OAuth issuer, as its discovery document describes it. */
export interface Issuer {
  /** The issuer's name, exactly as its discovery document writes it. */
  readonly name: string;
  /**
   * Returns the public key that fits a token. The keys are fetched again if a token has an unknown key id, and after
   * some time.
   */
  readonly keys: JWTVerifyGetKey;
  /** The URLs for signing in with a browser; null if the issuer has none. */
  readonly endpoints: Endpoints | null;
}

/** The URLs for signing in with a browser (OpenID Connect Discovery). */
export interface Endpoints {
  readonly authorization: string;
  readonly token: string;
  readonly userinfo: string | null;
  /** Whether the client's secret is sent in the Authorization header. If not, it is sent as a field of the form. */
  readonly secretInHeader: boolean;
  /** Whether the issuer's answers contain its name (RFC 9207). */
  readonly namesItself: boolean;
}

export interface Issuers {
  /** The configured issuer with this name; null if it is not configured. UPSTREAM_UNAVAILABLE if it does not answer. */
  find(name: string): Promise<Issuer | null>;
  /**
   * The name of each issuer, as the issuer publishes it. If an issuer does not answer, its name in the settings is
   * used.
   */
  names(): Promise<readonly string[]>;
}

export interface IssuersDeps {
  /** The names in the settings. */
  readonly issuers: readonly string[];
  /** The network: `fetch` of Node. */
  readonly get: typeof globalThis.fetch;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /**
   * After this time (ms), the issuer's keys are fetched again. Until then, a key that the issuer has revoked is still
   * accepted.
   */
  readonly keysMaxAgeMs?: number;
  /**
   * At least this time (ms) must pass between two fetches of the keys. So tokens with invented key ids cannot cause
   * many fetches.
   */
  readonly keysCooldownMs?: number;
}

const KEYS_MAX_AGE_MS = 5 * 60_000;
const KEYS_COOLDOWN_MS = 15_000;
const TIMEOUT_MS = 5000;
/**
 * How long (ms) a discovery document is used before it is read again. After a failed read, the server waits before the
 * next read.
 */
const KNOWN_MS = 3_600_000;
const FAILED_MS = 5000;

const address = z.url({ protocol: /^https?$/ });
const optionalAddress = address.optional().catch(undefined);
const document = z.object({
  issuer: z.string(),
  jwks_uri: address,
  authorization_endpoint: optionalAddress,
  token_endpoint: optionalAddress,
  userinfo_endpoint: optionalAddress,
  token_endpoint_auth_methods_supported: z.array(z.string()).optional().catch(undefined),
  authorization_response_iss_parameter_supported: z.boolean().optional().catch(undefined),
});

/** The issuers whose tokens are accepted. Their discovery documents are read (RFC 8414, OpenID Connect Discovery). */
export function createIssuers(deps: IssuersDeps): Issuers {
  const read = new Map<string, { readonly issuer: Promise<Issuer>; until: number }>();

  async function discovered(setting: string): Promise<Issuer> {
    const known = read.get(setting);
    if (known && known.until > deps.now()) return known.issuer;
    const entry = { issuer: discover(setting, deps), until: deps.now() + KNOWN_MS };
    read.set(setting, entry);
    entry.issuer.catch(() => {
      entry.until = deps.now() + FAILED_MS;
    });
    return entry.issuer;
  }

  return {
    async find(name) {
      const setting = deps.issuers.find((each) => withoutSlash(each) === withoutSlash(name));
      return setting === undefined ? null : discovered(setting);
    },
    names: () =>
      Promise.all(
        deps.issuers.map((setting) =>
          discovered(setting).then(
            (issuer) => issuer.name,
            () => setting,
          ),
        ),
      ),
  };
}

async function discover(setting: string, deps: IssuersDeps): Promise<Issuer> {
  const told: string[] = [];
  for (const address of documentsOf(setting)) {
    const found = document.safeParse(await readJson(address, deps));
    if (!found.success) continue;
    const { issuer: name, jwks_uri: keys } = found.data;
    if (withoutSlash(name) === withoutSlash(setting)) {
      const endpoints = endpointsOf(found.data, setting);
      return { name, keys: keySet(requireSafe(keys, setting), deps), endpoints };
    }
    told.push(name);
  }
  const why =
    told[0] === undefined
      ? "has no discovery document that this server can read"
      : `calls itself ${told[0]} in its discovery document`;
  throw new AppError("UPSTREAM_UNAVAILABLE", `The issuer ${setting} ${why}.`, {
    retry: "later",
    next: "Check IDENTITY_AUTH_ISSUER, and check that this machine can reach the issuer.",
  });
}

function endpointsOf(found: z.infer<typeof document>, setting: string): Endpoints | null {
  const { authorization_endpoint: authorization, token_endpoint: token, userinfo_endpoint: userinfo } = found;
  if (authorization === undefined || token === undefined) return null;
  const safe = (text: string): string => requireSafe(text, setting).href;
  // The list of methods says how a client may send its secret. If there is no list, the secret is sent in the
  // Authorization header (RFC 8414).
  const methods = found.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
  return {
    authorization: safe(authorization),
    token: safe(token),
    userinfo: userinfo === undefined ? null : safe(userinfo),
    secretInHeader: methods.includes("client_secret_basic"),
    namesItself: found.authorization_response_iss_parameter_supported === true,
  };
}

/**
 * The URLs at which the discovery document may be. If the issuer's URL has a path, OpenID and RFC 8414 define different
 * URLs. OpenID's URL comes first, because some issuers name the URL of userinfo only in OpenID's document.
 */
function documentsOf(setting: string): readonly string[] {
  const { origin, pathname } = new URL(setting);
  const path = withoutSlash(pathname);
  return [
    `${origin}${path}/.well-known/openid-configuration`,
    `${origin}/.well-known/openid-configuration${path}`,
    `${origin}/.well-known/oauth-authorization-server${path}`,
  ];
}

/** Reads the JSON document at a URL; null if there is no document. */
async function readJson(address: string, { get }: IssuersDeps): Promise<unknown> {
  try {
    const answer = await get(address, {
      headers: { accept: "application/json" },
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

/**
 * Throws unless the URLs use https, because over http an attacker could replace keys and read secrets. An issuer on
 * this machine may use http.
 */
function requireSafe(keys: string, setting: string): URL {
  const url = new URL(keys);
  if (url.protocol === "https:" || new URL(setting).protocol === "http:") return url;
  throw new AppError("UPSTREAM_CONTRACT", `The issuer ${setting} publishes an address without https.`, {
    next: "Use an issuer whose addresses start with https.",
  });
}

function keySet(url: URL, deps: IssuersDeps): JWTVerifyGetKey {
  return createRemoteJWKSet(url, {
    [customFetch]: deps.get,
    timeoutDuration: TIMEOUT_MS,
    cacheMaxAge: deps.keysMaxAgeMs ?? KEYS_MAX_AGE_MS,
    cooldownDuration: deps.keysCooldownMs ?? KEYS_COOLDOWN_MS,
  });
}

function withoutSlash(text: string): string {
  return text.replace(/\/$/, "");
}
