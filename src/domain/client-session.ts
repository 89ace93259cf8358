import type { Json } from "./json.ts";

/** The session of a client with a protocol version before 2026-07-28; the handshake starts it. */
export interface ClientSession {
  /** The person who started the session; null if this server does not know its callers. */
  readonly owner: string | null;
  /** What the client said in the handshake: protocol version, name and abilities. */
  readonly initialize: Json;
}

/** How many sessions a store may have, and after which silence (ms) a session ends. */
export interface SessionLimits {
  readonly max: number;
  readonly idleMs: number;
}

/**
 * Why a session may not be removed: a message is being answered, or a stream is open. An open stream alone does no
 * work.
 */
export type SessionHold = "call" | "stream";

/** A message for a process that waits for it. `address` names the question or the call that the message belongs to. */
export interface SessionMail {
  readonly session: string;
  readonly address: string;
  /** JSON text. */
  readonly message: string;
}

/** A message that was sent on the stream of a call. */
export interface StreamEvent {
  /** Counts from 1 within the stream. */
  readonly n: number;
  /** JSON text. */
  readonly message: string;
}

/**
 * The stored sessions, by the hash of their id. All processes with the same store have the same sessions, so a client
 * may reach any of them. Times are ISO 8601.
 */
export interface ClientSessions {
  /**
   * Stores a new session, which lives for `lifeMs`. If there are too many sessions, one is removed: of the owner with
   * the most sessions, if possible without a stream, unused for longest. A session with a call being answered, or in
   * `busy`, is never removed. false if there is no room.
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
   * The session, if it belongs to this owner; its life becomes at least `idleMs`. null if there is none or it has
   * expired.
   */
  use(
    id: string,
    owner: string | null,
    how: { readonly idleMs: number; readonly now: string },
  ): Promise<ClientSession | null>;
  /**
   * Marks sessions as in use for `holdMs`, and lets them live for at least `idleMs`. Returns those that still exist.
   */
  hold(
    kind: SessionHold,
    ids: readonly string[],
    how: { readonly holdMs: number; readonly idleMs: number; readonly now: string },
  ): Promise<ReadonlySet<string>>;
  release(kind: SessionHold, id: string): Promise<void>;
  /** Of the given sessions: those that still exist and have not expired. */
  alive(ids: readonly string[], now: string): Promise<ReadonlySet<string>>;
  end(id: string): Promise<void>;
  count(now: string): Promise<number>;
  /** Stores a message for another process. A message that no process takes is deleted after some minutes. */
  post(mail: SessionMail, now: string): Promise<void>;
  /** Removes the messages for these addresses from the store and returns them. */
  take(wanted: readonly Omit<SessionMail, "message">[]): Promise<readonly SessionMail[]>;
  /**
   * Stores what was sent on the stream of a call, and replaces what was stored before. It is deleted some minutes after
   * the stream has ended.
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
  /** The events of a stream after the n-th event; null if the session has no such stream. */
  streamAfter(
    of: { readonly session: string; readonly stream: string },
    n: number,
  ): Promise<{ readonly events: readonly StreamEvent[]; readonly isEnded: boolean } | null>;
}
