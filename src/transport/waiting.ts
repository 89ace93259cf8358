import type { JSONRPCMessage } from "@modelcontextprotocol/server";
import type { ClientSessions } from "../domain/client-session.ts";
import type { Exchange } from "./exchange.ts";

/**
 * The POSTs that this process is answering, and messages for them. A client may send the answer to a question to any
 * process with the same store. If another process waits for the answer, this process stores the message, and the other
 * process finds it.
 */
export interface Waiting {
  /** Registers a POST. As long as the client waits for its answer, the session is kept. */
  add(session: string, exchange: Exchange): Held;
  /** Sessions that must not be removed, because this process is answering a client of the session. */
  busy(): ReadonlySet<string>;
  /** Passes a message to the POST that waits for it, in this or another process. */
  route(session: string, address: string, message: JSONRPCMessage): Promise<void>;
  /**
   * Tells the store to keep the session from now on. Called before a question is sent, because a person may take long
   * to answer.
   */
  hold(session: string): Promise<void>;
  /** Ends the exchanges of a session. */
  end(session: string): Promise<void>;
  /** Looks for no more messages. */
  close(): void;
}

export interface Held {
  /**
   * Called if the connection of the client is closed. The call continues, because it may have started to change
   * something.
   */
  readonly letGo: () => void;
  /** Every message was answered. */
  end(): void;
}

export interface WaitingOptions {
  readonly store: ClientSessions;
  readonly idleMs: number;
  /** How often (ms) this process looks for stored messages while it is answering calls. */
  readonly lookMs: number;
  readonly now: () => string;
  /** Runs work in the background. An error is logged. */
  readonly background: (work: () => Promise<void>) => void;
}

/**
 * How long (ms) the store keeps a session for a call that is being answered. If the process dies, the session can be
 * removed after this time.
 */
const HOLD_MS = 60_000;
/**
 * How many times the store is searched for messages before the process asks again whether the sessions still exist. So
 * no call continues for long after its session has ended.
 */
const LOOKS_TO_END = 4;

interface Entry {
  readonly exchange: Exchange;
  isHeld: boolean;
}

interface Own {
  readonly entries: Set<Entry>;
  /**
   * The time (ms) at which this process last told the store to keep the session; null if it has not told the store yet.
   */
  heldAt: number | null;
}

export function createWaiting({ store, idleMs, lookMs, now, background }: WaitingOptions): Waiting {
  const sessions = new Map<string, Own>();
  let timer: NodeJS.Timeout | undefined;
  const holdAgainMs = Math.min(HOLD_MS, idleMs) / 3;
  let isClosed = false;
  let looks = 0;

  const isHeld = ({ entries }: Own) => [...entries].some((entry) => entry.isHeld);
  const held = () => [...sessions].filter(([, own]) => isHeld(own));

  function lookLater(): void {
    if (timer !== undefined || isClosed || sessions.size === 0) return;
    timer = setTimeout(() => {
      background(async () => {
        try {
          await look();
        } finally {
          timer = undefined;
          lookLater();
        }
      });
    }, lookMs);
    timer.unref();
  }

  async function look(): Promise<void> {
    const wanted = [...sessions].flatMap(([session, { entries }]) =>
      [...entries].flatMap(({ exchange }) => exchange.addresses().map((address) => ({ session, address }))),
    );
    for (const { session, address, message } of await store.take(wanted))
      deliver(session, address, JSON.parse(message) as JSONRPCMessage);
    await holdAgain();
    looks += 1;
    if (looks % LOOKS_TO_END === 0) await endEnded();
  }

  async function holdAgain(): Promise<void> {
    const due = held().filter(
      ([, own]) => own.heldAt === null || performance.now() - own.heldAt >= holdAgainMs,
    );
    if (due.length > 0) await holdAll(due.map(([session]) => session));
  }

  async function holdAll(ids: readonly string[]): Promise<void> {
    const there = await store.hold("call", ids, { holdMs: HOLD_MS, idleMs, now: now() });
    for (const id of ids) {
      const own = sessions.get(id);
      if (own) own.heldAt = performance.now();
      if (own && !there.has(id)) await end(id);
    }
  }

  /** Gives up the calls of sessions that the client ended through another process, or that have expired. */
  async function endEnded(): Promise<void> {
    const own = [...sessions.keys()];
    const there = await store.alive(own, now());
    for (const session of own) if (!there.has(session)) await end(session);
  }

  function deliver(session: string, address: string, message: JSONRPCMessage): boolean {
    const entries = sessions.get(session)?.entries ?? [];
    const found = [...entries].find(({ exchange }) => exchange.addresses().includes(address));
    found?.exchange.deliver(address, message);
    return found !== undefined;
  }

  async function end(session: string): Promise<void> {
    const entries = [...(sessions.get(session)?.entries ?? [])];
    sessions.delete(session);
    await Promise.all(entries.map(({ exchange }) => exchange.close()));
  }

  function released(session: string, own: Own): void {
    if (own.heldAt === null || isHeld(own)) return;
    own.heldAt = null;
    background(() => store.release("call", session));
  }

  return {
    add(session, exchange) {
      const own = sessions.get(session) ?? { entries: new Set(), heldAt: null };
      sessions.set(session, own);
      const entry: Entry = { exchange, isHeld: true };
      own.entries.add(entry);
      lookLater();
      return {
        letGo() {
          if (!entry.isHeld) return;
          entry.isHeld = false;
          released(session, own);
        },
        end() {
          own.entries.delete(entry);
          if (own.entries.size === 0 && sessions.get(session) === own) sessions.delete(session);
          released(session, own);
        },
      };
    },
    busy: () => new Set(held().map(([session]) => session)),
    async route(session, address, message) {
      if (deliver(session, address, message)) return;
      await store.post({ session, address, message: JSON.stringify(message) }, now());
    },
    hold: (session) => holdAll([session]),
    end,
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
