import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { LEFT_TO_EVERY_WAY } from "../vitest.config.ts";

const read = (path: string) => readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), "utf8");
const { scripts } = JSON.parse(read("package.json")) as { scripts: Readonly<Record<string, string>> };
const ci = read(".ci/run").replaceAll("\\\n", " ");
const files = readdirSync(fileURLToPath(new URL(".", import.meta.url)), { recursive: true, encoding: "utf8" })
  .map((path) => `test/${path.replaceAll("\\", "/")}`)
  .filter((path) => path.endsWith(".test.ts") && !path.startsWith("test/postgres/"));

const lineOf = (suite: string) => ci.split("\n").find((line) => line.startsWith(`suite ${suite} `)) ?? "";
const excludedIn = (command: string) =>
  [...command.matchAll(/--exclude\s+\\?["']?([^\s"'\\]+)/g)].map(([, pattern = ""]) => pattern);
/** Patterns are files or whole folders (`test/crash/**`), as vitest takes them; arguments of a run are beginnings of paths. */
const isIn = (path: string, patterns: readonly string[]) =>
  patterns.some((each) => path === each || path.startsWith(each.replace(/\*\*$/, "")));

const LEFT_OUT = [...excludedIn(scripts["test"] ?? ""), ...LEFT_TO_EVERY_WAY];
/** The long suites that CI runs, each with the files that its script names. */
const long = Object.entries(scripts)
  .filter(([name, command]) => name.startsWith("test:") && lineOf(name) && !command.includes("--config"))
  .map(([name, command]) => {
    const named = command.split("vitest run ")[1]?.split(" ") ?? [];
    return { name, named, takes: (path: string) => named.some((each) => path.startsWith(each)) };
  });

describe("each test file", () => {
  test("was found, and so were the suites", () => {
    expect(files.length).toBeGreaterThan(300);
    expect(long.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["test:every-way", "test:crash", "test:properties", "test:faults", "test:fuzz"]),
    );
  });

  test("is run by CI once, but for the load suite, which takes a machine for itself", () => {
    const inNpmTest = (path: string) => !isIn(path, [...LEFT_OUT, ...excludedIn(lineOf("test"))]);
    const runs = files.map((path) => ({
      path,
      by: [
        ...(inNpmTest(path) ? ["test"] : []),
        ...long.filter(({ takes }) => takes(path)).map(({ name }) => name),
      ],
    }));
    expect(runs.filter(({ by }) => by.length !== 1)).toEqual([{ path: "test/load/load.test.ts", by: [] }]);
  });

  test("that a script or npm test's list names is there", () => {
    const named = [...LEFT_TO_EVERY_WAY, ...long.flatMap((suite) => suite.named)];
    expect(named.filter((each) => !files.some((path) => path.startsWith(each)))).toEqual([]);
  });
});
