/** The receiver: what is stored of forged, replayed, reordered, duplicate and odd posts. */
import { createHmac } from "node:crypto";
import { request } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { MembershipEvent } from "../../src/domain/membership-event.ts";
import type { Store } from "../../src/store/store.ts";
import { openGate } from "../../src/transport/gate.ts";
import { type RunningHttp, startHttp } from "../../src/transport/http.ts";
import { createWebhookReceiver } from "../../src/transport/webhooks.ts";
import { openStoreAt } from "../support/wiring.ts";

const SECRET = "app secret";
const FORMER = "former app secret";
const START = "2026-01-15T09:00:00.000Z";
const END = "2027-01-01T00:00:00.000Z";
const KEY = "k".repeat(22);
const OTHER = "o".repeat(22);
const DELETED = "d".repeat(22);
const callbackOf = (key: string) => `https://identity.example.com/Base%20path/webhooks/trello/${key}`;

let store: Store;
let server: RunningHttp;
let isDown = false;
const heard: MembershipEvent[] = [];
const logged: string[] = [];

beforeAll(async () => {
  store = await openStoreAt(":memory:");
  const webhooks = {
    get: (key: string) => store.webhooks.get(key),
    hear: async (...what: Parameters<Store["webhooks"]["hear"]>) => {
      if (isDown) throw new Error("the store is gone");
      return await store.webhooks.hear(...what);
    },
  };
  server = await startHttp(
    () => {
      throw new Error("no MCP here");
    },
    {
      host: "127.0.0.1",
      port: 0,
      log: (level, facts, message) => logged.push(JSON.stringify({ level, facts, message })),
      store: store.clientSessions,
      gate: () => ({ ...openGate, admit: async () => false }),
      ready: async () => true,
      webhooks: createWebhookReceiver({
        secrets: [SECRET, FORMER],
        store: webhooks,
        now: () => START,
        log: (level, facts, message) => logged.push(JSON.stringify({ level, facts, message })),
        heard: (event) => heard.push(event),
      }),
    },
  );
  for (const key of [KEY, OTHER, DELETED])
    await store.webhooks.want(
      { callbackURL: callbackOf(key), idModel: "b".repeat(24), kind: "board" },
      START,
    );
  await store.webhooks.unwant(callbackOf(DELETED), START);
});
afterAll(async () => {
  await server.close();
  await store.close();
});
beforeEach(() => {
  heard.length = 0;
  logged.length = 0;
  isDown = false;
});

let last = 0;
/** A body about one membership, with an id of its own. */
function body(changes: object = {}): string {
  last += 1;
  const action = {
    id: last.toString(16).padStart(24, "0"),
    type: "addMemberToBoard",
    date: "2026-01-16T09:00:00.000Z",
    idMemberCreator: "admin",
    data: { idMember: "leaver", board: { id: "b".repeat(24) } },
    member: { id: "leaver", fullName: "Zoë “Zed” 🦊", username: "zoe" },
    ...changes,
  };
  return JSON.stringify({ action, model: { id: "b".repeat(24) } });
}

const sign = (text: string | Buffer, key = KEY, secret = SECRET) =>
  createHmac("sha1", secret).update(text).update(callbackOf(key), "utf8").digest("base64");

interface Sent {
  readonly key?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends bytes as they are, with any Host and Origin. */
function send(
  text: string | Buffer,
  signature: string | null,
  { key = KEY, method = "POST", headers }: Sent = {},
) {
  return new Promise<number>((resolve, reject) => {
    const url = new URL(`/webhooks/trello/${key}`, server.url);
    const sent = request(url, {
      method,
      headers: {
        host: "identity.example.com",
        origin: "https://elsewhere.example",
        "content-type": "application/json",
        ...(signature !== null && { "x-trello-webhook": signature }),
        ...headers,
      },
    });
    sent.on("response", (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    sent.on("error", reject);
    sent.end(text);
  });
}

const stored = () => store.webhooks.events("2000-01-01T00:00:00.000Z", END);

describe("what is refused, and nothing of it is stored", () => {
  const text = body();
  test.each<[string, string | Buffer, string | null, number, Sent?]>([
    ["no signature", text, null, 401],
    ["an empty one", text, "", 401],
    ["one by another secret", text, sign(text, KEY, "another"), 401],
    ["one by the API key or the token", text, sign(text, KEY, "key"), 401],
    ["one of another webhook's address", text, sign(text, OTHER), 401],
    ["a body changed by one byte", text.replace("leaver", "Leaver"), sign(text), 401],
    ["a body written anew from its JSON", JSON.stringify(JSON.parse(text), null, 1), sign(text), 401],
    [
      "SHA-256 instead of SHA-1",
      text,
      createHmac("sha256", SECRET)
        .update(text + callbackOf(KEY))
        .digest("base64"),
      401,
    ],
    ["hexadecimal instead of base64", text, Buffer.from(sign(text), "base64").toString("hex"), 401],
    ["the signature of an empty body", text, sign(""), 401],
    ["an unknown address, rightly signed", text, sign(text, "u".repeat(22)), 404, { key: "u".repeat(22) }],
    ["an address of another form", text, sign(text), 404, { key: "short" }],
    ["an address with something behind it", text, sign(text), 404, { key: `${KEY}/more` }],
    ["an address in another case", text, sign(text), 404, { key: KEY.toUpperCase() }],
    ["a deleted webhook", text, sign(text, DELETED), 410, { key: DELETED }],
    ["a GET", "", null, 404, { method: "GET" }],
    ["more than 1 MB", Buffer.alloc(1_100_000, 32), "x", 413],
    ["a packed body", text, sign(text), 415, { headers: { "content-encoding": "gzip" } }],
  ])("%s", async (_what, sent, signature, status, how) => {
    const before = await stored();
    expect(await send(sent, signature, how)).toBe(status);
    expect(await stored()).toEqual(before);
    expect(heard).toEqual([]);
    expect(logged.join()).not.toContain("Zed");
  });
});

describe("what is taken in", () => {
  test("HEAD is answered with 200 before there is a webhook, whatever Host and Origin say", async () => {
    expect(await send("", null, { method: "HEAD", key: "n".repeat(22) })).toBe(200);
    expect(await send("", null, { method: "HEAD", key: "other form" })).toBe(404);
  });

  test("a post with a right signature over bytes that are not ASCII", async () => {
    const text = body();
    expect(await send(text, sign(text))).toBe(200);
    expect(heard).toMatchObject([{ idMember: "leaver", name: "Zoë “Zed” 🦊 (@zoe)" }]);
    expect((await stored()).at(-1)).toEqual(heard[0]);
    expect((await store.webhooks.get(KEY))?.heardAt).toBe(START);
  });

  test.each([SECRET, FORMER])("a post that is signed with either of two secrets: %s", async (secret) => {
    const text = body();
    expect(await send(text, sign(text, KEY, secret))).toBe(200);
    expect(await send(text, sign(text, KEY, `${secret} `))).toBe(401);
    expect(heard).toHaveLength(1);
  });

  test("the same action is one event: sent again, by another webhook, and both at once", async () => {
    const text = body();
    const answers = await Promise.all([
      send(text, sign(text)),
      send(text, sign(text)),
      send(text, sign(text, OTHER), { key: OTHER }),
    ]);
    answers.push(await send(text, sign(text)));
    expect(answers).toEqual([200, 200, 200, 200]);
    expect(heard).toHaveLength(1);
  });

  test("actions in any order are read in the order in which they happened, and then by id", async () => {
    const dates = ["2026-03-03", "2026-03-01", "2026-03-02", "2026-03-02"].map(
      (day) => `${day}T00:00:00.000Z`,
    );
    for (const date of dates) {
      const text = body({ date });
      await send(text, sign(text));
    }
    const found = (await stored()).filter(({ at }) => at >= "2026-03-01");
    expect(found.map(({ at }) => at)).toEqual(dates.toSorted());
    expect(found[1]?.id.localeCompare(found[2]?.id ?? "")).toBe(-1);
  });

  test.each([
    ["another type", { type: "commentCard" }],
    ["an action without an id", { id: undefined }],
    ["a place that is no object", { data: { board: 3, idMember: "x" } }],
  ])("%s is answered with 200 and dropped, so that Trello does not send it again", async (_what, changes) => {
    const text = body(changes);
    expect(await send(text, sign(text))).toBe(200);
    expect(heard).toEqual([]);
  });

  test.each(["", "null", "[]", "not json", '{"action":'])("a signed body of %j too", async (text) => {
    expect(await send(text, sign(text))).toBe(200);
    expect(heard).toEqual([]);
  });

  test("what cannot be stored is not answered with 200, and is stored when it comes again", async () => {
    const text = body();
    isDown = true;
    expect(await send(text, sign(text))).toBe(500);
    isDown = false;
    expect(await send(text, sign(text))).toBe(200);
    expect(heard).toHaveLength(1);
  });
});
