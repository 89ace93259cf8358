import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response } from "express";
import { PARSE_ERROR } from "@modelcontextprotocol/server";
import type { Log } from "../domain/runtime.ts";
import { refuse } from "./refusal.ts";

/** 4 MB: more than any message of the protocol has. */
const MOST_BYTES = 4 * 1024 * 1024;
/** How long (ms) the rest of a refused body is read and thrown away. Else the client may lose the answer. */
const LINGER_MS = 500;

/** Reads the JSON of a request. It refuses a body as soon as the body is too long, however much is still to come. */
export function jsonBody(): readonly RequestHandler[] {
  return [limitBody, express.json({ limit: MOST_BYTES })];
}

/** The parser of bodies tells its limit only after the whole body has come, and some bodies have no end. */
const limitBody: RequestHandler = (request, response, next) => {
  if (Number(request.headers["content-length"] ?? 0) > MOST_BYTES) return refuseLong(request, response);
  let bytes = 0;
  const count = (chunk: Buffer) => {
    bytes += chunk.byteLength;
    if (bytes <= MOST_BYTES) return;
    request.off("data", count);
    refuseLong(request, response);
  };
  // The parser listens before the first bytes are read, because it is called in the same turn.
  if (request.headers["transfer-encoding"] !== undefined) request.on("data", count);
  next();
};

function refuseLong(request: Request, response: Response): void {
  refuse(response, 413, TOO_LONG_TEXT);
  const end = setTimeout(() => request.destroy(), LINGER_MS);
  end.unref();
  request.once("close", () => clearTimeout(end));
  request.resume();
}

const TOO_LONG_TEXT = "The request is too large: a message may have 4 MB.";

/** The error that the parser of request bodies throws (body-parser, http-errors). */
interface BodyError {
  readonly type?: string;
  readonly status?: number;
  /** Whether it is a mistake of the client. */
  readonly expose?: boolean;
}

/** Answers what no route answered because it failed. */
export function errorHandler(log: Log): ErrorRequestHandler {
  // Express recognizes an error handler by its four parameters.
  return (error: BodyError, _request: Request, response: Response, _next: unknown) => {
    if (error.type === "entity.parse.failed") return refuse(response, 400, "Parse error", PARSE_ERROR);
    if (error.type === "entity.too.large") return refuse(response, 413, TOO_LONG_TEXT);
    // The reader of bodies found another mistake by the client: an unknown encoding, or bytes that are not of it.
    if (error.expose === true && error.status && error.status < 500)
      return refuse(response, error.status, "The body of the request cannot be read.", PARSE_ERROR);
    log("error", { err: error }, "an HTTP request failed");
    refuse(response, 500, "Something went wrong inside the server.");
  };
}
