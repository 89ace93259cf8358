import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { createRandom, type Random } from "../faults/random.ts";
import { createShot, type Era, type FuzzedTool, idsIn, MODERN_VERSION, type Shot } from "./messages.ts";
import type { Judge } from "./judge.ts";

/** How long (ms) an answer may take before it counts as lost: far more than any takes on a busy machine. */
export const BOUND_MS = 60_000;

export interface Streams {
  readonly input: Writable;
  readonly output: Readable;
}

/** What was sent and what came of it. */
export interface Tally {
  shots: number;
  answers: number;
  readonly kinds: Map<string, number>;
  /** What was wrong, each with the seed and the message. */
  readonly findings: string[];
}

export function newTally(): Tally {
  return { shots: 0, answers: 0, kinds: new Map(), findings: [] };
}

export interface Job {
  readonly seed: number;
  readonly count: number;
  readonly era: Era;
  readonly tools: readonly FuzzedTool[];
  readonly deep: number;
  readonly judge: Judge;
  readonly tally: Tally;
  /** When (ms since 1970) no more is sent, so that a run of any size ends. */
  readonly until: number;
}

/** How many shots are under way at once. */
const ROUND = 25;

/** Sends `count` shots over one connection. The shots of a round come in few or many pieces. */
export async function fuzzStdio({ input, output }: Streams, job: Job): Promise<void> {
  const { seed, count, era, tally, judge } = job;
  const open = new Map<string, { left: number; shot: Shot | null }>();
  let wake: () => void = () => {};
  const wire = { ended: false };
  let text = "";
  const fail = (shot: Shot | null, what: string) =>
    tally.findings.push(`${what}; seed ${seed}, stdio, ${era}: ${shown(shot)}`);
  const heard = (line: string) => {
    const { id } = JSON.parse(line) as { readonly id?: unknown };
    const waits = open.get(JSON.stringify(id));
    for (const wrong of judge(line)) fail(waits?.shot ?? null, `${wrong}: ${line.slice(0, 600)}`);
    if (id === undefined || id === null) return;
    tally.answers += 1;
    if (waits === undefined || waits.left === 0)
      fail(waits?.shot ?? null, `an answer too many: ${line.slice(0, 300)}`);
    else waits.left -= 1;
  };
  output.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) heard(Buffer.from(line, "latin1").toString("utf8"));
    wake();
  });
  output.once("close", () => {
    wire.ended = true;
    wake();
  });
  const settled = async () => {
    const timer = setTimeout(() => {
      wire.ended = true;
      wake();
    }, BOUND_MS);
    while (!wire.ended && [...open.values()].some(({ left }) => left > 0))
      await new Promise<void>((resolve) => (wake = resolve));
    clearTimeout(timer);
    for (const { left, shot } of open.values()) if (left > 0) fail(shot, "no answer");
    open.clear();
  };
  const expectAll = (shot: Shot) => {
    for (const id of idsIn(shot.message)) {
      const before = open.get(id);
      open.set(id, { left: (before?.left ?? 0) + 1, shot });
    }
  };
  const opening = Buffer.from(JSON.stringify(openingOf(era)));
  expectAll({ kind: "opening", bytes: opening, message: openingOf(era) });
  input.write(Buffer.concat([opening, Buffer.from("\n")]));
  await settled();
  for (let sent = 0; sent < count && !wire.ended && Date.now() < job.until; sent += ROUND) {
    const random = createRandom(seed + sent);
    const shots = Array.from({ length: Math.min(ROUND, count - sent) }, (_each, index) =>
      createShot(random, { ...job, id: `f${sent + index}` }),
    );
    for (const shot of shots) {
      expectAll(shot);
      tally.shots += 1;
      tally.kinds.set(shot.kind, (tally.kinds.get(shot.kind) ?? 0) + 1);
    }
    for (const piece of pieces(random, shots))
      if (!input.write(piece) && !wire.ended)
        await Promise.race([once(input, "drain"), once(output, "close")]);
    await settled();
  }
}

/** The bytes of the shots, a line each, in random pieces: several lines in one, and lines in several. */
function pieces(random: Random, shots: readonly Shot[]): readonly Buffer[] {
  const ends = ["\n", "\n", "\r\n", "\n\n"].map((end) => Buffer.from(end));
  const all = Buffer.concat(shots.flatMap(({ bytes }) => [bytes, random.pick(ends)]));
  const cuts = Array.from({ length: random.between(0, 12) }, () => random.between(0, all.length)).sort(
    (a, b) => a - b,
  );
  return [0, ...cuts].map((from, index) => all.subarray(from, cuts[index] ?? all.length));
}

function openingOf(era: Era): object {
  if (era === "legacy") {
    const params = {
      protocolVersion: "2025-06-18",
      capabilities: {},
      clientInfo: { name: "fuzz", version: "0" },
    };
    return { jsonrpc: "2.0", id: "open", method: "initialize", params };
  }
  const _meta = {
    "io.modelcontextprotocol/protocolVersion": MODERN_VERSION,
    "io.modelcontextprotocol/clientInfo": { name: "fuzz", version: "0" },
    "io.modelcontextprotocol/clientCapabilities": {},
  };
  return { jsonrpc: "2.0", id: "open", method: "tools/list", params: { _meta } };
}

/** The shot as a reader of a failure can send it again. */
export function shown(shot: Shot | null): string {
  if (shot === null) return "(no shot has this id)";
  const { kind, bytes } = shot;
  const text = JSON.stringify(bytes.toString("utf8"));
  if (text.length < 1_500) return `${kind}: ${text}`;
  return `${kind}, ${bytes.length} bytes: ${text.slice(0, 700)} ... ${text.slice(-300)}`;
}
