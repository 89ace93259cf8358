import type { ErrorRequestHandler, NextFunction, Request, Response } from "express";
import type { Log } from "../domain/runtime.ts";

const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  "img-src data:",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/**
 * Sets the security headers of every answer, and refuses wrong requests. `host`: the only accepted Host header; null if
 * the Host was already checked.
 */
export function protect(
  request: Request,
  response: Response,
  next: NextFunction,
  own: { readonly host: string | null; readonly origin: string },
): void {
  response.set({
    "content-security-policy": POLICY,
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    // `no-referrer` is not used here. With it, a browser would send `Origin: null` with the forms of the approval
    // pages, and this server would refuse the forms.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
  });
  const refuse = (status: number, why: string) => void response.status(status).type("txt").send(`${why}\n`);
  // An attacker can make a domain name point to this machine. A browser then sends that name in the Host header, which
  // is not this server's name, so the request is refused.
  if (own.host !== null && request.headers.host !== own.host)
    return refuse(421, "This address is not served here.");
  const { origin, "sec-fetch-site": site, "sec-fetch-dest": dest } = request.headers;
  if (dest !== undefined && FRAMES.has(dest))
    return refuse(403, "This page is not shown inside another page.");
  if (request.method === "GET" || request.method === "HEAD") return next();
  if (request.method !== "POST") return refuse(405, "Only GET and POST are served.");
  if (origin !== own.origin || (site !== undefined && site !== "same-origin")) {
    return refuse(403, "This form was not sent from this page.");
  }
  next();
}

const FRAMES: ReadonlySet<string> = new Set(["iframe", "frame", "embed", "object", "fencedframe"]);

/** The value of a cookie; undefined if there is none. */
export function cookieIn({ headers }: Request, name: string): string | undefined {
  const found = (headers.cookie ?? "").split(/; */).find((pair) => pair.startsWith(`${name}=`));
  return found?.slice(name.length + 1);
}

export function failed(log: Log): ErrorRequestHandler {
  // Express recognizes an error handler by the number of its parameters, which is four.
  return (error: { readonly status?: number }, _request: Request, response: Response, _next: unknown) => {
    const isTheirs = error.status !== undefined && error.status < 500;
    if (!isTheirs) log("error", { err: error }, "an approval page failed");
    if (response.headersSent) response.end();
    else
      response
        .status(isTheirs ? (error.status ?? 400) : 500)
        .type("txt")
        .send(isTheirs ? "The form could not be read.\n" : "Something went wrong inside the server.\n");
  };
}
