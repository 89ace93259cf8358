import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ROOMS } from "./support/rooms.ts";

/** Rooms that are left out of the arrows: every room uses `domain`, and `cli` puts all of them together. */
const EVERYWHERE = new Set(["domain", "cli", "main.ts"]);

const root = new URL("../", import.meta.url);
const path = fileURLToPath(new URL("docs/architecture.md", root));
const DRAWING = /(?<=```mermaid\n).*?(?=```)/s;
if (process.env["ARCHITECTURE"] === "write")
  writeFileSync(path, readFileSync(path, "utf8").replace(DRAWING, drawing()));
const page = readFileSync(path, "utf8");

/** The arrows of the table, without those that a longer way shows already. */
function drawing(): string {
  const rooms = Object.keys(ROOMS).filter((room) => !EVERYWHERE.has(room));
  const uses = (room: string): readonly string[] =>
    (ROOMS[room]?.uses ?? []).filter((used) => !EVERYWHERE.has(used));
  const reaches = (from: string, to: string): boolean =>
    uses(from).some((used) => used === to || reaches(used, to));
  const arrows = rooms.flatMap((room) => [
    ...uses(room)
      .filter((used) => !uses(room).some((other) => other !== used && reaches(other, used)))
      .map((used) => `  ${room} --> ${used}`),
    ...(ROOMS[room]?.types ?? []).map((used) => `  ${room} -. types .-> ${used}`),
  ]);
  const alone = rooms.filter((room) => !arrows.some((arrow) => arrow.split(/\s+/).includes(room)));
  return ["flowchart TD", ...arrows, ...alone.map((room) => `  ${room}`), ""].join("\n");
}

test("the drawing is the import table", () => {
  // To bring it up to date: ARCHITECTURE=write npx vitest run test/architecture.test.ts
  expect(DRAWING.exec(page)?.[0]).toBe(drawing());
});

test("every room has a row, in the order of the table, and a README", () => {
  const rows = [...page.matchAll(/^\| `([a-z]+)` /gm)].map(([, room = ""]) => room);
  expect(rows).toEqual(Object.keys(ROOMS).filter((room) => room !== "main.ts"));
  expect(rows.filter((room) => !existsSync(new URL(`src/${room}/README.md`, root)))).toEqual([]);
});
