import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AuthInfo } from "@modelcontextprotocol/server";
import { refuse } from "./refusal.ts";

/**
 * An HTTP request. After the gate (the check of who calls) has accepted it, the request also contains the caller. `ip`:
 * the sender's address, for the log.
 */
export type GateRequest = IncomingMessage & { auth?: AuthInfo; readonly ip?: string | undefined };

/** Decides who may send requests to MCP, and answers the requests that it refuses. */
export interface Gate {
  /** Whether every caller has signed in as a person. Only then may other machines reach this server. */
  readonly knowsCallers: boolean;
  /** Returns true if the request is accepted. Otherwise sends a refusal and returns false. */
  admit(request: GateRequest, response: ServerResponse): Promise<boolean>;
  /**
   * Returns true if the caller may send the messages of this accepted request. Otherwise sends a refusal and returns
   * false.
   */
  permit(request: GateRequest, response: ServerResponse, call: GateCall): Promise<boolean>;
  /** The document about this server that clients read before the sign-in (RFC 9728); null if there is none. */
  metadata(): Promise<object | null>;
}

export interface GateCall {
  /** The JSON in the body of a POST: one message or a list. */
  readonly body: unknown;
  /** Whether the client uses a protocol version before 2026-07-28. */
  readonly legacy: boolean;
}

/** Accepts every request. It is used only for a sandbox, which contains no real data. */
export const openGate: Gate = {
  knowsCallers: false,
  admit: async () => true,
  permit: async () => true,
  metadata: async () => null,
};

/**
 * Accepts requests that contain the bearer token. Without this check, every user of this machine could use this
 * server's credentials. `missing`: the text of the refusal, which says where the token can be found.
 */
export function createTokenGate(token: string, missing = TOKEN_TEXT): Gate {
  const expected = digest(token);
  return {
    ...openGate,
    async admit(request, response) {
      const given = bearerIn(request);
      if (given !== null && timingSafeEqual(digest(given), expected)) return true;
      const error = given === null ? "" : ', error="invalid_token"';
      response.setHeader("WWW-Authenticate", `Bearer realm="trello-identity-mcp"${error}`);
      refuse(response, 401, missing);
      return false;
    },
  };
}

const TOKEN_TEXT =
  "This server needs its bearer token. Send the header `Authorization: Bearer TOKEN`; the token is the setting IDENTITY_HTTP_TOKEN, or is in the file http-token beside the store.";

/**
 * The bearer token in the header of a request (RFC 6750 section 2.1); null if there is none. A token in the URL is not
 * used.
 */
export function bearerIn({ headers }: IncomingMessage): string | null {
  return /^Bearer +([\w.~+/-]+=*) *$/i.exec(headers.authorization ?? "")?.[1] ?? null;
}

// The digests of tokens are compared, because they have the same length. So the time that a comparison takes reveals
// nothing about the token.
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
