import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** A ticket that was not used for this long (ms) is worth nothing: a browser needs seconds. */
const TICKET_LIFE_MS = 2 * 60_000;
/** A page that nobody closed for this long (ms) asks for a new visit. */
const SESSION_LIFE_MS = 12 * 3_600_000;
/** More tickets or sessions than this are not kept; the oldest goes. */
const MOST = 100;

/** What a browser gets for a ticket: a path that nothing else knows, and a secret that it sends to that path only. */
export interface Session {
  readonly path: string;
  readonly secret: string;
}

/** A session as the server keeps it: without the secret. */
export interface KnownSession {
  readonly path: string;
  /** Signs the forms of this session. */
  readonly formKey: Buffer;
}

/**
 * Who may decide on this machine. A ticket is in the address that the server opens, and is spent by the first visit.
 * The session's path is random too: browsers send a cookie of 127.0.0.1 to every port of it, but only below its path, and
 * no other server on this machine knows the path.
 */
export interface Keys {
  mint(planId: string): string;
  revoke(ticket: string): void;
  /** Spends a ticket; null if there is no such ticket, or no longer. */
  spend(ticket: string): { readonly planId: string; readonly session: Session } | null;
  /** The session of a path, if the secret is its own. */
  session(path: string, secret: string | undefined): KnownSession | null;
}

export function createKeys(now: () => number): Keys {
  const tickets = new Map<string, { readonly planId: string; readonly until: number }>();
  const sessions = new Map<string, KnownSession & { readonly secretHash: Buffer; readonly until: number }>();
  return {
    mint(planId) {
      const ticket = unguessable();
      keep(tickets, hashText(ticket), { planId, until: now() + TICKET_LIFE_MS });
      return ticket;
    },
    revoke: (ticket) => void tickets.delete(hashText(ticket)),
    spend(ticket) {
      const found = tickets.get(hashText(ticket));
      tickets.delete(hashText(ticket));
      if (!found || found.until <= now()) return null;
      const session = { path: unguessable(), secret: unguessable() };
      keep(sessions, session.path, {
        path: session.path,
        secretHash: hash(session.secret),
        formKey: randomBytes(32),
        until: now() + SESSION_LIFE_MS,
      });
      return { planId: found.planId, session };
    },
    session(path, secret) {
      const found = sessions.get(path);
      if (!found || secret === undefined || found.until <= now()) return null;
      return timingSafeEqual(hash(secret), found.secretHash) ? found : null;
    },
  };
}

/** The token in a form: it is of one session, one action and one subject, so that it fits no other form. */
export function formToken(key: Buffer, action: string, subject: string): string {
  return createHmac("sha256", key)
    .update(JSON.stringify([action, subject]))
    .digest("base64url");
}

export function isFormToken(given: unknown, key: Buffer, action: string, subject: string): boolean {
  return typeof given === "string" && timingSafeEqual(hash(given), hash(formToken(key, action, subject)));
}

/** 256 random bits, in letters that an address can have. */
function unguessable(): string {
  return randomBytes(32).toString("base64url");
}

function hash(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

// A map is asked by a hash, so that the time of the answer tells nothing about the tickets in it.
function hashText(text: string): string {
  return hash(text).toString("hex");
}

function keep<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > MOST && oldest !== undefined) map.delete(oldest);
}
