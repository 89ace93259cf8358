import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response } from "express";
import { PARSE_ERROR } from "@modelcontextprotocol/server";
import type { Log } from "../domain/runtime.ts";
import { refuse } from "./refusal.ts";

/** The largest body: 4 MB, more than any message of the protocol needs. */
const MOST_BYTES = 4 * 1024 * 1024;
/**
 * How long (ms) the rest of a refused body is read and thrown away. Some clients read the answer only after they have
 * sent the whole body.
 */
const LINGER_MS = 500;

/** Reads the JSON in the body of a request. A body that is too long is refused at once, without waiting for its end. */
export function jsonBody(): readonly RequestHandler[] {
  return [limitBody, express.json({ limit: MOST_BYTES })];
}

/**
 * Checks the length of a body while it arrives. The body parser would report a body that is too long only at its end,
 * and some bodies have no end.
 */
const limitBody: RequestHandler = (request, response, next) => {
  if (Number(request.headers["content-length"] ?? 0) > MOST_BYTES) return refuseLong(request, response);
  let bytes = 0;
  const count = (chunk: Buffer) => {
    bytes += chunk.byteLength;
    if (bytes <= MOST_BYTES) return;
    request.off("data", count);
    refuseLong(request, response);
  };
  // The parser is called at once, so that it also gets the first bytes of the body.
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

const TOO_LONG_TEXT = "The request is too large: a message may have at most 4 MB.";

/** An error of the libraries body-parser and http-errors while the body of a request is read. */
interface BodyError {
  readonly type?: string;
  readonly status?: number;
  /** True if the client caused the error, so that the error may be shown to the client. */
  readonly expose?: boolean;
}

/** Answers a request whose handler failed. */
export function errorHandler(log: Log): ErrorRequestHandler {
  // Express recognizes an error handler by the number of its parameters, which is four.
  return (error: BodyError, _request: Request, response: Response, _next: unknown) => {
    if (error.type === "entity.parse.failed") return refuse(response, 400, "Parse error", PARSE_ERROR);
    if (error.type === "entity.too.large") return refuse(response, 413, TOO_LONG_TEXT);
    // The client made another mistake than wrong JSON or a body that is too long: an unknown encoding, or bytes that do
    // not belong to the encoding.
    if (error.expose === true && error.status && error.status < 500)
      return refuse(response, error.status, "The body of the request cannot be read.", PARSE_ERROR);
    log("error", { err: error }, "an HTTP request failed");
    refuse(response, 500, "Something went wrong inside the server.");
  };
}
