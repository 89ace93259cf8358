import type { ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { ClientSessions } from "../domain/client-session.ts";
import { eventOf } from "./recording.ts";
import { refuse } from "./refusal.ts";
import { beginStream } from "./streams.ts";

export interface Resuming {
  readonly store: ClientSessions;
  /** The key of the session, and its id. */
  readonly session: string;
  readonly sessionId: string;
  /** The id of the event that the client received last. */
  readonly lastEvent: string;
  /** Puts the stream into the store, if it is one of this process. */
  keep(stream: string): Promise<void>;
  /** How often (ms) the store is read while the call is under way. */
  readonly lookMs: number;
}

/**
 * Goes on with the stream of a call after the event that the client received last. The call may be under way in another
 * process, so what is sent is read from the store.
 */
export async function resume(response: ServerResponse, resuming: Resuming): Promise<void> {
  const { store, session, sessionId, lastEvent, keep, lookMs } = resuming;
  const last = eventOf(lastEvent);
  if (last === null) return refuse(response, 400, NOTHING_TEXT);
  const { stream } = last;
  let { n } = last;
  await keep(stream);
  let found = await store.streamAfter({ session, stream }, n);
  // Another process may not have noticed yet that the connection broke.
  for (let look = 0; found === null && look < LOOKS; look += 1) {
    await wait(lookMs);
    found = await store.streamAfter({ session, stream }, n);
  }
  // A client that asks again and again must learn that no more comes.
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
  "There is nothing to resume. Send the call again; a change that was made is not made twice. get_run shows a run.";
