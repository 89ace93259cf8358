import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ROSTER_SOURCES } from "../../src/domain/roster.ts";
import { SOURCES } from "../../src/rosters/read.ts";

const path = fileURLToPath(new URL("../../docs/rosters.md", import.meta.url));
const TABLE = /(?<=## What each source gives\n\n)[^]*?(?=\n\n|$)/;

/** The table of the sources, a row a fact. */
function table(): string {
  const facts = ROSTER_SOURCES.map((name) => SOURCES[name].facts);
  const rows: readonly (readonly [string, (fact: (typeof facts)[number]) => string | null])[] = [
    ["needs", ({ needs }) => needs],
    ["email", ({ fields }) => fields.email],
    ["name", ({ fields }) => fields.name],
    ["status", ({ fields }) => fields.status],
    ["inactive", ({ inactive }) => inactive],
    ["left out by default", ({ leavesOut }) => leavesOut],
    ["manager", ({ fields }) => fields.manager],
    ["department", ({ fields }) => fields.department],
    ["last sign-in", ({ fields }) => fields.lastSignIn],
  ];
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(["", ...ROSTER_SOURCES.map((name) => `\`${name}\``)]),
    line(["---", ...ROSTER_SOURCES.map(() => "---")]),
    ...rows.map(([what, of]) => line([what, ...facts.map((fact) => of(fact) ?? "not given")])),
  ].join("\n");
}

/** A table without the spaces that only align its columns. */
const bare = (text: string) => text.replace(/ +/g, " ").replace(/-{3,}/g, "---").trim();

if (process.env["ROSTERS_PAGE"] === "write")
  writeFileSync(path, readFileSync(path, "utf8").replace(TABLE, table()));

test("the table of docs/rosters.md is what the sources say of themselves", () => {
  // To bring it up to date: ROSTERS_PAGE=write npx vitest run test/rosters/page.test.ts
  expect(bare(TABLE.exec(readFileSync(path, "utf8"))?.[0] ?? "")).toBe(bare(table()));
});
