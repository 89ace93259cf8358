import { Transform } from "node:stream";
import { parseJSONRPCMessage } from "@modelcontextprotocol/server";
import { isTooDeep } from "./frames.ts";

/** Answers a request that cannot be processed with an error. `id`: the id of that request. */
export type RefuseLine = (id: string | number, message: string) => void;

/** A byte order mark, which some shells write at the start of a stream (RFC 8259 section 8.1). */
const MARK = /^\uFEFF/;
const LINE_FEED = 0x0a;
/** The longest message in bytes; the same as over HTTP. */
const LONGEST = 4 * 1024 * 1024;

/**
 * Passes on the lines that contain a message of the protocol. A wrong line may contain the id of a request. That
 * request is then refused, because its client would otherwise wait for ever. `dropped`: called for each line that is
 * not passed on.
 */
export function messageLines(refuse: RefuseLine, dropped: (why: string) => void): Transform {
  let parts: Buffer[] = [];
  let length = 0;

  function pass(this: void, line: Buffer): Buffer | null {
    const text = line.toString("utf8").replace(MARK, "");
    if (text.trim() === "") return null;
    const why = problemOf(text, refuse);
    if (why === null) return Buffer.from(`${text}\n`);
    dropped(why);
    return null;
  }

  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      let from = 0;
      for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, from)) {
        const isShort = length + at - from <= LONGEST;
        const line = isShort ? pass(Buffer.concat([...parts, chunk.subarray(from, at)])) : null;
        if (line !== null) this.push(line);
        if (!isShort) dropped("it is too long");
        parts = [];
        length = 0;
        from = at + 1;
      }
      length += chunk.length - from;
      // The rest of a line that is too long is read and thrown away.
      if (length > LONGEST) parts = [];
      else if (from < chunk.length) parts.push(chunk.subarray(from));
      done();
    },
  });
}

/** Why a line is not passed on; null if the line contains a message. */
function problemOf(text: string, refuse: RefuseLine): string | null {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return "it is not JSON";
  }
  const why = isTooDeep(message)
    ? "it is nested too deeply"
    : isMessage(message)
      ? null
      : "it is not a message of JSON-RPC 2.0";
  if (why !== null) for (const id of idsIn(message)) refuse(id, `The message cannot be read: ${why}.`);
  return why;
}

function isMessage(value: unknown): boolean {
  try {
    parseJSONRPCMessage(value);
    return true;
  } catch {
    return false;
  }
}

/** The ids of the requests in a message. The protocol does not allow lists, so every request in a list is refused. */
function idsIn(message: unknown): readonly (string | number)[] {
  if (Array.isArray(message)) return message.flatMap((each) => (Array.isArray(each) ? [] : idsIn(each)));
  if (typeof message !== "object" || message === null) return [];
  if (!("id" in message && "method" in message) || "result" in message || "error" in message) return [];
  const { id } = message;
  return typeof id === "string" || (typeof id === "number" && Number.isSafeInteger(id)) ? [id] : [];
}
