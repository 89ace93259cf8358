import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AuthInfo } from "@modelcontextprotocol/server";
import { refuse } from "./refusal.ts";

/**
 * A request. It also holds the caller after the gate has let the request in. `ip` is the sender's address, for the
 * log.
 */
export type GateRequest = IncomingMessage & { auth?: AuthInfo; readonly ip?: string | undefined };

/** The check in front of MCP. It decides which requests may pass, and answers the others. */
export interface Gate {
  /** Whether every caller is a person who signed in. Only then may other machines reach the server. */
  readonly knowsCallers: boolean;
  /** Lets a request in, or answers it and returns false. */
  admit(request: GateRequest, response: ServerResponse): Promise<boolean>;
  /** Lets the messages of a request that was let in pass, or answers it and returns false. */
  permit(request: GateRequest, response: ServerResponse, call: GateCall): Promise<boolean>;
  /** The document about this server that clients read before they sign in (RFC 9728); null if there is none. */
  metadata(): Promise<object | null>;
}

export interface GateCall {
  /** The parsed JSON of a POST: one message, or a list. */
  readonly body: unknown;
  /** Whether the client is older than 2026-07-28. */
  readonly legacy: boolean;
}

/** Lets every request in, for a sandbox that has nothing to protect. */
export const openGate: Gate = {
  knowsCallers: false,
  admit: async () => true,
  permit: async () => true,
  metadata: async () => null,
};

/**
 * Lets in who sends the bearer token. Without it, every user of the machine could act with this server's credentials.
 * `missing` says where the token is found.
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
  "This server asks for its bearer token. Send the header `Authorization: Bearer TOKEN`; the token is the setting IDENTITY_HTTP_TOKEN, or is in the file http-token beside the store.";

/** The bearer token of a request (RFC 6750 section 2.1); null if there is none. A token in the address does not count. */
export function bearerIn({ headers }: IncomingMessage): string | null {
  return /^Bearer +([\w.~+/-]+=*) *$/i.exec(headers.authorization ?? "")?.[1] ?? null;
}

// Digests have one length, so that the comparison takes the same time for each token.
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
