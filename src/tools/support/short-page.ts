import { clean } from "../../domain/text.ts";
import type { Person } from "../../people/person.ts";
import { boardsLine, lineOf, type Row } from "./member-rows.ts";

// An answer to a simple call should have less than 4,000 bytes, including rows, text and everything around them.
const SHORT_PAGE = 3_850;
const EACH = SHORT_PAGE / 25;
const BOARDS = 2;
const LONGEST_BOARD = 30;

/**
 * Adds the boards of guests to their rows, because boards are the only access that guests have. Only as many guests get
 * boards as fit on the page; a note says how many did not. `taken`: how many bytes the rest of the answer needs.
 */
export function withGuestBoards(
  page: { readonly rows: readonly Row[]; readonly notes: readonly string[] },
  people: readonly Person[],
  taken: number,
): { readonly rows: Row[]; readonly notes: string[] } {
  const told = page.rows.map((each, index) => {
    const boards = boardsTold(people[index]);
    // A board is in the structured row and again in the text, so its bytes count twice.
    return { each, boards, cost: boards ? bytes(JSON.stringify(boards)) + bytes(boardsLine(boards)) : 0 };
  });
  const own = page.rows.reduce((sum, each) => sum + costOf(each), 0);
  let room = Math.max(SHORT_PAGE, page.rows.length * EACH) - own - taken;
  const fits = told.reduce((sum, { cost }) => sum + cost, 0) <= room;
  if (!fits) room -= 2 * leftOut(told.length).length;
  const hasNote = !fits && room >= 0;
  let left = 0;
  const rows = told.map(({ each, boards, cost }) => {
    if (!boards) return each;
    room -= cost;
    if (room >= 0) return { ...each, ...boards };
    left += 1;
    return each;
  });
  return { rows, notes: [...page.notes, ...(hasNote ? [leftOut(left)] : [])] };
}

function leftOut(guests: number): string {
  return `Boards of ${guests} guests are not shown. Ask for them with \`fields\`.`;
}

interface BoardsTold {
  readonly boards: string[];
  readonly boardCount: number;
}

function boardsTold(person: Person | undefined): BoardsTold | null {
  if (!person || person.membership) return null;
  return {
    boards: person.boards.slice(0, BOARDS).map(({ name }) => clean(name, LONGEST_BOARD)),
    boardCount: person.boards.length,
  };
}

/**
 * How many rows fit on a short page; at least one. `around`: returns how many bytes the rest of the answer needs if the
 * page has `count` rows. The next page begins with the first row that did not fit.
 */
export function howManyFit(rows: readonly Row[], around: (count: number) => number): number {
  const costs = rows.map(costOf);
  // If boards are left out, a note says that, and the bytes of the note count too.
  const note = rows.some(({ role }) => role === "guest") ? 2 * bytes(leftOut(rows.length)) : 0;
  let count = rows.length;
  let own = costs.reduce((sum, cost) => sum + cost, 0);
  while (count > 1 && own + note + around(count) > SHORT_PAGE) {
    count -= 1;
    own -= costs[count] ?? 0;
  }
  return count;
}

/**
 * The bytes that a row needs in the answer. The answer contains each row twice: in the structured content and in the
 * text.
 */
function costOf(row: Row): number {
  return bytes(JSON.stringify(row)) + bytes(lineOf(row)) + 2;
}

function bytes(text: string): number {
  return Buffer.byteLength(text);
}
