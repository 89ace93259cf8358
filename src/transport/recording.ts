import { randomUUID } from "node:crypto";
import { isJSONRPCNotification, type JSONRPCMessage } from "@modelcontextprotocol/server";
import type { ClientSessions, StreamEvent } from "../domain/client-session.ts";

/**
 * A record of the messages that were sent on the stream of one POST. If the connection breaks, the client can ask for
 * the messages that it did not receive.
 */
export interface Recording {
  readonly stream: string;
  /** Records a message and returns the id of its event. */
  add(message: JSONRPCMessage): Promise<string>;
  /** Stores this record. From then on, also stores everything that is sent later. */
  keep(): Promise<void>;
  /** No more messages come. */
  end(): Promise<void>;
}

/** How long (ms) a call is recorded only in memory. Most calls end before that, so the store is not used for them. */
export const KEEP_AFTER_MS = 5_000;

export function createRecording(
  store: ClientSessions,
  { session, now }: { readonly session: string; readonly now: () => string },
): Recording {
  const stream = randomUUID();
  const events: StreamEvent[] = [];
  let count = 0;
  let isKept = false;
  let isEnded = false;
  let written = Promise.resolve();
  // States are stored one after the other, so that an older state never replaces a newer state.
  const write = () => {
    const put = () => store.keepStream({ session, stream, events: [...events], isEnded }, now());
    written = written.then(put, put);
    return written;
  };
  return {
    stream,
    async add(message) {
      count += 1;
      const id = `${stream}.${count}`;
      // The first event has no message. It only gives the client an event id early, so it is not recorded. Progress
      // reports are not recorded either, because old reports are useless.
      if (!("jsonrpc" in message) || isJSONRPCNotification(message)) return id;
      events.push({ n: count, message: JSON.stringify(message) });
      if (isKept) await write();
      return id;
    },
    async keep() {
      if (isKept) return;
      isKept = true;
      await write();
    },
    async end() {
      isEnded = true;
      if (isKept) await write();
    },
  };
}

/** The last event that a client received, read from its id; null if this server did not make the id. */
export function eventOf(id: string): { readonly stream: string; readonly n: number } | null {
  const [, stream = "", n = ""] = /^([0-9a-f-]{36})\.(\d{1,9})$/.exec(id) ?? [];
  return stream === "" ? null : { stream, n: Number(n) };
}
