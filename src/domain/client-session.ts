import type { Json } from "./json.ts";

/** The session of a client with a protocol version before 2026-07-28. The client's handshake starts it. */
export interface ClientSession {
  /** The signed-in person who started the session; null if people do not sign in to this server. */
  readonly owner: string | null;
  /** What the client said about itself in the handshake: protocol version, name and abilities. */
  readonly initialize: Json;
}

/** How many sessions a store may have at most, and after how long without a request (ms) a session ends. */
export interface SessionLimits {
  readonly max: number;
  readonly idleMs: number;
}

/** Why a session must not be removed now: a call is being answered, or a stream is open. */
export type SessionHold = "call" | "stream";

/**
 * A message for another process that waits for it. `address` names the question or the call to which the message
 * belongs.
 */
export interface SessionMail {
  readonly session: string;
  readonly address: string;
  /** JSON text. */
  readonly message: string;
}

/** A message that was sent to the client on the stream of a call. */
export interface StreamEvent {
  /** Counts from 1 within the stream. */
  readonly n: number;
  /** JSON text. */
  readonly message: string;
}

/**
 * The stored sessions; each is found by the hash of its id. All processes with the same store see the same sessions, so
 * a client can send its requests to any of these processes. Times are ISO 8601.
 */
export interface ClientSessions {
  /**
   * Stores a new session, which lives for `lifeMs`. First removes another session in two cases: if the owner of the new
   * session already has half of `max` sessions, a session of this owner; otherwise, if there are `max` sessions, a
   * session of the owner with the most sessions. Sessions without an open stream are removed first, and among these the
   * one that was unused for the longest time. A session with an unfinished call, or with its id in `busy`, is never
   * removed. Returns false if no session can be removed.
   */
  open(
    id: string,
    session: ClientSession,
    how: {
      readonly max: number;
      readonly lifeMs: number;
      readonly busy: ReadonlySet<string>;
      readonly now: string;
    },
  ): Promise<boolean>;
  /**
   * Reads a session of this owner and lets it live for at least `idleMs` more. null if there is no such session, or if
   * it has expired.
   */
  use(
    id: string,
    owner: string | null,
    how: { readonly idleMs: number; readonly now: string },
  ): Promise<ClientSession | null>;
  /**
   * Marks sessions as in use for `holdMs`, and lets them live for at least `idleMs`. Returns the sessions that still
   * exist.
   */
  hold(
    kind: SessionHold,
    ids: readonly string[],
    how: { readonly holdMs: number; readonly idleMs: number; readonly now: string },
  ): Promise<ReadonlySet<string>>;
  release(kind: SessionHold, id: string): Promise<void>;
  /** Returns which of the given sessions still exist and have not expired. */
  alive(ids: readonly string[], now: string): Promise<ReadonlySet<string>>;
  end(id: string): Promise<void>;
  count(now: string): Promise<number>;
  /** Stores a message for another process. A message that no process takes is deleted after some minutes. */
  post(mail: SessionMail, now: string): Promise<void>;
  /** Takes messages for the given addresses out of the store and returns them. */
  take(wanted: readonly Omit<SessionMail, "message">[]): Promise<readonly SessionMail[]>;
  /**
   * Stores the events on the stream of a call, and replaces the events that were stored before. They are deleted some
   * minutes after the stream has ended.
   */
  keepStream(
    kept: {
      readonly session: string;
      readonly stream: string;
      readonly events: readonly StreamEvent[];
      readonly isEnded: boolean;
    },
    now: string,
  ): Promise<void>;
  /** The events of a stream that come after event number n; null if the session has no such stream. */
  streamAfter(
    of: { readonly session: string; readonly stream: string },
    n: number,
  ): Promise<{ readonly events: readonly StreamEvent[]; readonly isEnded: boolean } | null>;
}
