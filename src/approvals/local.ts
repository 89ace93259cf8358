import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import express, { type Request, type Response } from "express";
import { unknownPlan } from "../domain/decision-rules.ts";
import { unknownReview } from "../domain/sign-off-rules.ts";
import type { Log } from "../domain/runtime.ts";
import { createKeys } from "./keys.ts";
import { createPages, noViewer } from "./pages.ts";
import { cookieIn, failed, protect } from "./protect.ts";
import type { PagesDeps, Viewer } from "./viewer.ts";
import { type Frame, framed } from "./views/frame.ts";
import { messageView, spentView, statusView } from "./views/outside.ts";
import { reviewStatusView } from "./views/review-list.ts";
import { STYLE } from "./views/style.ts";

export interface LocalDeps {
  readonly pages: PagesDeps;
  /** The name of the user in the operating system. The store records the name with each decision of this user. */
  readonly user: string;
  /** The command for a terminal that opens the approval page of a plan. The status page shows this command. */
  openCommand(planId: string): string;
  readonly log: Log;
}

/** The web server with the approval pages on this machine, for the user who runs the MCP server. */
export interface LocalServer {
  /**
   * The URL of a page that shows a plan's state to everyone on this machine. Nobody can decide about the plan on this
   * page, so an agent may know the URL.
   */
  statusUrl(planId: string): string;
  /** The URL of a page that shows the state of a named review. Nobody can decide or sign on this page. */
  reviewUrl(reviewId: string): string;
  /**
   * A URL for the user's browser, which works only once and opens the page at the path `place`. `revoke` makes the URL
   * invalid.
   */
  ticket(place: string): { readonly address: string; revoke(): void };
  /** When a page was last opened with a valid session, in milliseconds since 1970. */
  lastUsed(): number;
  close(): Promise<void>;
}

const COOKIE = "identity_session";

/** Starts the pages on a free port of 127.0.0.1. */
export async function startLocal(deps: LocalDeps): Promise<LocalServer> {
  const { pages, log } = deps;
  const keys = createKeys(pages.now);
  let used = 0;
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  // An open page must not keep this process running: the user's MCP client decides when the process ends.
  server.unref();
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const origin = `http://${host}`;

  const viewerOf = (request: Request): Viewer | null => {
    const path = String(request.params["session"] ?? "");
    const session = keys.session(path, cookieIn(request, COOKIE));
    if (session === null) return null;
    used = pages.now();
    return { name: deps.user, isApprover: true, formKey: session.formKey, base: `/s/${session.path}` };
  };

  const app = express();
  app.disable("x-powered-by").disable("etag");
  app.use((request, response, next) => protect(request, response, next, { host, origin }));
  app.get("/page.css", (_request, response) => void response.type("css").send(STYLE));
  app.get("/open/:ticket", (request, response) => {
    // Only a person who opens the page uses up the ticket (the part of the URL that works only once). A HEAD request
    // does not use the ticket up, and neither does a browser that loads the page in advance.
    if (request.method !== "GET" || request.get("sec-purpose")) return void response.status(503).end();
    const spent = keys.spend(request.params.ticket);
    if (spent === null) {
      log(
        "warn",
        {},
        "an address of an approval page was opened, but the address is wrong, was used before or is too old",
      );
      return show(response, 410, "Used already", spentView());
    }
    const { session, place } = spent;
    used = pages.now();
    response.cookie(COOKIE, session.secret, {
      httpOnly: true,
      sameSite: "strict",
      path: `/s/${session.path}`,
    });
    response.redirect(303, `/s/${session.path}${place}`);
  });
  app.get("/plans/:id", (request, response) => showStatus(request.params.id, response));
  app.get("/reviews/:id", (request, response) => showReviewStatus(request.params.id, response));
  app.use(
    "/s/:session",
    createPages(pages, viewerOf, (_request, response) => noViewer(response, pages.sandbox)),
  );
  app.use((_request, response) => noViewer(response, pages.sandbox));
  app.use(failed(log));
  server.on("request", app);

  async function showStatus(planId: string, response: Response): Promise<void> {
    const stored = await pages.plan(planId);
    if (!stored) {
      const body = messageView(unknownPlan().message, "Use the address in the tool's answer.");
      return show(response, 404, "Not found", body);
    }
    const body = statusView(stored, pages.now(), deps.openCommand(stored.plan.id));
    show(response, 200, "State of a plan", body);
  }

  async function showReviewStatus(reviewId: string, response: Response): Promise<void> {
    const record = await pages.reviews.get(reviewId);
    if (record) return show(response, 200, "State of a review", reviewStatusView(record));
    const { message, next } = unknownReview();
    show(response, 404, "Not found", messageView(message, next));
  }

  function show(response: Response, status: number, title: string, body: Parameters<typeof framed>[1]): void {
    const frame: Frame = { title, base: null, place: null, waiting: 0, reader: null, sandbox: pages.sandbox };
    response.status(status).type("html").send(framed(frame, body));
  }

  return {
    statusUrl: (planId) => `${origin}/plans/${planId}`,
    reviewUrl: (reviewId) => `${origin}/reviews/${reviewId}`,
    ticket(place) {
      const ticket = keys.mint(place);
      return { address: `${origin}/open/${ticket}`, revoke: () => keys.revoke(ticket) };
    },
    lastUsed: () => used,
    close: () => close(server),
  };
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeAllConnections();
  await closed;
}
