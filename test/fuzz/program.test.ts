import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { catalog } from "../../src/tools/catalog.ts";
import { HTTP_TOKEN, startHttpProcess } from "../support/http-process.ts";
import { spawnStdio } from "../support/raw-stdio.ts";
import { writesIn } from "../support/stack.ts";
import { fuzzHttp } from "./http.ts";
import { createJudge } from "./judge.ts";
import { copyWithoutWaits, type HastyProgram } from "./program.ts";
import { fuzzStdio, newTally, type Tally } from "./stdio.ts";
import { type Fuzzed, startFuzzed, toolsOf } from "./world.ts";

/** The whole number of messages, over both transports in both eras; the count of the issue is 100,000. */
const MESSAGES = Number(process.env["FUZZ_MESSAGES"] ?? 6_000);
const SEED = Number(process.env["FUZZ_SEED"] ?? Date.now() % 1_000_000);
const PART = MESSAGES / 4;
/** How many messages one process over stdio gets before the next one starts. */
const A_PROCESS = 2_500;
const MINUTES = 60_000;
/** The longest that one of the four parts may send. */
const LONGEST = Number(process.env["FUZZ_MINUTES"] ?? 20) * MINUTES;

let fuzzed: Fuzzed;
let program: HastyProgram;
beforeAll(async () => {
  [fuzzed, program] = await Promise.all([startFuzzed(), copyWithoutWaits()]);
});
afterAll(async () => {
  await fuzzed.close();
  await program.close();
});

function told(where: string, { shots, answers, kinds, findings }: Tally, began: number): void {
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  const { requests } = fuzzed.sandbox;
  console.log(
    `${where}, seed ${SEED}: ${shots} messages, ${answers} answers, ${findings.length} findings, ${seconds} s; upstream so far: ${requests.length} requests, ${writesIn(fuzzed.sandbox).length} writes`,
    Object.fromEntries(kinds),
  );
}

describe.each(["legacy", "modern"] as const)(`${PART} hostile messages to the program, %s era`, (era) => {
  it("over stdio", { timeout: 30 * MINUTES }, async () => {
    const judge = createJudge(fuzzed.secrets);
    const tally = newTally();
    const began = performance.now();
    const until = Date.now() + LONGEST;
    for (let done = 0; done < PART && Date.now() < until; done += A_PROCESS) {
      const stdio = spawnStdio([program.main, "stdio"], fuzzed.env);
      const count = Math.min(A_PROCESS, PART - done);
      const { stdin: input, stdout: output } = stdio.child;
      await fuzzStdio(
        { input, output },
        {
          seed: SEED + done,
          count,
          era,
          tools: toolsOf(catalog),
          deep: 0.15,
          judge: judge.answer,
          tally,
          until,
        },
      );
      expect(await stdio.end()).toEqual({ code: 0, signal: null });
      tally.findings.push(...stdio.stderr().split("\n").flatMap(judge.log));
    }
    told(`stdio, ${era}`, tally, began);
    expect(tally.findings.slice(0, 20)).toEqual([]);
    expect(writesIn(fuzzed.sandbox)).toEqual([]);
  });

  it("over HTTP", { timeout: 30 * MINUTES }, async () => {
    const judge = createJudge([...fuzzed.secrets, HTTP_TOKEN]);
    const tally = newTally();
    const began = performance.now();
    const until = Date.now() + LONGEST;
    const server = await startHttpProcess([program.main, "http"], fuzzed.env);
    const tools = toolsOf(catalog);
    await fuzzHttp(
      { url: server.url, token: HTTP_TOKEN },
      { seed: SEED, count: PART, era, tools, deep: 0.15, judge: judge.answer, tally, until },
    );
    expect(await server.stop()).toBe(0);
    tally.findings.push(...server.stderr().split("\n").flatMap(judge.log));
    told(`http, ${era}`, tally, began);
    expect(tally.findings.slice(0, 20)).toEqual([]);
    expect(tally.answers).toBe(tally.shots);
    expect(writesIn(fuzzed.sandbox)).toEqual([]);
  });
});
