import { PassThrough } from "node:stream";
import { describe, expect, it, onTestFinished } from "vitest";
import { catalog } from "../../src/tools/catalog.ts";
import { openGate } from "../../src/transport/gate.ts";
import { startHttp } from "../../src/transport/http.ts";
import { runStdio } from "../../src/transport/stdio.ts";
import { openStoreAt } from "../support/wiring.ts";
import { startMemoryServer } from "../support/memory-server.ts";
import { writesIn } from "../support/stack.ts";
import { fuzzHttp } from "./http.ts";
import { createJudge } from "./judge.ts";
import { fuzzStdio, newTally } from "./stdio.ts";
import { startFuzzed, toolsOf } from "./world.ts";

// The long run, `npm run test:fuzz`, takes another seed each time.
const COUNT = 80;
const SEED = 13;

/** A server in this process, whose log this test judges. */
async function start() {
  const fuzzed = await startFuzzed();
  const server = await startMemoryServer(fuzzed.env);
  onTestFinished(async () => {
    await server.stop();
    await fuzzed.close();
  });
  const judge = createJudge(fuzzed.secrets);
  const tally = newTally();
  return {
    factory: server.factory,
    tally,
    job: {
      seed: SEED,
      count: COUNT,
      tools: toolsOf(catalog),
      deep: 0.03,
      judge: judge.answer,
      tally,
      until: Infinity,
    },
    expectUnharmed() {
      expect(tally.findings).toEqual([]);
      expect(tally.shots).toBeGreaterThan(COUNT / 2);
      expect(server.stderr().split("\n").flatMap(judge.log)).toEqual([]);
      expect(writesIn(fuzzed.sandbox)).toEqual([]);
    },
  };
}

describe.each(["legacy", "modern"] as const)("hostile messages of the %s era", (era) => {
  it("over stdio are each answered once; nothing breaks, leaks or is written", async () => {
    const { factory, job, tally, expectUnharmed } = await start();
    const [input, output] = [new PassThrough(), new PassThrough()];
    const ended = runStdio(factory, { log: () => undefined, stdin: input, stdout: output });
    await fuzzStdio({ input, output }, { ...job, era });
    input.end();
    await ended;
    expectUnharmed();
    expect(tally.answers).toBeGreaterThan(tally.shots / 3);
  });

  it("over HTTP are each answered once; nothing breaks, leaks or is written", async () => {
    const { factory, job, tally, expectUnharmed } = await start();
    const store = await openStoreAt(":memory:");
    onTestFinished(() => store.close());
    const http = await startHttp(factory, {
      store: store.clientSessions,
      host: "127.0.0.1",
      port: 0,
      log: () => undefined,
      gate: () => openGate,
      ready: async () => true,
    });
    await fuzzHttp({ url: http.url, token: null }, { ...job, era });
    await http.close();
    expectUnharmed();
    expect(tally.answers).toBe(tally.shots);
  });
});
