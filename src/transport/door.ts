import type { NextFunction, Request, Response } from "express";
import { isIP } from "node:net";
import {
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  validateHostHeader,
  validateOriginHeader,
} from "@modelcontextprotocol/server";
import { refuse } from "./refusal.ts";

export interface DoorDeps {
  /** The address that is listened on. */
  readonly host: string;
  /** Whether other machines can reach that address. */
  readonly beyondLoopback: boolean;
  /** The address for clients; null if it is only the one that is listened on. */
  readonly publicUrl: string | null;
  readonly allowedOrigins: readonly string[];
}

// What clients of MCP send and read (MCP 2025-11-25 and 2026-07-28, Streamable HTTP).
const ALLOWED_HEADERS =
  "Authorization, Content-Type, Accept, Mcp-Protocol-Version, Mcp-Session-Id, Mcp-Method, Mcp-Name, Last-Event-ID";
const EXPOSED_HEADERS = "Mcp-Session-Id, WWW-Authenticate, Retry-After";
const METHODS = "GET, POST, DELETE, OPTIONS";

/**
 * What is checked before anything else. A web page in a person's browser must not reach this server by a name that resolves
 * to it (Host), nor from its own origin (Origin). Browsers ask by OPTIONS first and send no token with it.
 */
export function createDoor({ host, beyondLoopback, publicUrl, allowedOrigins }: DoorDeps) {
  const own = publicUrl === null ? null : new URL(publicUrl);
  const hosts = [...localhostAllowedHostnames(), host, ...(own ? [own.hostname] : [])];
  const origins = new Set([...allowedOrigins, ...(own ? [own.origin] : [])]);

  function isOwnHost(given: string | undefined): boolean {
    const checked = validateHostHeader(given, hosts);
    if (checked.ok) return true;
    // Probes of a cluster come to the address itself. A browser that was led here by a name sends that name.
    return beyondLoopback && isIP(checked.hostname?.replace(/^\[|\]$/g, "") ?? "") !== 0;
  }

  const isAllowedOrigin = (given: string): boolean =>
    origins.has(given) || validateOriginHeader(given, localhostAllowedOrigins()).ok;

  return (request: Request, response: Response, next: NextFunction): void => {
    const { host: named, origin } = request.headers;
    if (!isOwnHost(named))
      return refuse(
        response,
        403,
        "The Host header names another server. Set IDENTITY_PUBLIC_URL to the address for clients.",
      );
    if (origin !== undefined && !isAllowedOrigin(origin))
      return refuse(
        response,
        403,
        "Pages of this origin may not call. IDENTITY_ALLOWED_ORIGINS names those that may.",
      );
    if (origin !== undefined) {
      response.setHeader("Access-Control-Allow-Origin", origin);
      response.setHeader("Access-Control-Expose-Headers", EXPOSED_HEADERS);
      response.vary("Origin");
    }
    if (request.method !== "OPTIONS") return next();
    response.setHeader("Allow", METHODS);
    response.setHeader("Access-Control-Allow-Methods", METHODS);
    response.setHeader("Access-Control-Allow-Headers", ALLOWED_HEADERS);
    response.setHeader("Access-Control-Max-Age", "600");
    response.status(204).end();
  };
}
