import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** How long (ms) an unused ticket (a link that works once) is valid: two minutes. A browser needs only seconds. */
const TICKET_LIFE_MS = 2 * 60_000;
/**
 * How long (ms) a session lasts: 12 hours, even if its page is still open. After that, the page must be opened with a
 * new ticket (a link that works once).
 */
const SESSION_LIFE_MS = 12 * 3_600_000;
/**
 * At most this many tickets (links that work once) are stored, and at most this many sessions. If there are more, the
 * oldest is deleted.
 */
const MOST = 100;

/** What a browser gets when it uses a ticket: a secret path, and a cookie that it sends only to this path. */
export interface Session {
  readonly path: string;
  readonly secret: string;
}

/**
 * A session as the server stores it. It does not contain the session's secret: the server stores only a hash of the
 * secret.
 */
export interface KnownSession {
  readonly path: string;
  /** Signs the forms of this session. */
  readonly formKey: Buffer;
}

/**
 * Makes sure that only the user of this machine can decide on the approval pages. The server opens a URL with a ticket
 * (a link that works once) in the user's browser. The first visit uses the ticket up and starts a session.
 * A browser sends a cookie for 127.0.0.1 to every port of the machine, but only to URLs below the cookie's path. So the
 * path of a session is random: no other server on this machine knows the path or gets the cookie.
 */
export interface Keys {
  /** Makes a ticket for a page. `place`: the path of the page, for example `/plans/ID`. */
  mint(place: string): string;
  revoke(ticket: string): void;
  /** Uses a ticket and starts a session. null if there is no such ticket, or if it is no longer valid. */
  spend(ticket: string): { readonly place: string; readonly session: Session } | null;
  /** The session with this path; null if there is none or the secret is wrong. */
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

/**
 * The security token in a form of a page. It is valid only for one session, one action and one plan, so it cannot be
 * used in another form.
 */
export function formToken(key: Buffer, action: string, subject: string): string {
  return createHmac("sha256", key)
    .update(JSON.stringify([action, subject]))
    .digest("base64url");
}

export function isFormToken(given: unknown, key: Buffer, action: string, subject: string): boolean {
  return typeof given === "string" && timingSafeEqual(hash(given), hash(formToken(key, action, subject)));
}

/** 256 random bits, in letters that a URL may contain. */
function unguessable(): string {
  return randomBytes(32).toString("base64url");
}

function hash(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

// Tickets are found by their hash. So the time that an answer takes reveals nothing about valid tickets.
function hashText(text: string): string {
  return hash(text).toString("hex");
}

function keep<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > MOST && oldest !== undefined) map.delete(oldest);
}
