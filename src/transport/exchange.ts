import { randomInt } from "node:crypto";
import {
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

type McpServer = Awaited<ReturnType<McpServerFactory>>;

/** One POST of a client of the handshake era, and the MCP server that answers its messages. */
export interface Exchange {
  /** Answers the POST. */
  respond: WebStandardStreamableHTTPServerTransport["handleRequest"];
  /** What it waits for now: answers to its questions, and cancellations of its calls. */
  addresses(): readonly string[];
  /** Gets a message for one of its addresses. */
  deliver(address: string, message: JSONRPCMessage): void;
  close(): Promise<void>;
}

export interface ExchangeOptions {
  /** null: the POST has no request, so no server is needed. */
  readonly server: McpServer | null;
  /** null: the client has no session. */
  readonly sessionId: string | null;
  /** The parameters of the client's handshake; null if it has not happened, or happens now. */
  readonly initialize: InitializeRequest["params"] | null;
  /** The ids of the requests in the POST. */
  readonly requests: readonly RequestId[];
  /** Called before a question is sent, because its answer may come to another process. */
  asking(): Promise<void>;
  /** Gets what is no request: answers to questions, cancellations and other notifications. */
  other(message: JSONRPCMessage): void;
  /** Called when every request has been answered or cancelled. */
  ended(): void;
}

/** The SDK has no other way to tell a server about a client than the handshake, so the handshake is repeated. */
const REPEATED_HANDSHAKE = "repeated handshake";
/** Ids of questions are below this, because some clients keep them in 32 bits. */
const MOST_IDS = 2 ** 31;

/**
 * Makes the MCP server for one POST. It learns the session from the store, not from memory, so it may be made in any
 * process. The ids of its questions are random, because each server counts its own from 0.
 */
export async function createExchange(options: ExchangeOptions): Promise<Exchange> {
  const { server, sessionId, initialize, asking, other, ended } = options;
  const calls = new Set<RequestId>(options.requests);
  /** The server's own ids of its questions, by the ids that the client gets. */
  const questions = new Map<number, RequestId>();
  // The SDK's transport takes the id of a new session from a function only, and that of an old one from its field only.
  const isNew = sessionId !== null && initialize === null;
  const web = new WebStandardStreamableHTTPServerTransport(
    isNew ? { sessionIdGenerator: () => sessionId } : {},
  );
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

  /** If the server gives a question up, the client is told so by the id that it got. */
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
      // A cancelled call has no answer (MCP, cancellation).
      for (const id of calls) if (cancelAddress(id) === address) end(id);
    },
    close: () => (server === null ? web.close() : server.close()),
  };
}

/** Where a message of a client belongs that is no request; null if no process waits for it. */
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
