import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { CookieOptions, Request, Response } from "express";
import { z } from "zod";
import type { PageSession, PageSessions, PendingSignIn, ProvenPerson } from "../domain/sign-in.ts";
import { cookieIn } from "./protect.ts";

export interface BrowserSessionDeps {
  readonly sessions: PageSessions;
  /** The keys that sign the cookies of a sign-in, the newest first. They are in the store. */
  keys(): Promise<readonly string[]>;
  /** The address of the pages. */
  readonly pagesUrl: URL;
  /** Milliseconds since 1970. */
  now(): number;
}

/** What the browser keeps during a sign-in: the state of the sign-in, and the page that the person wanted to open. */
type Kept = PendingSignIn & { readonly to: string };

/**
 * The cookies of a person's browser. During a sign-in they contain the state of the sign-in. Afterwards they contain
 * the secret of the session.
 */
export interface BrowserSessions {
  find(request: Request): Promise<PageSession | null>;
  /** Starts a session, and ends the earlier session of this browser. */
  begin(request: Request, response: Response, proven: ProvenPerson): Promise<void>;
  end(request: Request, response: Response): Promise<void>;
  keep(response: Response, kept: Kept): Promise<void>;
  /**
   * Returns what the browser kept during the sign-in, and deletes it in the browser. null if the browser kept nothing,
   * or if what it kept is too old or was not signed by this service.
   */
  take(request: Request, response: Response): Promise<Kept | null>;
}

/**
 * How long (ms) a session on these pages lasts: 30 minutes. Then the person must sign in again. The issuer (the
 * company's sign-in service) asks for no password while its own session with this person lasts.
 */
const SESSION_LIFE_MS = 30 * 60_000;
/** A person has 10 minutes to sign in at the issuer (the company's sign-in service). */
const SIGN_IN_LIFE_MS = 10 * 60_000;

const kept = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  to: z.string(),
  until: z.number(),
});

export function createBrowserSessions(deps: BrowserSessionDeps): BrowserSessions {
  const { sessions, keys, pagesUrl, now } = deps;
  const secure = pagesUrl.protocol === "https:";
  // A browser accepts a cookie with this prefix only over https, only from this host, and only if it is for all paths.
  const prefix = secure ? "__Host-" : "";
  const name = `${prefix}identity_approver`;
  const signInName = `${prefix}identity_sign_in`;
  const options: CookieOptions = {
    httpOnly: true,
    secure,
    // `lax` lets the browser send the cookie when a link on another site leads to these pages. This is needed, because
    // the issuer's site sends the person back after the sign-in, and because chats contain links to the pages.
    sameSite: "lax",
    path: secure ? "/" : pagesUrl.pathname,
  };
  const at = (ms = 0) => new Date(now() + ms).toISOString();

  function idIn(request: Request): string | null {
    const secret = cookieIn(request, name);
    return secret === undefined ? null : createHash("sha256").update(secret).digest("hex");
  }

  async function forget(request: Request): Promise<void> {
    const id = idIn(request);
    if (id !== null) await sessions.remove(id);
  }

  return {
    async find(request) {
      const id = idIn(request);
      return id === null ? null : await sessions.get(id, at());
    },
    async begin(request, response, proven) {
      await forget(request);
      const secret = randomBytes(32).toString("base64url");
      const session = {
        ...proven,
        formKey: randomBytes(32).toString("base64url"),
        expiresAt: at(SESSION_LIFE_MS),
      };
      await sessions.put(createHash("sha256").update(secret).digest("hex"), session, at());
      response.cookie(name, secret, { ...options, maxAge: SESSION_LIFE_MS });
    },
    async end(request, response) {
      await forget(request);
      response.clearCookie(name, options);
    },
    async keep(response, pending) {
      const [newest = ""] = await keys();
      const body = JSON.stringify({ ...pending, until: now() + SIGN_IN_LIFE_MS });
      const text = Buffer.from(body).toString("base64url");
      response.cookie(signInName, `${text}.${signature(newest, text)}`, {
        ...options,
        maxAge: SIGN_IN_LIFE_MS,
      });
    },
    async take(request, response) {
      const [text = "", signed = ""] = (cookieIn(request, signInName) ?? "").split(".");
      if (text === "") return null;
      response.clearCookie(signInName, options);
      const isOurs = (await keys()).some((key) => isSame(signed, signature(key, text)));
      if (!isOurs) return null;
      const found = kept.safeParse(JSON.parse(Buffer.from(text, "base64url").toString()));
      return found.success && found.data.until > now() ? found.data : null;
    },
  };
}

function signature(key: string, text: string): string {
  return createHmac("sha256", key).update(`sign-in ${text}`).digest("base64url");
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [given, expected].map((each) => createHash("sha256").update(each).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
