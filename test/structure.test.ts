import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const src = fileURLToPath(new URL("../src", import.meta.url));
const files = readdirSync(src, { recursive: true, encoding: "utf8" })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => path.endsWith(".ts") && !path.endsWith(".gen.ts"))
  .map((path) => ({ path, lines: readFileSync(join(src, path), "utf8").split("\n").length - 1 }));

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));

describe("what does not exist is said by one text", () => {
  // The two are in `unknownPlan` and `unknownRun`, which every other place uses.
  it.each(["plan", "run"])("no such %s", (what) => {
    const said = new RegExp(
      `(?:"|\`)(?:There is no|No|Unknown) (?:such )?${what}\\b(?! (?:waits|can be))`,
      "i",
    );
    const places = files.filter(({ path }) => said.test(readFileSync(join(src, path), "utf8")));
    expect(places.map(({ path }) => path)).toHaveLength(1);
  });
});

describe("a file is one concept", () => {
  it("was read for every room", () => {
    expect(files.length).toBeGreaterThan(200);
    expect(new Set(files.map(({ path }) => path.split("/")[0])).size).toBeGreaterThan(14);
  });

  it("has at most 250 lines", () => {
    expect(files.filter(({ lines }) => lines > 250)).toEqual([]);
  });

  it("has 90 lines or more in the middle of all of them", () => {
    const sorted = files.map(({ lines }) => lines).sort((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeGreaterThanOrEqual(90);
  });

  it("lies in the folder of a toolset or in `support` when it is about tools", () => {
    const loose = files.filter(({ path }) => folderOf(path) === "tools").map(({ path }) => path);
    expect(loose.sort()).toEqual(["tools/catalog.ts", "tools/define.ts"]);
  });

  it("is not alone in a folder below a room", () => {
    const counts = new Map<string, number>();
    for (const folder of files.map(({ path }) => folderOf(path))) {
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
    }
    const alone = [...counts].filter(([folder, count]) => folder.includes("/") && count === 1);
    expect(alone.map(([folder]) => folder)).toEqual(["tools/all"]);
  });
});
