import { SEED } from "../src/sandbox/index.ts";
import type { Sandbox } from "../src/sandbox/index.ts";
import { largeWorld } from "./large-world.ts";
import type { Measurement } from "./measurement.ts";
import { brokenOf, median, ratio, timed } from "./measurement.ts";
import { peakMegabytes, startServer } from "./server.ts";

const ROUNDS = 5;
const MEMBERS = 10_000;
const BOARDS = 1_000;
const MOST_BYTES = 4_000;
const MOST_REQUESTS = 3;
const MOST_MEGABYTES = 200;

/** One page of a large workspace's directory, against fetching the same upstream replies and nothing more; interleaved. */
export async function directory(): Promise<Measurement> {
  const server = await startServer(largeWorld(MEMBERS, BOARDS));
  const { sandbox } = server;
  try {
    const page = () => server.call("list_workspace_members", { workspace: SEED.workspaces.premium.id });
    // The first call also learns what later ones know; it shows which requests a page takes.
    sandbox.resetRequests();
    const first = await timed(page);
    const urls = sandbox.requests.filter(({ upstream }) => upstream === "trello").map(urlOf(sandbox));
    const ours: number[] = [];
    const raw: number[] = [];
    let rawBytes = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const fetched = await timed(() => Promise.all(urls.map((url) => fetchRaw(sandbox, url))));
      raw.push(fetched.ms);
      rawBytes = fetched.result.reduce((sum, bytes) => sum + bytes, 0);
      ours.push((await timed(page)).ms);
    }
    const { bytes, structured } = first.result;
    const shown = (structured["members"] as readonly unknown[]).length;
    const peak = await peakMegabytes(server.pid);
    return {
      title: `${MEMBERS} members, ${BOARDS} boards; a page shows ${shown} of ${String(structured["total"])}`,
      lines: [
        `bytes of the page / bytes of the upstream replies: ${ratio(bytes, rawBytes, "bytes")}`,
        `upstream requests / ${MOST_REQUESTS} allowed: ${ratio(urls.length, MOST_REQUESTS, "requests")}`,
        `a page / fetching the replies, medians of ${ROUNDS}: ${ratio(median(ours), median(raw), "ms")} (first page ${Math.round(first.ms)} ms)`,
        ...(peak === null
          ? []
          : [
              `the server's memory at its highest / ${MOST_MEGABYTES} MB: ${ratio(peak, MOST_MEGABYTES, "MB")}`,
            ]),
      ],
      broken: brokenOf({
        [`a page is under ${MOST_BYTES} bytes`]: bytes < MOST_BYTES,
        [`at most ${MOST_REQUESTS} requests`]: urls.length <= MOST_REQUESTS,
        [`the server stays under ${MOST_MEGABYTES} MB`]: peak === null || peak < MOST_MEGABYTES,
      }),
    };
  } finally {
    await server.close();
  }
}

function urlOf({ trelloUrl }: Sandbox) {
  return ({ path, query }: Sandbox["requests"][number]): string =>
    `${trelloUrl}${path}?${new URLSearchParams(query).toString()}`;
}

/** Fetches and parses one reply as the plainest client would; answers its length in bytes. */
async function fetchRaw({ env }: Sandbox, url: string): Promise<number> {
  const authorization = `OAuth oauth_consumer_key="${env["TRELLO_API_KEY"]}", oauth_token="${env["TRELLO_API_TOKEN"]}"`;
  const response = await fetch(url, { headers: { authorization } });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} from ${url}: ${text.slice(0, 200)}`);
  JSON.parse(text);
  return Buffer.byteLength(text);
}
