import { randomUUID } from "node:crypto";
import { isJSONRPCNotification, type JSONRPCMessage } from "@modelcontextprotocol/server";
import type { ClientSessions, StreamEvent } from "../domain/client-session.ts";

/** What is sent on the stream of one POST, so that a client whose connection broke can ask for the rest. */
export interface Recording {
  readonly stream: string;
  /** Records a message and returns the id of its event. */
  add(message: JSONRPCMessage): Promise<string>;
  /** Puts the recording into the store, with everything that is still to come. */
  keep(): Promise<void>;
  /** No more messages come. */
  end(): Promise<void>;
}

/** How long (ms) a call is recorded in memory only. Most calls end earlier, and so they cost the store nothing. */
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
  // One after the other: an earlier state must not replace a later one.
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
      // A first event without a message gives the client an id early. Progress that was missed is of no use later.
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

/** The event that a client received last; null if the id is none of this server's. */
export function eventOf(id: string): { readonly stream: string; readonly n: number } | null {
  const [, stream = "", n = ""] = /^([0-9a-f-]{36})\.(\d{1,9})$/.exec(id) ?? [];
  return stream === "" ? null : { stream, n: Number(n) };
}
