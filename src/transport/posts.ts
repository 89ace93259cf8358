import type { Request as HttpRequest, Response as HttpResponse } from "express";
import { toNodeHandler } from "@modelcontextprotocol/node";
import {
  type InitializeRequest,
  isInitializeRequest,
  isJSONRPCRequest,
  type McpServerFactory,
} from "@modelcontextprotocol/server";
import type { ClientSessions } from "../domain/client-session.ts";
import { addressOf, createExchange, type Exchange } from "./exchange.ts";
import type { GateRequest } from "./gate.ts";
import { createRecording, KEEP_AFTER_MS, type Recording } from "./recording.ts";
import { refusal, refuse, RETRY, storeText } from "./refusal.ts";
import type { Held, Waiting } from "./waiting.ts";

/** The session of the client that sends a POST. All fields are null if the client has no session. */
export interface PostSession {
  readonly id: string | null;
  /** The name of the session in the store; null before a successful handshake. */
  readonly key: string | null;
  /** What the client said in its handshake; null before the handshake. */
  readonly initialize: InitializeRequest["params"] | null;
}

/** Answers POSTs of clients with a protocol version before 2026-07-28. Each POST gets its own MCP server. */
export interface Posts {
  answer(
    request: HttpRequest & GateRequest,
    response: HttpResponse,
    body: unknown,
    session: PostSession,
  ): Promise<void>;
  /**
   * Stores everything that was already sent on this stream (the answer to a POST), and also everything that is sent
   * later. Then another process can send it again. Does nothing if another process is answering the POST.
   */
  keep(stream: string): Promise<void>;
  close(): Promise<void>;
}

export interface PostsOptions {
  readonly store: ClientSessions;
  readonly waiting: Waiting;
  readonly now: () => string;
  /** Runs work in the background. An error is logged. */
  background(work: () => Promise<void>): void;
  /** Stores the session after a successful handshake. If that is not possible, returns the error for the client. */
  begin(id: string, request: GateRequest, params: InitializeRequest["params"]): Promise<Response | null>;
}

export function createPosts(factory: McpServerFactory, options: PostsOptions): Posts {
  const { store, waiting, now, background, begin } = options;
  const exchanges = new Map<Exchange, Recording | null>();
  const recordings = new Map<string, Recording>();

  /** Records what is sent to the client, until the client has received the end of the answer. */
  function record(session: string, response: HttpResponse): Recording {
    const recording = createRecording(store, { session, now });
    recordings.set(recording.stream, recording);
    const timer = setTimeout(() => background(recording.keep), KEEP_AFTER_MS);
    timer.unref();
    onGone(response, () => {
      clearTimeout(timer);
      recordings.delete(recording.stream);
      // The connection broke before the end of the answer. The record is stored, because the client may later ask for
      // the rest, also in another process.
      if (!response.writableFinished) background(recording.keep);
    });
    return recording;
  }

  return {
    async answer(request, response, body, { id, key, initialize }) {
      const messages = messagesOf(body);
      const requests = messages.filter((message) => isJSONRPCRequest(message));
      // A message that is not a request is the client's answer to a question, or cancels a call. It may have to be
      // stored for another process, so its length is limited.
      if (messages.some((message) => !isJSONRPCRequest(message) && isLong(message)))
        return refuse(response, 413, "An answer to a question is too long.");
      const { auth: authInfo } = request;
      const server =
        requests.length === 0 ? null : await factory({ era: "legacy", ...(authInfo && { authInfo }) });
      const recording = key === null || server === null ? null : record(key, response);
      const routed: Promise<void>[] = [];
      let held: Held | null = null;
      const exchange = await createExchange({
        server,
        sessionId: id,
        initialize,
        requests: requests.map((message) => message.id),
        recording,
        async asking() {
          if (key !== null) await waiting.hold(key);
        },
        other(message) {
          const address = addressOf(message);
          if (key !== null && address !== null) routed.push(waiting.route(key, address, message));
        },
        ended,
      });
      exchanges.set(exchange, recording);
      if (key !== null && server !== null) {
        held = waiting.add(key, exchange);
        onGone(response, held.letGo);
      }

      function ended(): void {
        held?.end();
        exchanges.delete(exchange);
        if (recording) background(recording.end);
        // The last answer is still being sent, so the exchange is closed a moment later.
        setImmediate(() => background(exchange.close));
      }

      const handler = toNodeHandler({
        fetch: async (webRequest, how) => {
          const answer = await exchange.respond(webRequest, how);
          const isNew = id !== null && answer.status === 200 && isInitializeRequest(body);
          const problem = await Promise.all(routed)
            .then(() => (isNew ? begin(id, request, body.params) : null))
            .catch((thrown: unknown) => refusal(503, storeText(thrown), RETRY));
          if (answer.status === 200 && problem === null) return withComment(answer);
          ended();
          return problem ?? answer;
        },
      });
      await handler(request, response, body);
    },
    async keep(stream) {
      await recordings.get(stream)?.keep();
    },
    async close() {
      await Promise.all(
        [...exchanges].map(async ([exchange, recording]) => {
          await exchange.close();
          // This server stops, and no other process can continue the call. The end of the answer is recorded, so that
          // the client learns that no more will come.
          await recording?.end();
        }),
      );
    },
  };
}

/**
 * Calls `work` when the answer was sent or the connection is closed. If one of the two has already happened, calls
 * `work` at once.
 */
function onGone(response: HttpResponse, work: () => void): void {
  if (response.destroyed) work();
  else response.once("close", work);
}

/** Whether a message is longer than 64 KB. No answer to a question of this server is that long. */
function isLong(message: unknown): boolean {
  return (JSON.stringify(message) ?? "").length > 65_536;
}

export function messagesOf(body: unknown): readonly unknown[] {
  return Array.isArray(body) ? body : [body];
}

/**
 * Starts the answer's stream with a comment, because some proxies pass on an answer only when its first bytes have
 * arrived.
 */
function withComment(answer: Response): Response {
  if (answer.body === null || !answer.headers.get("content-type")?.includes("text/event-stream"))
    return answer;
  const start = (controller: TransformStreamDefaultController<Uint8Array>) =>
    controller.enqueue(new TextEncoder().encode(": open\n\n"));
  const { status, headers } = answer;
  return new Response(answer.body.pipeThrough(new TransformStream({ start })), { status, headers });
}
