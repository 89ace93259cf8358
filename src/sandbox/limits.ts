import type { Incoming, Reply } from "./route.ts";

/** The most requests in a window (developer.atlassian.com/cloud/trello/guides/rest-api/rate-limits). */
const TOKEN_MAX = 100;
const KEY_MAX = 300;
const WINDOW_MS = 10_000;
const SCARCE = { max: 100, intervalMs: 900_000 };
/**
 * The most requests of a person in a window, for all keys and tokens together. The limit was 200 in 2020 and is 375
 * since 2022: 251 of 254 recorded replies show 375.
 */
const MEMBER_MAX = 375;
/** After 200 replies with 429 for one key in a window, every reply is 429 until the window ends. */
const MAX_REFUSALS = 200;

interface Budget {
  readonly max: number;
  readonly intervalMs: number;
}

/** The key, token and person of a request. The request counts in the rate limits of all three. */
export interface Counted {
  readonly key: string | null;
  readonly token: string | null;
  readonly idMember: string | null;
}

export interface Limits {
  /** Counts a request in all its rate limits. If one limit is reached, counts it in none and returns the refusal. */
  take(counted: Counted, scarce: boolean): { readonly refusal: Reply | null };
  /** The headers `x-rate-limit-*`, which show how much of each rate limit is left. */
  headers(counted: Counted): Record<string, string>;
}

/**
 * Rate limits for key, token and person: at most `max` requests in any period of the window's length. `elsewhere`: how
 * many requests in each window the person is assumed to send in other ways. They count for the person's limit.
 * `windowMs` is shorter in tests, so that they take less time.
 */
export function createLimits(now: () => number, elsewhere = 0, windowMs = WINDOW_MS): Limits {
  const TOKEN = { max: TOKEN_MAX, intervalMs: windowMs };
  const KEY = { max: KEY_MAX, intervalMs: windowMs };
  const MEMBER = { max: MEMBER_MAX, intervalMs: windowMs };
  const windows = new Map<string, number[]>();
  const lockedUntil = new Map<string, number>();

  function live(name: string, { intervalMs }: Budget): number[] {
    const starts = windows.get(name) ?? [];
    windows.set(name, starts);
    const horizon = now() - intervalMs;
    const firstLive = starts.findIndex((at) => at > horizon);
    starts.splice(0, firstLive < 0 ? starts.length : firstLive);
    return starts;
  }

  function refuse(key: string | null, reply: Reply): { refusal: Reply } {
    if (key !== null) {
      const refusals = live(`refusals ${key}`, KEY);
      refusals.push(now());
      if (refusals.length > MAX_REFUSALS && (lockedUntil.get(key) ?? 0) <= now()) {
        lockedUntil.set(key, (refusals[0] ?? now()) + KEY.intervalMs);
      }
    }
    return { refusal: reply };
  }

  return {
    take({ key, token, idMember }, scarce) {
      if (key !== null && (lockedUntil.get(key) ?? 0) > now()) return refuse(key, exceeded("KEY"));
      const byKey = key === null ? [] : live(`key ${key}`, KEY);
      if (byKey.length >= KEY.max) return refuse(key, exceeded("KEY"));
      const byToken = token === null ? [] : live(`token ${token}`, TOKEN);
      if (byToken.length >= TOKEN.max) return refuse(key, exceeded("TOKEN"));
      const byMember = idMember === null ? [] : live(`member ${idMember}`, MEMBER);
      if (byMember.length + elsewhere >= MEMBER.max) return refuse(key, exceeded("MEMBER"));
      const byScarce = scarce && token !== null ? live(`scarce ${token}`, SCARCE) : [];
      if (byScarce.length >= SCARCE.max) return refuse(key, SCARCE_EXCEEDED);
      for (const starts of [byKey, byToken, byMember, ...(scarce ? [byScarce] : [])]) starts.push(now());
      return { refusal: null };
    },
    headers({ key, token, idMember }) {
      return {
        ...(key === null ? {} : headersOf("api-key", KEY, live(`key ${key}`, KEY).length)),
        ...(token === null ? {} : headersOf("api-token", TOKEN, live(`token ${token}`, TOKEN).length)),
        ...(idMember === null
          ? {}
          : headersOf("member", MEMBER, live(`member ${idMember}`, MEMBER).length + elsewhere)),
      };
    },
  };
}

/**
 * The reply if too many requests use a route with a strict limit. Trello does not publish the message. The message here
 * is the one that a client library received for /1/members.
 */
const SCARCE_EXCEEDED: Reply = {
  status: 429,
  body: { error: "RATE_LIMIT_EXCEEDED", message: "Exceeded rate limit to /1/member" },
};

/** The refusal if a rate limit is reached. Trello does not publish the message for a member's limit. */
function exceeded(which: "KEY" | "TOKEN" | "MEMBER"): Reply {
  return { status: 429, body: { error: `API_${which}_LIMIT_EXCEEDED`, message: "Rate limit exceeded" } };
}

function headersOf(
  which: "api-key" | "api-token" | "member",
  { max, intervalMs }: Budget,
  used: number,
): Record<string, string> {
  return {
    [`x-rate-limit-${which}-interval-ms`]: String(intervalMs),
    [`x-rate-limit-${which}-max`]: String(max),
    [`x-rate-limit-${which}-remaining`]: String(Math.max(0, max - used)),
  };
}

/**
 * The headers of two more limits, which recorded replies show on some routes: 7,200,000 ms of database time in 600 s,
 * and 15,000 actions in an hour. The sandbox does not apply these limits. But a planned failure can answer as if one of
 * them was reached.
 */
export function moreLimits({ method, path }: Pick<Incoming, "method" | "path">): Record<string, string> {
  const headers = (which: string, intervalMs: number, max: number, used: number) => ({
    [`x-rate-limit-${which}-interval-ms`]: String(intervalMs),
    [`x-rate-limit-${which}-max`]: String(max),
    [`x-rate-limit-${which}-remaining`]: String(max - used),
  });
  if (method !== "GET") return headers("action", 3_600_000, 15_000, 2);
  return /^\/(boards|organizations)\//.test(path) ? headers("db-query-time", 600_000, 7_200_000, 368) : {};
}
