import type { ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { ClientSessions } from "../domain/client-session.ts";
import { eventOf } from "./recording.ts";
import { refuse } from "./refusal.ts";
import { beginStream } from "./streams.ts";

export interface Resuming {
  readonly store: ClientSessions;
  /** The key under which the store has the session. */
  readonly session: string;
  readonly sessionId: string;
  /** The id of the last event that the client received. */
  readonly lastEvent: string;
  /** If this process is answering the call, stores the messages that it has recorded for the call's stream. */
  keep(stream: string): Promise<void>;
  /** How often (ms) the store is read for new events, as long as the call is not answered. */
  readonly lookMs: number;
}

/**
 * Continues the stream of a call after the last event that the client received. Another process may be answering the
 * call, so the events are read from the store.
 */
export async function resume(response: ServerResponse, resuming: Resuming): Promise<void> {
  const { store, session, sessionId, lastEvent, keep, lookMs } = resuming;
  const last = eventOf(lastEvent);
  if (last === null) return refuse(response, 400, NOTHING_TEXT);
  const { stream } = last;
  let { n } = last;
  await keep(stream);
  let found = await store.streamAfter({ session, stream }, n);
  // The process that answers the call may not have stored the call's messages yet, because it may not have noticed that
  // the connection to the client broke. So the store is read a few times.
  for (let look = 0; found === null && look < LOOKS; look += 1) {
    await wait(lookMs);
    found = await store.streamAfter({ session, stream }, n);
  }
  // If no more messages will come, the request is refused. Otherwise the client would ask again and again.
  if (found === null || (found.isEnded && found.events.length === 0))
    return refuse(response, 400, NOTHING_TEXT);
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  beginStream(response, sessionId);
  while (found !== null) {
    for (const event of found.events) {
      response.write(`event: message\nid: ${stream}.${event.n}\ndata: ${event.message}\n\n`);
      n = event.n;
    }
    if (found.isEnded) break;
    await wait(lookMs, undefined, { signal: gone.signal }).catch(() => {});
    if (gone.signal.aborted) return;
    found = await store.streamAfter({ session, stream }, n);
  }
  response.end();
}

const LOOKS = 6;
const NOTHING_TEXT =
  "There is nothing to resume. Send the call again; a change that was already made is not made twice. get_run shows what a run has done.";
