import { createPrivateKey, type KeyObject } from "node:crypto";
import { z } from "zod";
import { AppError } from "../../domain/error.ts";
import type { RosterConnection, RosterLogin } from "../../domain/roster.ts";
import type { Clock } from "../../domain/runtime.ts";
import type { Pass } from "../gateway.ts";
import { parseJson, parseReply } from "../http/parse.ts";
import type { Send } from "../http/send.ts";
import type { Upstream } from "../http/upstream.ts";

/**
 * Returns the Authorization header for requests to a roster's source. If an access token is needed, it is fetched and
 * kept until it expires.
 */
export interface RosterAccess {
  header(usage: Pass["usage"]): Promise<string>;
  /**
   * Drops the access token, because the source refused it. Returns false if this source uses no token that could be
   * fetched again.
   */
  renew(): boolean;
}

/** An access token is not used in its last minute, so that it does not expire on the way. */
const EARLY_MS = 60_000;
/**
 * How many seconds an access token is used if the reply does not say how long it is valid (RFC 6749 section 5.1 does
 * not require that).
 */
const DEFAULT_LIFE_SECONDS = 600;
const ASSERTION_LIFE_SECONDS = 300;

const granted = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().catch(DEFAULT_LIFE_SECONDS),
});

/**
 * Makes the functions that fetch and drop the credentials for one roster's source. `upstreamAt` returns the upstream
 * for the URL of a token endpoint.
 */
export function createRosterAccess(
  { name, login }: Pick<RosterConnection, "name" | "login">,
  {
    send,
    clock,
    upstreamAt,
  }: { send: Send; clock: Clock; upstreamAt: (tokenUrl: URL, authorization: string | null) => Upstream },
): RosterAccess {
  let current: { readonly header: Promise<string>; until: number } | null = null;

  async function ask(grant: Exclude<RosterLogin, { kind: "token" }>, usage: Pass["usage"]) {
    const url = new URL(grant.tokenUrl);
    const basic = basicOf(grant);
    const content =
      basic === null
        ? { form: await formOf(grant, name, clock.now()) }
        : { body: { grant_type: "client_credentials" } };
    const request = {
      operation: "POST token",
      method: "POST",
      path: url.pathname,
      ...content,
      access: "read",
    } as const;
    // The request for an access token cannot be aborted by one caller, because several callers may wait for the same
    // token.
    const { text } = await send(upstreamAt(url, basic), request, {
      priority: "interactive",
      ...(usage && { usage }),
    });
    const from = { upstream: "roster", operation: "POST token" } as const;
    return parseReply(granted, parseJson(text, from), from);
  }

  function renewed(grant: Exclude<RosterLogin, { kind: "token" }>, usage: Pass["usage"]): Promise<string> {
    const asked = ask(grant, usage);
    const mine = { header: asked.then(({ access_token }) => `Bearer ${access_token}`), until: Infinity };
    current = mine;
    asked.then(
      ({ expires_in }) => (mine.until = clock.now() + expires_in * 1000 - EARLY_MS),
      () => (current = current === mine ? null : current),
    );
    return mine.header;
  }

  return {
    header(usage) {
      if (login.kind === "token") return Promise.resolve(`${login.scheme} ${login.token.reveal()}`);
      if (current !== null && clock.now() < current.until) return current.header;
      return renewed(login, usage);
    },
    renew() {
      current = null;
      return login.kind !== "token";
    },
  };
}

/**
 * The `Authorization: Basic` header with the OAuth client's id and secret (RFC 6749 section 2.3.1); null if this login
 * sends no such header.
 */
function basicOf(login: Exclude<RosterLogin, { kind: "token" }>): string | null {
  if (login.kind !== "client_secret" || !login.isBasic) return null;
  return `Basic ${Buffer.from(`${login.clientId}:${login.clientSecret.reveal()}`).toString("base64")}`;
}

const JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

async function formOf(
  login: Exclude<RosterLogin, { kind: "token" }>,
  name: string,
  now: number,
): Promise<Readonly<Record<string, string>>> {
  const grant = { grant_type: "client_credentials" };
  if (login.kind === "client_secret") {
    const { clientId: client_id, clientSecret, scope } = login;
    return { ...grant, client_id, client_secret: clientSecret.reveal(), ...(scope !== null && { scope }) };
  }
  const { tokenUrl: audience, scope } = login;
  if (login.kind === "private_key") {
    const { clientId: client_id, privateKey, keyId } = login;
    const claims = { issuer: client_id, subject: client_id, audience };
    const client_assertion = await signed(claims, { key: keyIn(privateKey.reveal(), name), keyId, now });
    return { ...grant, client_id, scope, client_assertion_type: ASSERTION_TYPE, client_assertion };
  }
  const account = keyFile(login.key.reveal(), name);
  const key = keyIn(account.private_key, name);
  const claims = { issuer: account.client_email, subject: login.subject, audience, scope };
  return {
    grant_type: JWT_BEARER,
    assertion: await signed(claims, { key, keyId: account.private_key_id, now }),
  };
}

interface Claims {
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
  readonly scope?: string;
}

async function signed(
  { issuer, subject, audience, scope }: Claims,
  { key, keyId, now }: { key: KeyObject; keyId: string | null; now: number },
): Promise<string> {
  const { SignJWT } = await import("jose");
  const alg = key.asymmetricKeyType === "ec" ? "ES256" : "RS256";
  const seconds = Math.floor(now / 1000);
  return await new SignJWT(scope === undefined ? {} : { scope })
    .setProtectedHeader(keyId === null ? { alg } : { alg, kid: keyId })
    .setIssuer(issuer)
    .setSubject(subject)
    .setAudience(audience)
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + ASSERTION_LIFE_SECONDS)
    .setJti(crypto.randomUUID())
    .sign(key);
}

/**
 * Reads a private key in PEM form. In environment variables, a line end is often written as a backslash and the letter
 * n.
 */
function keyIn(text: string, name: string): KeyObject {
  try {
    return createPrivateKey(text.replaceAll("\\n", "\n"));
  } catch {
    throw new AppError(
      "CONFIG_INVALID",
      `The private key of the roster ${name} is not a private key in PEM form.`,
      {
        next: "Give the key as the vendor made it: it begins with -----BEGIN PRIVATE KEY-----.",
      },
    );
  }
}

const keyFileShape = z.object({
  client_email: z.string(),
  private_key: z.string(),
  private_key_id: z.string().nullable().catch(null),
});

function keyFile(text: string, name: string): z.output<typeof keyFileShape> {
  try {
    return keyFileShape.parse(JSON.parse(text));
  } catch {
    throw new AppError(
      "CONFIG_INVALID",
      `The value of \`service_account\` in the roster ${name} is not a key file of Google.`,
      {
        next: "Give the JSON file that Google made for the service account, with `client_email` and `private_key`.",
      },
    );
  }
}
