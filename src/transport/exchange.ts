import { randomInt } from "node:crypto";
import {
  type EventStore,
  isJSONRPCErrorResponse,
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  type InitializeRequest,
  type JSONRPCMessage,
  type McpServerFactory,
  type RequestId,
  type Transport,
  WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server";

import type { Recording } from "./recording.ts";

type McpServer = Awaited<ReturnType<McpServerFactory>>;

/**
 * One POST of a client with a protocol version before 2026-07-28, together with the MCP server that answers its
 * messages.
 */
export interface Exchange {
  /** Answers the POST. */
  respond: WebStandardStreamableHTTPServerTransport["handleRequest"];
  /**
   * The names of the messages that this server waits for: answers to its questions, and cancellations of calls. For a
   * message that arrived, `addressOf` returns such a name.
   */
  addresses(): readonly string[];
  /**
   * Gives the server a message that it waits for. `address`: the name of the question or call to which the message
   * belongs.
   */
  deliver(address: string, message: JSONRPCMessage): void;
  close(): Promise<void>;
}

export interface ExchangeOptions {
  /** The MCP server that answers the POST; null if the POST contains no request, so that no server is needed. */
  readonly server: McpServer | null;
  /** null: the client has no session. */
  readonly sessionId: string | null;
  /** What the client said in its handshake. null if this POST is the handshake, or if there was no handshake. */
  readonly initialize: InitializeRequest["params"] | null;
  /** The ids of the requests in the POST. */
  readonly requests: readonly RequestId[];
  /** Records what is sent to the client, so that it can be sent again; null if nothing is recorded. */
  readonly recording: Recording | null;
  /**
   * Called before a question is sent to the client. The session must then stay in the store, because the answer may
   * reach another process.
   */
  asking(): Promise<void>;
  /** Called for messages that are no requests: answers to questions, cancellations and other notifications. */
  other(message: JSONRPCMessage): void;
  /** Called when every request is answered or cancelled. */
  ended(): void;
}

/**
 * The SDK learns about a client only from a handshake. So the stored handshake is passed to the SDK again, as a request
 * with this id.
 */
const REPEATED_HANDSHAKE = "repeated handshake";
/** The ids of questions stay below this number, because some clients store them in 32 bits. */
const MOST_IDS = 2 ** 31;

/**
 * Makes the MCP server that answers one POST. The session is read from the store, so any process can answer. The ids of
 * the server's questions are random. If every server counted from 0, questions of two servers would have the same id.
 */
export async function createExchange(options: ExchangeOptions): Promise<Exchange> {
  const { server, sessionId, initialize, asking, other, ended, recording } = options;
  const calls = new Set<RequestId>(options.requests);
  /** For each question id that was sent to the client: the id of the same question inside this server. */
  const questions = new Map<number, RequestId>();
  // The SDK's transport takes the id of a new session only from a function, and the id of an existing session only from
  // a field. So the function is given here for a new session, and the field is set below.
  const isNew = sessionId !== null && initialize === null;
  const web = new WebStandardStreamableHTTPServerTransport({
    ...(isNew && { sessionIdGenerator: () => sessionId }),
    ...(recording && { eventStore: eventStoreOf(recording) }),
  });
  if (sessionId !== null) web.sessionId = sessionId;
  let repeated: (() => void) | null = null;

  const link: Transport = {
    ...(sessionId !== null && { sessionId }),
    start: () => web.start(),
    close: () => web.close(),
    setSupportedProtocolVersions: (versions) => web.setSupportedProtocolVersions(versions),
    async send(message, how = {}) {
      const { relatedRequestId: call } = how;
      const of = call === undefined ? {} : { relatedRequestId: call };
      if (isJSONRPCRequest(message)) {
        const id = randomInt(1, MOST_IDS);
        questions.set(id, message.id);
        await asking();
        return await web.send({ ...message, id }, of);
      }
      if (isJSONRPCNotification(message)) return await web.send(withGivenId(message), of);
      if (repeated !== null && message.id === REPEATED_HANDSHAKE) return repeated();
      await web.send(message, of);
      if (message.id !== undefined) end(message.id);
    },
  };

  /**
   * If the server gives up a question, it sends a message to the client. The message then names the question by the id
   * that the client knows.
   */
  function withGivenId(message: Extract<JSONRPCMessage, { method: string }>): JSONRPCMessage {
    if (message.method !== "notifications/cancelled") return message;
    const own = message.params?.["requestId"];
    const [given] = [...questions].find(([, id]) => id === own) ?? [];
    if (given === undefined) return message;
    questions.delete(given);
    return { ...message, params: { ...message.params, requestId: given } };
  }

  function end(id: RequestId): void {
    if (calls.delete(id) && calls.size === 0) ended();
  }

  /* oxlint-disable unicorn/prefer-add-event-listener -- not event targets: the SDK has one listener a property */
  web.onmessage = (message, extra) => {
    if (server !== null && isJSONRPCRequest(message)) link.onmessage?.(message, extra);
    else other(message);
  };
  web.onclose = () => link.onclose?.();
  web.onerror = (error) => link.onerror?.(error);
  /* oxlint-enable unicorn/prefer-add-event-listener */
  if (server !== null) {
    await server.connect(link);
    if (initialize !== null) {
      const answered = new Promise<void>((resolve) => (repeated = resolve));
      link.onmessage?.({
        jsonrpc: "2.0",
        id: REPEATED_HANDSHAKE,
        method: "initialize",
        params: initialize,
      });
      await answered;
      repeated = null;
    }
  }
  return {
    respond: (request, how) => web.handleRequest(request, how),
    addresses: () => [...[...questions.keys()].map(answerAddress), ...[...calls].map(cancelAddress)],
    deliver(address, message) {
      if (isAnswer(message)) {
        const own = questions.get(Number(message.id));
        if (own === undefined) return;
        questions.delete(Number(message.id));
        link.onmessage?.({ ...message, id: own });
        return;
      }
      link.onmessage?.(message);
      // A call that the client cancelled gets no answer (MCP, cancellation).
      for (const id of calls) if (cancelAddress(id) === address) end(id);
    },
    close: () => (server === null ? web.close() : server.close()),
  };
}

/**
 * The store of sent messages for the SDK's transport. The transport only writes to it. `resuming.ts` lets clients
 * continue a stream from the store, in any process.
 */
function eventStoreOf(recording: Recording): EventStore {
  return {
    storeEvent: (_stream, message) => recording.add(message),
    replayEventsAfter: () => Promise.reject(new Error("streams are resumed elsewhere")),
  };
}

/**
 * For an answer or a cancellation, the name of the question or call to which it belongs. null for other messages,
 * because no process waits for them.
 */
export function addressOf(message: JSONRPCMessage): string | null {
  if (isAnswer(message)) return typeof message.id === "number" ? answerAddress(message.id) : null;
  if (!isJSONRPCNotification(message) || message.method !== "notifications/cancelled") return null;
  const id = message.params?.["requestId"];
  return typeof id === "string" || typeof id === "number" ? cancelAddress(id) : null;
}

const answerAddress = (id: number): string => `answer ${id}`;
const cancelAddress = (id: RequestId): string => `cancel ${JSON.stringify(id)}`;

function isAnswer(message: JSONRPCMessage) {
  return isJSONRPCResultResponse(message) || isJSONRPCErrorResponse(message);
}
