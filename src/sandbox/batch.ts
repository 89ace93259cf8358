import { json, refuse, trelloRoute } from "./route.ts";
import type { Route } from "./route.ts";

/** Trello's limit for one `/batch`. */
const MAX_URLS = 10;

/** `GET /batch`: up to ten GETs in one request, answered in order as `{"<status>": body}`. */
export const batchRoute: Route = trelloRoute("GET /batch", async (context) => {
  const urls = batchUrls(context.rawQuery);
  if (urls.length === 0) return refuse(400, "invalid value for urls");
  if (urls.length > MAX_URLS) return refuse(400, `a batch takes at most ${MAX_URLS} urls`);
  const replies: Record<string, unknown>[] = [];
  for (const url of urls) {
    const { status, body, text } = await context.subrequest(url);
    replies.push({ [String(status)]: body ?? text ?? null });
  }
  return json(replies);
});

/**
 * The URLs of a batch. Commas separate them, so that a comma inside one must be percent-encoded: in a query
 * written by hand `%2C`, and where the whole value is encoded, `%252C`.
 */
export function batchUrls(rawQuery: string): string[] {
  const pair = rawQuery.split("&").find((part) => part.startsWith("urls="));
  const value = pair?.slice("urls=".length) ?? "";
  const byHand = value.includes(",") || value.includes("/");
  const urls = byHand ? value.split(",").map(decode) : decode(value).split(",");
  return urls.filter((url) => url !== "");
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll("+", " "));
  } catch {
    return value;
  }
}
