import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { programText, startOf } from "../../../src/cli/support/program.ts";

let folder: string;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "trello-identity-")));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A folder as npm makes it, with a link in `.bin`. Answers the link and the file. */
async function installed(name: string, manifest: object) {
  const root = join(folder, name);
  const main = join(root, "node_modules/trello-identity-mcp/dist/main.js");
  const link = join(root, "node_modules/.bin/trello-identity-mcp");
  for (const path of [main, link]) await mkdir(dirname(path), { recursive: true });
  await writeFile(main, "");
  await symlink(main, link);
  await writeFile(join(root, "package.json"), JSON.stringify(manifest));
  return { link, main };
}

describe("the words that start the program again", () => {
  test.each([
    ["/clone/dist/main.js", "node /clone/dist/main.js"],
    ["/a clone/dist/main.js", 'node "/a clone/dist/main.js"'],
    ["/app/dist/main.js", "node /app/dist/main.js"],
    ["/usr/local/bin/trello-identity-mcp", "trello-identity-mcp"],
    [
      "C:\\npm\\node_modules\\trello-identity-mcp\\dist\\main.js",
      "node C:\\npm\\node_modules\\trello-identity-mcp\\dist\\main.js",
    ],
  ])("%s: %s", (program, words) => {
    expect(programText(program)).toBe(words);
  });

  test("a package of a folder is named by its file, because no shell finds its name", async () => {
    const { link, main } = await installed("project", {});
    expect(programText(link)).toBe(`node ${main}`);
    expect(startOf(link, "linux")).toEqual({ command: "node", args: [main] });
  });

  test.each([
    ["_npx/a1", { _npx: { packages: ["trello-identity-mcp"] } }, "trello-identity-mcp"],
    ["_npx/a2", { _npx: { packages: ["trello-identity-mcp@1.2.3"] } }, "trello-identity-mcp@1.2.3"],
    [
      "_npx/a3",
      { _npx: { packages: ["/t/trello-identity-mcp-1.2.3.tgz"] } },
      "/t/trello-identity-mcp-1.2.3.tgz",
    ],
    ["_npx/a4", {}, "trello-identity-mcp"],
  ])("from the cache of npx (%s) it is npx again", async (name, manifest, spec) => {
    const { link, main } = await installed(name, manifest);
    for (const program of [link, main]) {
      expect(programText(program)).toBe(`npx -y ${spec}`);
      expect(startOf(program, "linux")).toEqual({ command: "npx", args: ["-y", spec] });
      expect(startOf(program, "win32")).toEqual({ command: "cmd", args: ["/c", "npx", "-y", spec] });
    }
  });
});
