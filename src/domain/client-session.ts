import type { Json } from "./json.ts";

/** A client of the protocol before 2026-07-28, since its handshake. */
export interface ClientSession {
  /** Who opened the session; null if this server does not know its callers. */
  readonly owner: string | null;
  /** The parameters of the handshake: the version, the client and what it can do. */
  readonly initialize: Json;
}

/** The most sessions at once on one store, and how long (ms) a client may be silent. */
export interface SessionLimits {
  readonly max: number;
  readonly idleMs: number;
}

/** What keeps a session: a message under way, or only an open stream, which does no work. */
export type SessionHold = "call" | "stream";

/** A message for a process that waits for it. `address` says what it is about: a question, or a call. */
export interface SessionMail {
  readonly session: string;
  readonly address: string;
  /** JSON text. */
  readonly message: string;
}

/**
 * The sessions, by the hash of their id. Every process on the store has the same ones, so a client may reach any of them.
 * Times are ISO 8601.
 */
export interface ClientSessions {
  /**
   * Stores a new session that lives for `lifeMs`. If there are too many, the session that is needed least makes room: of
   * the owner with the most sessions, without a stream if possible, unused for longest. One with a call under way, or in
   * `busy`, is never taken. Returns false if there is no room.
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
  /** The session of this owner, whose life is prolonged to `idleMs`. null if there is none, or if it has expired. */
  use(
    id: string,
    owner: string | null,
    how: { readonly idleMs: number; readonly now: string },
  ): Promise<ClientSession | null>;
  /** Keeps sessions for `holdMs`, and their lives for at least `idleMs`. Returns those that are still there. */
  hold(
    kind: SessionHold,
    ids: readonly string[],
    how: { readonly holdMs: number; readonly idleMs: number; readonly now: string },
  ): Promise<ReadonlySet<string>>;
  release(kind: SessionHold, id: string): Promise<void>;
  /** Those of the sessions that have not ended and not expired. */
  alive(ids: readonly string[], now: string): Promise<ReadonlySet<string>>;
  end(id: string): Promise<void>;
  count(now: string): Promise<number>;
  /** Leaves a message for another process. Messages that no process takes are removed after some minutes. */
  post(mail: SessionMail, now: string): Promise<void>;
  /** Takes the messages for these addresses out of the store. */
  take(wanted: readonly Omit<SessionMail, "message">[]): Promise<readonly SessionMail[]>;
}
