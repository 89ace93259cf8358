import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** A ticket becomes invalid if it was not used for this long (ms). A browser needs seconds. */
const TICKET_LIFE_MS = 2 * 60_000;
/** A session ends this long (ms) after its start, even if its page is still open. Then a new visit is needed. */
const SESSION_LIFE_MS = 12 * 3_600_000;
/** The most tickets or sessions that are kept. If there are more, the oldest is dropped. */
const MOST = 100;

/**
 * What a browser gets for a ticket: a path that only this browser knows, and a secret that it sends to that path only.
 */
export interface Session {
  readonly path: string;
  readonly secret: string;
}

/** A session as the server keeps it, without the secret. */
export interface KnownSession {
  readonly path: string;
  /** Signs the forms of this session. */
  readonly formKey: Buffer;
}

/**
 * Who may decide on this machine. The server opens an address with a ticket, and the first visit uses the ticket up.
 * The session's path is random too: browsers send a cookie of 127.0.0.1 to every port, but only below the cookie's
 * path, and no other server on this machine knows that path.
 */
export interface Keys {
  /** `place` is the path of the page, for example `/plans/ID`. */
  mint(place: string): string;
  revoke(ticket: string): void;
  /** Uses a ticket up; null if there is no such ticket or it is no longer valid. */
  spend(ticket: string): { readonly place: string; readonly session: Session } | null;
  /** The session of a path, if the secret belongs to it. */
  session(path: string, secret: string | undefined): KnownSession | null;
}

export function createKeys(now: () => number): Keys {
  const tickets = new Map<string, { readonly place: string; readonly until: number }>();
  const sessions = new Map<string, KnownSession & { readonly secretHash: Buffer; readonly until: number }>();
  return {
    mint(place) {
      const ticket = unguessable();
      keep(tickets, hashText(ticket), { place, until: now() + TICKET_LIFE_MS });
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
      return { place: found.place, session };
    },
    session(path, secret) {
      const found = sessions.get(path);
      if (!found || secret === undefined || found.until <= now()) return null;
      return timingSafeEqual(hash(secret), found.secretHash) ? found : null;
    },
  };
}

/** The token in a form. It is made for one session, one action and one subject, so it is valid in no other form. */
export function formToken(key: Buffer, action: string, subject: string): string {
  return createHmac("sha256", key)
    .update(JSON.stringify([action, subject]))
    .digest("base64url");
}

export function isFormToken(given: unknown, key: Buffer, action: string, subject: string): boolean {
  return typeof given === "string" && timingSafeEqual(hash(given), hash(formToken(key, action, subject)));
}

/** 256 random bits, written in letters that an address may contain. */
function unguessable(): string {
  return randomBytes(32).toString("base64url");
}

function hash(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

// The map is read by a hash, so that the time of the answer shows nothing about the tickets in it.
function hashText(text: string): string {
  return hash(text).toString("hex");
}

function keep<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > MOST && oldest !== undefined) map.delete(oldest);
}
