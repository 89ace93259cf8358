import { existsSync, readdirSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { catalog } from "../../src/tools/catalog.ts";

const SOURCES = fileURLToPath(new URL("../../src/tools/", import.meta.url));
const TESTS = fileURLToPath(new URL("./", import.meta.url));

/** Of all toolsets together. What a conversation pays for them is limited in tokens by tool-list.test.ts. */
const MOST_TOOLS = 50;

const files = readdirSync(SOURCES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "support")
  .flatMap(({ name: toolset }) =>
    readdirSync(`${SOURCES}${toolset}`)
      .filter((file) => file.endsWith(".ts"))
      .map((file) => ({ toolset, name: basename(file, ".ts") })),
  );

describe("the catalog", () => {
  it("has a tool for each file of a toolset's folder, called like its file", () => {
    expect(files.length).toBeGreaterThanOrEqual(20);
    expect(catalog.map(({ toolset, name }) => `${toolset}/${name.replaceAll("_", "-")}`).sort()).toEqual(
      files.map(({ toolset, name }) => `${toolset}/${name}`).sort(),
    );
  });

  it("has no name twice, and not too many", () => {
    const names = catalog.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeLessThanOrEqual(MOST_TOOLS);
  });

  it.each(files)("tests $toolset/$name", ({ toolset, name }) => {
    expect(existsSync(`${TESTS}${toolset}/${name}.test.ts`)).toBe(true);
  });

  it.each(catalog)("describes $name in at most two sentences and refuses what it does not know", (tool) => {
    expect(tool.title).toMatch(/^[A-Z]/);
    expect(tool.description).toMatch(/\.$/);
    expect(tool.description.split(/[.!?](?:\s|$)/).filter(Boolean).length).toBeLessThanOrEqual(2);
    expect(tool.input.safeParse({ aFieldThatNoToolHas: 1 }).error?.issues).toContainEqual(
      expect.objectContaining({ code: "unrecognized_keys" }),
    );
  });

  it.each(catalog.filter(({ effect }) => effect !== "read" && effect !== "apply"))(
    "lets $name be planned without doing it, with a reason and a ticket for the audit",
    (tool) => {
      expect(Object.keys(tool.input.shape)).toEqual(expect.arrayContaining(["dryRun", "reason", "ticket"]));
    },
  );
});
