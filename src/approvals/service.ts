import express, { type NextFunction, type Request, type Response, type Router } from "express";
import { isNamedApprover } from "../domain/approvers.ts";
import { AppError, toAppError } from "../domain/error.ts";
import { type SignedIn, shownName } from "../domain/planning.ts";
import type { Log } from "../domain/runtime.ts";
import type { PageSession, PageSessions, SignIn } from "../domain/sign-in.ts";
import { createBrowserSessions } from "./browser-session.ts";
import { isFormToken } from "./keys.ts";
import { addAssets, createPages } from "./pages.ts";
import { failed, protect } from "./protect.ts";
import { fieldsOf, forged, type PagesDeps, STATUS, type Viewer } from "./viewer.ts";
import { framed } from "./views/frame.ts";
import { messageView, signInView } from "./views/outside.ts";

/** What the pages show to one group of people (of the whole service, or of one tenant): plans, runs and reviews. */
export interface Room {
  readonly pages: PagesDeps;
  /**
   * The people who may approve. Each entry is an email, or `ISSUER#VALUE`: the issuer's URL and the value by which the
   * issuer identifies the person. If the list is empty, all people to whom the issuer gives the scope
   * `identity:approve` may approve.
   */
  readonly approvers: readonly string[];
}

export interface ServiceDeps {
  /**
   * What the pages show to this person; null if the person's tenant no longer exists. Every call returns the same
   * object for the same tenant, because the pages are made once for each object.
   */
  roomOf(person: SignedIn): Promise<Room | null>;
  readonly signIn: SignIn;
  readonly sessions: PageSessions;
  /** The keys that sign cookies, the newest first. They are in the store, so all processes use the same keys. */
  keys(): Promise<readonly string[]>;
  /** The public URL of the pages, without a slash at the end: `https://identity.example.com/approvals`. */
  readonly pagesUrl: string;
  /** Milliseconds since 1970. */
  now(): number;
  /** True if Trello and Atlassian are emulated by the sandbox. */
  readonly sandbox: boolean;
  readonly log: Log;
}

/** The path to which the issuer sends people back after the sign-in, below the URL of the pages. */
const CALLBACK = "/callback";

/**
 * The approval pages of a service, on which people sign in at the issuer. All their data is in the store, so any
 * process can answer.
 */
export function createServicePages(deps: ServiceDeps): Router {
  const { signIn, log } = deps;
  const pagesUrl = new URL(deps.pagesUrl);
  const base = pagesUrl.pathname;
  const browser = createBrowserSessions({ ...deps, pagesUrl });
  const signInAt = (to: string) => `${base}/sign-in?to=${encodeURIComponent(to)}`;
  const afresh = `${base}/sign-in?again=1`;
  const router = express.Router();

  const show = (response: Response, status: number, title: string, body: Parameters<typeof framed>[1]) => {
    const frame = {
      title,
      base: null,
      assets: base,
      place: null,
      waiting: 0,
      reader: null,
      sandbox: deps.sandbox,
    };
    response.status(status).type("html").send(framed(frame, body));
  };
  /** The page for a browser that is not signed in. It offers the sign-in and shows no plan and no run. */
  const stranger = (request: Request, response: Response): void => {
    const isForm = request.method !== "GET";
    const to = placeIn(isForm ? request.path.replace(/\/[^/]*$/, "") : request.path);
    const body = isForm
      ? signInView(signInAt(to), "Your sign-in has ended", "Nothing was decided. Sign in, and decide again.")
      : signInView(signInAt(to), "Sign in to see this page", NEEDED);
    show(response, 401, "Sign in", body);
  };
  const couldNot = (response: Response, thrown: unknown): void => {
    const { code, message } = toAppError(thrown);
    if (code === "INTERNAL") throw thrown;
    show(
      response,
      STATUS[code] ?? 502,
      "Not signed in",
      signInView(afresh, "You are not signed in", message),
    );
  };

  async function begin(request: Request, response: Response): Promise<void> {
    try {
      const { address, pending } = await signIn.begin({ again: request.query["again"] === "1" });
      await browser.keep(response, { ...pending, to: placeIn(request.query["to"]) });
      response.redirect(303, address);
    } catch (thrown) {
      couldNot(response, thrown);
    }
  }

  async function finish(request: Request, response: Response): Promise<void> {
    try {
      const kept = await browser.take(request, response);
      if (kept === null) throw lostSignIn();
      const proven = await signIn.finish(request.query, kept);
      await browser.begin(request, response, proven);
      const facts = { subject: proven.person.id, mayApprove: proven.mayApprove };
      log("info", facts, "a person signed in on the pages");
      response.redirect(303, `${base}${placeIn(kept.to)}`);
    } catch (thrown) {
      couldNot(response, thrown);
    }
  }

  async function signOut(request: Request, response: Response): Promise<void> {
    const session = await browser.find(request);
    if (session === null) return stranger(request, response);
    if (!isFormToken(fieldsOf(request)["token"], formKeyOf(session), "sign-out", session.person.id)) {
      const { message, next } = forged();
      return show(response, 403, "Not done", messageView(message, next));
    }
    await browser.end(request, response);
    show(response, 200, "Signed out", signInView(afresh, "You are signed out", SIGNED_OUT));
  }

  const viewers = new WeakMap<Request, Viewer>();
  const routers = new WeakMap<Room, Router>();
  const pagesOf = (room: Room): Router => {
    const made =
      routers.get(room) ?? createPages(room.pages, (request) => viewers.get(request) ?? null, stranger);
    routers.set(room, made);
    return made;
  };

  async function enter(request: Request, response: Response, next: NextFunction): Promise<void> {
    const session = await browser.find(request);
    const room = session && (await deps.roomOf(session.person));
    if (session === null || room === null) return stranger(request, response);
    viewers.set(request, viewerIn(session, { base, approvers: room.approvers }));
    pagesOf(room)(request, response, next);
  }

  router.use((request, response, next) => {
    // Other websites may be allowed to call MCP, but they must never read the approval pages. So the header that would
    // allow this is removed.
    response.removeHeader("access-control-allow-origin");
    protect(request, response, next, { host: null, origin: pagesUrl.origin });
  });
  router.get("/sign-in", (request, response) => begin(request, response));
  router.get(CALLBACK, (request, response) => finish(request, response));
  const form = express.urlencoded({ extended: false, limit: "16kb", parameterLimit: 20 });
  router.post("/sign-out", form, (request, response) => signOut(request, response));
  addAssets(router);
  router.use((request, response, next) => enter(request, response, next));
  router.use(failed(log));
  return router;
}

const NEEDED =
  "Plans are shown to the people who may decide about them, and to the people who asked for them. You sign in at your organization's own sign-in page.";
const SIGNED_OUT =
  "This browser cannot decide about plans now. At your organization you are still signed in: on a shared computer, sign out there too.";

function formKeyOf({ formKey }: PageSession): Buffer {
  return Buffer.from(formKey, "base64url");
}

/** The signed-in person of a session, in the form that the pages need. */
function viewerIn(
  session: PageSession,
  { base, approvers }: { readonly base: string; readonly approvers: readonly string[] },
): Viewer {
  const { person, mayApprove } = session;
  const decider = {
    subject: person.id,
    ...(person.email !== null && { email: person.email }),
    ...(mayApprove && { scope: "identity:approve" as const }),
  };
  return {
    ...decider,
    name: shownName(person),
    formKey: formKeyOf(session),
    base,
    isApprover: approvers.length > 0 ? isNamedApprover(approvers, decider) : mayApprove,
  };
}

/**
 * The path of the page that is opened after the sign-in: `value` if it is the path of a plan, a run or a review;
 * otherwise `/`, the list of plans.
 */
function placeIn(value: unknown): string {
  return typeof value === "string" && /^\/(plans|runs|reviews)\/\w{1,100}$/.test(value) ? value : "/";
}

function lostSignIn(): AppError {
  return new AppError(
    "UNAUTHENTICATED",
    "The sign-in took too long, was used already, or began in another browser.",
    {
      next: "Sign in again.",
    },
  );
}
