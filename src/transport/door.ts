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
  /** Whether other machines can reach the address on which the server listens. */
  readonly beyondLoopback: boolean;
  /** The URL for clients; null if it is the address on which the server listens. */
  readonly publicUrl: string | null;
  readonly allowedOrigins: readonly string[];
}

// The HTTP headers that MCP clients send and read (MCP 2025-11-25 and 2026-07-28, Streamable HTTP).
const ALLOWED_HEADERS =
  "Authorization, Content-Type, Accept, Mcp-Protocol-Version, Mcp-Session-Id, Mcp-Method, Mcp-Name, Last-Event-ID";
const EXPOSED_HEADERS = "Mcp-Session-Id, WWW-Authenticate, Retry-After";
const METHODS = "GET, POST, DELETE, OPTIONS";

/**
 * The first check of every request. It protects against web pages in a user's browser: the Host header must name this
 * server, and the Origin must be allowed. Before some requests, a browser sends an OPTIONS request without a token. So
 * OPTIONS is answered here, before tokens are checked.
 */
export function createDoor({ host, beyondLoopback, publicUrl, allowedOrigins }: DoorDeps) {
  const own = publicUrl === null ? null : new URL(publicUrl);
  const hosts = [...localhostAllowedHostnames(), host, ...(own ? [own.hostname] : [])];
  const origins = new Set([...allowedOrigins, ...(own ? [own.origin] : [])]);

  function isOwnHost(given: string | undefined): boolean {
    const checked = validateHostHeader(given, hosts);
    if (checked.ok) return true;
    // The health checks of a cluster send an IP address as the host, so IP addresses are accepted. This is safe: a
    // browser that was led here by a false domain name sends that domain name, not an IP address.
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
        "Web pages of this origin may not call this server. IDENTITY_ALLOWED_ORIGINS lists the allowed origins.",
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
