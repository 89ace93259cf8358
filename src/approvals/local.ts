import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import express, { type ErrorRequestHandler, type NextFunction, type Request, type Response } from "express";
import { unknownPlan } from "../domain/decision-rules.ts";
import type { Log } from "../domain/runtime.ts";
import { createKeys } from "./keys.ts";
import { createPages, noViewer } from "./pages.ts";
import type { PagesDeps, Viewer } from "./viewer.ts";
import { type Frame, framed } from "./views/frame.ts";
import { messageView, spentView, statusView } from "./views/outside.ts";
import { STYLE } from "./views/style.ts";

export interface LocalDeps {
  readonly pages: PagesDeps;
  /** The user of the operating system, in the form in which decisions are recorded. */
  readonly user: string;
  /** The command that opens a plan's page again. */
  openCommand(planId: string): string;
  readonly log: Log;
}

/** The pages on this machine, for the person who runs the server. */
export interface LocalServer {
  /** The address that shows a plan's state to every visitor and decides nothing. An agent may know it. */
  statusUrl(planId: string): string;
  /** An address that opens the pages once, for the person's browser. `revoke` makes it invalid. */
  ticket(planId: string): { readonly address: string; revoke(): void };
  /** When (ms since 1970) a page was last requested with a key. */
  lastUsed(): number;
  close(): Promise<void>;
}

const COOKIE = "identity_session";

/** Serves the pages on a free port of 127.0.0.1. */
export async function startLocal(deps: LocalDeps): Promise<LocalServer> {
  const { pages, log } = deps;
  const keys = createKeys(pages.now);
  let used = 0;
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  // The pages must not keep this process alive: the person's client decides how long it lives.
  server.unref();
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const origin = `http://${host}`;

  const viewerOf = (request: Request): Viewer | null => {
    const path = String(request.params["session"] ?? "");
    const session = keys.session(path, cookieIn(request));
    if (session === null) return null;
    used = pages.now();
    return { name: deps.user, level: "approval", formKey: session.formKey, base: `/s/${session.path}` };
  };

  const app = express();
  app.disable("x-powered-by").disable("etag");
  app.use((request, response, next) => protect(request, response, next, { host, origin }));
  app.get("/page.css", (_request, response) => void response.type("css").send(STYLE));
  app.get("/open/:ticket", (request, response) => {
    // A HEAD request, or a browser that loads the page in advance, is not a visit by the person.
    if (request.method !== "GET" || request.get("sec-purpose")) return void response.status(503).end();
    const spent = keys.spend(request.params.ticket);
    if (spent === null) {
      log("warn", {}, "an address of an approval page was visited that is wrong, used already or too old");
      return show(response, 410, "Used already", spentView());
    }
    const { session, planId } = spent;
    used = pages.now();
    response.cookie(COOKIE, session.secret, {
      httpOnly: true,
      sameSite: "strict",
      path: `/s/${session.path}`,
    });
    response.redirect(303, `/s/${session.path}/plans/${planId}`);
  });
  app.get("/plans/:id", (request, response) => showStatus(request.params.id, response));
  app.use("/s/:session", createPages(pages, viewerOf));
  app.use((_request, response) => noViewer(response, pages.sandbox));
  app.use(failed(log));
  server.on("request", app);

  async function showStatus(planId: string, response: Response): Promise<void> {
    const stored = await pages.plan(planId);
    if (!stored) {
      const body = messageView(unknownPlan().message, "Use the address that a tool answered.");
      return show(response, 404, "Not found", body);
    }
    const body = statusView(stored, pages.now(), deps.openCommand(stored.plan.id));
    show(response, 200, "State of a plan", body);
  }

  function show(response: Response, status: number, title: string, body: Parameters<typeof framed>[1]): void {
    const frame: Frame = { title, base: null, place: null, waiting: 0, reader: null, sandbox: pages.sandbox };
    response.status(status).type("html").send(framed(frame, body));
  }

  return {
    statusUrl: (planId) => `${origin}/plans/${planId}`,
    ticket(planId) {
      const ticket = keys.mint(planId);
      return { address: `${origin}/open/${ticket}`, revoke: () => keys.revoke(ticket) };
    },
    lastUsed: () => used,
    close: () => close(server),
  };
}

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

/** Sets the headers of every answer, and makes the refusals that come before everything else. */
function protect(
  request: Request,
  response: Response,
  next: NextFunction,
  own: { readonly host: string; readonly origin: string },
): void {
  response.set({
    "content-security-policy": POLICY,
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    // With `no-referrer`, a browser would send `Origin: null` with the page's own forms.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
  });
  const refuse = (status: number, why: string) => void response.status(status).type("txt").send(`${why}\n`);
  // A stranger can make a name resolve to this machine. Requests to that name have the name in their Host header.
  if (request.headers.host !== own.host) return refuse(421, "This address is not served here.");
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

/** The secret in the session's cookie, or undefined. Browsers send the cookie to the session's own path only. */
function cookieIn(request: Request): string | undefined {
  const found = (request.headers.cookie ?? "").split(/; */).find((pair) => pair.startsWith(`${COOKIE}=`));
  return found?.slice(COOKIE.length + 1);
}

function failed(log: Log): ErrorRequestHandler {
  // Express recognizes an error handler by its four parameters.
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

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeAllConnections();
  await closed;
}
