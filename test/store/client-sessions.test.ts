import { describe, expect, it } from "vitest";
import type { ClientSession } from "../../src/domain/client-session.ts";
import { BACKENDS, newStore } from "./backends.ts";
import { at } from "./fixtures.ts";

const session = (owner: string | null): ClientSession => ({
  owner,
  initialize: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "c", version: "1" } },
});
const NONE: ReadonlySet<string> = new Set();

describe.each(BACKENDS)("sessions of MCP clients on $name", (backend) => {
  /** The sessions of a store whose clock stands at a second of the fixtures' day. */
  async function start() {
    const { clientSessions } = await newStore(backend);
    const timeIs = async (seconds: number) => {
      await backend.timeIs(at(seconds));
      now = at(seconds);
    };
    let now = at(0);
    await timeIs(0);
    const open = (
      id: string,
      owner: string | null = null,
      more: Partial<{ max: number; busy: Set<string> }> = {},
    ) => clientSessions.open(id, session(owner), { max: 4, lifeMs: 100_000, busy: NONE, now, ...more });
    const use = (id: string, owner: string | null = null) =>
      clientSessions.use(id, owner, { idleMs: 1_000_000, now });
    const hold = (kind: "call" | "stream", ...ids: string[]) =>
      clientSessions.hold(kind, ids, { holdMs: 60_000, idleMs: 1_000_000, now });
    const left = async (...ids: string[]) => [...(await clientSessions.alive(ids, now))].sort();
    return { clientSessions, timeIs, open, use, hold, left };
  }

  it("live shortly until their second request, and then as long as they are used", async () => {
    const { clientSessions, timeIs, open, use } = await start();
    expect(await open("once")).toBe(true);
    expect(await open("twice")).toBe(true);
    expect(await use("twice")).toEqual(session(null));
    await timeIs(99);
    expect(await clientSessions.count(at(99))).toBe(2);
    await timeIs(100);
    expect(await use("once")).toBeNull();
    expect(await use("twice")).not.toBeNull();
    await timeIs(1_099);
    expect(await use("twice")).not.toBeNull();
    await timeIs(2_098);
    expect(await use("twice")).not.toBeNull();
    await timeIs(3_098);
    expect(await use("twice")).toBeNull();
    expect(await clientSessions.count(at(3_098))).toBe(0);
  });

  it("are found by their owner only", async () => {
    const { open, use } = await start();
    await open("a", "ada");
    await open("n", null);
    for (const [id, owner] of [
      ["a", "eve"],
      ["a", null],
      ["a", ""],
      ["n", "ada"],
      ["n", ""],
      ["x", "ada"],
    ] as const)
      expect(await use(id, owner)).toBeNull();
    expect(await use("a", "ada")).toEqual(session("ada"));
    expect(await use("n", null)).toEqual(session(null));
  });

  it("end once, and are gone for every process", async () => {
    const { clientSessions, open, use } = await start();
    await open("a");
    await clientSessions.end("a");
    await clientSessions.end("a");
    expect(await use("a")).toBeNull();
  });

  it("make room in the order of their use: of the owner with the most, without a stream first, never one with a call", async () => {
    const { open, use, hold, left } = await start();
    for (const id of ["a", "b", "c", "d"]) await open(id);
    await use("a");
    expect(await open("e")).toBe(true);
    expect(await left("a", "b", "c", "d", "e")).toEqual(["a", "c", "d", "e"]);
    await hold("call", "c");
    expect(await open("f")).toBe(true);
    expect(await left("a", "c", "d", "e", "f")).toEqual(["a", "c", "e", "f"]);
    await hold("stream", "a", "e");
    expect(await open("g")).toBe(true);
    expect(await left("a", "c", "e", "f", "g")).toEqual(["a", "c", "e", "g"]);
    expect(await open("h", null, { busy: new Set(["g"]) })).toBe(true);
    expect(await left("a", "c", "e", "g", "h")).toEqual(["c", "e", "g", "h"]);
    await hold("call", "e", "g", "h");
    expect(await open("i")).toBe(false);
    expect(await left("c", "e", "g", "h", "i")).toEqual(["c", "e", "g", "h"]);
  });

  it("of one owner are at most half, so that another always finds room", async () => {
    const { open, use, left } = await start();
    for (const id of ["a", "b", "c"]) expect(await open(id, "ada")).toBe(true);
    expect(await left("a", "b", "c")).toEqual(["b", "c"]);
    for (const id of ["d", "e", "f"]) expect(await open(id, "eve")).toBe(true);
    expect(await left("b", "c", "d", "e", "f")).toEqual(["b", "c", "e", "f"]);
    await use("b", "ada");
    // Both have two. The one unused for longest gives way.
    expect(await open("g", "bob")).toBe(true);
    expect(await left("b", "c", "e", "f", "g")).toEqual(["b", "e", "f", "g"]);
  });

  it("a hold ends with its time, or when it is released", async () => {
    const { clientSessions, timeIs, open, hold, left } = await start();
    const full = { max: 2 };
    await open("a", null, full);
    await open("b", null, full);
    expect(await hold("call", "a", "b", "gone")).toEqual(new Set(["a", "b"]));
    expect(await open("c", null, full)).toBe(false);
    await clientSessions.release("call", "b");
    expect(await open("c", null, full)).toBe(true);
    expect(await left("a", "b", "c")).toEqual(["a", "c"]);
    await hold("call", "c");
    await timeIs(59);
    expect(await open("d", null, full)).toBe(false);
    await timeIs(60);
    expect(await open("d", null, full)).toBe(true);
  });

  it("hands a message to the process that asks for its address, once, and the first of an address", async () => {
    const { clientSessions, open } = await start();
    await open("a");
    await open("b");
    const mail = (session: string, address: string, message = `"${session}${address}"`) => ({
      session,
      address,
      message,
    });
    for (const each of [
      mail("a", "answer 1"),
      mail("a", "answer 1", '"late"'),
      mail("a", "answer 2"),
      mail("b", "answer 1"),
    ])
      await clientSessions.post(each, at(0));
    const take = async (...wanted: [string, string][]) =>
      [...(await clientSessions.take(wanted.map(([of, address]) => ({ session: of, address }))))].map(
        ({ message }) => message,
      );
    expect(await take(["a", "answer 3"], ["b", "answer 2"])).toEqual([]);
    expect(await take(["a", "answer 1"], ["a", "answer 9"])).toEqual(['"aanswer 1"']);
    expect(await take(["a", "answer 1"])).toEqual([]);
    await clientSessions.end("a");
    expect(await take(["a", "answer 2"])).toEqual([]);
    expect(await take(["b", "answer 1"])).toEqual(['"banswer 1"']);
  });

  it("keeps what was sent on a stream until some minutes after its end, and no longer than its session", async () => {
    const { clientSessions, timeIs, open } = await start();
    const events = ["1", "2", "3"].map((message, index) => ({ n: index + 2, message }));
    const keep = (session: string, seconds: number, count: number, isEnded: boolean) =>
      clientSessions.keepStream(
        { session, stream: "s", events: events.slice(0, count), isEnded },
        at(seconds),
      );
    const after = (n: number, session = "a") => clientSessions.streamAfter({ session, stream: "s" }, n);
    await open("a");
    await open("b");
    expect(await after(0)).toBeNull();
    await keep("a", 0, 0, false);
    expect(await after(0)).toEqual({ events: [], isEnded: false });
    await keep("a", 1, 3, true);
    expect(await after(2)).toEqual({ events: events.slice(1), isEnded: true });
    expect(await after(4)).toEqual({ events: [], isEnded: true });
    expect(await after(0, "b")).toBeNull();
    await timeIs(302);
    await keep("b", 302, 1, false);
    expect(await after(0)).toBeNull();
    await timeIs(302 + 7199);
    await keep("a", 302 + 7199, 1, true);
    expect(await after(0, "b")).not.toBeNull();
    await clientSessions.end("b");
    expect(await after(0, "b")).toBeNull();
  });

  it("keeps no more messages than a client can have open, and none for long", async () => {
    const { clientSessions, timeIs, open } = await start();
    await open("a");
    const all = Array.from({ length: 120 }, (_each, n) => ({ session: "a", address: `answer ${n}` }));
    for (const each of all) await clientSessions.post({ ...each, message: "1" }, at(0));
    expect((await clientSessions.take(all.slice(50))).length).toBe(50);
    await timeIs(300);
    await clientSessions.post({ session: "a", address: "answer 200", message: "2" }, at(300));
    expect((await clientSessions.take([...all, { session: "a", address: "answer 200" }])).length).toBe(1);
  });
});
