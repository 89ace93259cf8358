import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Review } from "../../src/domain/review.ts";
import { reviewHtml } from "../../src/report/matrix.ts";
import { findingsOf } from "../../src/reviews/review.ts";
import { startStack } from "../support/stack.ts";
import { ALL_LOOKS, CHROMIUM, findings, isTooWide, launch, openPage, photograph } from "./chromium.ts";

describe.skipIf(!CHROMIUM)("the report of a review in a browser", () => {
  let browser: Browser;
  let review: Review;
  let folder: string;
  let address: string;
  beforeAll(async () => {
    const stack = await startStack({ sandbox: { rateLimits: false } });
    const context = stack.engine.context(stack.caller);
    const ids = (await context.reads.trello.workspaces()).map(({ id }) => id);
    const snapshots = await context.reads.trello.workspaceSnapshots(ids);
    const found = await findingsOf({ snapshots, rosters: [], dormantDays: 30 }, context);
    await stack.close();
    const at = "2026-01-01T00:00:00.000Z";
    review = {
      id: "review_1",
      at,
      principal: "m",
      workspaces: ids,
      dormantDays: 30,
      rosters: [],
      ...found,
    };
    folder = await mkdtemp(join(tmpdir(), "trello-identity-report-"));
    const path = join(folder, "review.html");
    await writeFile(path, reviewHtml(review));
    address = pathToFileURL(path).href;
    browser = await launch();
  });
  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("is readable in each size and theme", async () => {
    const { page, said } = await openPage(browser, address);
    for (const { width, scheme } of ALL_LOOKS) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: 860 });
      await photograph(page, `report-${scheme}-${width}`);
      expect(await isTooWide(page)).toBe(false);
    }
    expect(await findings(page)).toEqual([]);
    expect(said).toEqual([]);
  });

  it.each([1280, 390])("is filtered and sorted with the keyboard alone, %i wide", async (width) => {
    const { page } = await openPage(browser, address, { width });
    await page.getByLabel("Person", { exact: true }).focus();
    await page.keyboard.type("lindqvist");
    await page.getByText(/^1 of \d+ people$/).waitFor();
    expect(await page.locator(".matrix tbody tr:visible").count()).toBe(1);
    await page.keyboard.press("Control+A");
    await page.keyboard.press("Backspace");
    await page.getByRole("button", { name: "Name" }).focus();
    await page.keyboard.press("Enter");
    const first = async () => await page.locator(".matrix tbody tr th").first().innerText();
    const ascending = await first();
    await page.keyboard.press("Enter");
    expect(await first()).not.toBe(ascending);
    expect(await page.locator("[aria-sort=descending]").count()).toBe(1);
    // The wide table is moved with the arrow keys.
    await page.locator(".scroll").last().focus();
    await page.keyboard.press("ArrowRight");
    await expect
      .poll(() => page.evaluate<number>("[...document.querySelectorAll('.scroll')].at(-1).scrollLeft"))
      .toBeGreaterThan(0);
  });

  /** How far the columns of names and the first board that is in view are from the edge of the table's box. */
  const MEASURE = `(() => {
    const box = document.querySelector(".grid").getBoundingClientRect();
    const rows = [...document.querySelectorAll(".matrix tbody tr:not([hidden]) th")];
    const [name] = rows;
    const heads = [...document.querySelectorAll(".matrix [data-place]")].map((head) => head.getBoundingClientRect());
    const inView = heads.filter(({ left, right }) => left >= name.getBoundingClientRect().right - 1 && right <= box.right + 1);
    const bodies = rows.map((head) => head.getBoundingClientRect());
    return {
      nameShare: name.offsetWidth / box.width,
      boards: inView.length,
      headsAtTop: inView.every(({ top }) => top >= box.top - 1 && top < box.top + 60),
      namesAtLeft: bodies.every(({ left }) => Math.abs(left - box.left) < 3),
    };
  })()`;
  interface Measured {
    readonly nameShare: number;
    readonly boards: number;
    readonly headsAtTop: boolean;
    readonly namesAtLeft: boolean;
  }

  it.each(ALL_LOOKS)("keeps names and boards in view while one scrolls, $width $scheme", async (look) => {
    const { page } = await openPage(browser, address, look);
    const measured = async () => await page.evaluate<Measured>(MEASURE);
    // A long name of a stranger must not take the place of the boards.
    expect(await measured()).toMatchObject({ namesAtLeft: true, headsAtTop: true });
    expect((await measured()).nameShare).toBeLessThan(0.5);
    expect((await measured()).boards).toBeGreaterThanOrEqual(2);
    await page.evaluate("document.querySelector('.grid').scrollTo(400, 500)");
    expect(await measured()).toMatchObject({ namesAtLeft: true, headsAtTop: true });
  });

  it("of a board, shows who can open it and brings it into view", async () => {
    const { page } = await openPage(browser, address, { width: 390 });
    const workspace = review.access.workspaces.at(-1);
    const board = workspace?.boards.at(-1) ?? expect.unreachable();
    await page.getByLabel("Board or workspace").focus();
    await page.keyboard.type(board.name);
    const able = review.access.people.filter(({ letters }) => letters[board.id] !== undefined);
    await page.getByText(`${able.length} of ${review.access.people.length} people, 1 of`).waitFor();
    const shown = page.locator(".matrix tbody tr:visible th bdi");
    expect((await shown.allInnerTexts()).toSorted()).toEqual(able.map(({ name }) => name).toSorted());
    const head = page.locator(".matrix [data-place]").last();
    expect((await head.boundingBox())?.x).toBeLessThan(390);
  });

  it("of 2,000 people and 300 boards is used as a small one is", async () => {
    const boards = Array.from({ length: 300 }, (_, n) => ({ id: `b${n}`, name: `Board number ${n}` }));
    const people = Array.from({ length: 2_000 }, (_, n) => ({
      idMember: `m${n}`,
      name: `Person ${n}`,
      username: `person${n}`,
      email: null,
      lastActive: null,
      letters: Object.fromEntries(
        boards.flatMap(({ id }, b) => ((n + b) % 20 === 0 ? [[id, "M" as const]] : [])),
      ),
    }));
    const path = join(folder, "big.html");
    await writeFile(
      path,
      reviewHtml({ ...review, access: { workspaces: [{ id: "w1", name: "Place", boards }], people } }),
    );
    const { page } = await openPage(browser, pathToFileURL(path).href, { width: 390 });
    await page.getByLabel("Board or workspace").fill("number 299");
    await page.getByText("100 of 2000 people, 1 of 301 places fit").waitFor();
    await page.getByLabel("Person", { exact: true }).fill("person 1981");
    await page.getByText("1 of 2000 people").waitFor();
    expect(await page.locator(".matrix tbody tr:visible").innerText()).toContain("Person 1981");
    expect(await page.evaluate<Measured>(MEASURE)).toMatchObject({ namesAtLeft: true, headsAtTop: true });
  });

  it("prints every person with the name of every place, on paper of any width", async () => {
    const { page } = await openPage(browser, address, { width: 794 });
    await page.emulateMedia({ media: "print" });
    await photograph(page, "report-printed");
    expect(await isTooWide(page)).toBe(false);
    const places = review.access.workspaces.flatMap(({ id, name, boards }) => [{ id, name }, ...boards]);
    expect(await page.locator(".matrix tbody tr:visible").count()).toBe(review.access.people.length);
    // The text has the colour of the page's text, so it has no background that hides it.
    const printed = await page.evaluate<readonly string[]>(
      `[...document.querySelectorAll(".matrix .c")].map((cell) =>
        getComputedStyle(cell).backgroundColor + getComputedStyle(cell, "::after").content)`,
    );
    const workspaces = new Set(review.access.workspaces.map(({ id }) => id));
    const expected = review.access.people.flatMap(({ letters }) =>
      places
        .filter(({ id }) => letters[id] !== undefined)
        .map(({ id, name }) => `rgba(0, 0, 0, 0)" ${name}${workspaces.has(id) ? ":" : ";"}"`),
    );
    expect(printed.toSorted()).toEqual(expected.toSorted());
    // A guest's boards come after the name of their workspace, in which the guest has no role.
    const guests = review.access.people.flatMap(({ letters }) =>
      review.access.workspaces
        .filter(({ id, boards }) => letters[id] === undefined && boards.some((board) => letters[board.id]))
        .map(({ name }) => `"${name}:"`),
    );
    expect(guests).not.toEqual([]);
    const named = await page.evaluate<readonly string[]>(
      `[...document.querySelectorAll(".matrix td:empty")].filter((cell) => cell.offsetWidth > 0)
        .map((cell) => getComputedStyle(cell, "::after").content)`,
    );
    expect(named.toSorted()).toEqual(guests.toSorted());
    const beyond = await page.evaluate<number>(
      "[...document.querySelectorAll('.matrix .c')].filter((cell) => cell.getBoundingClientRect().right > innerWidth).length",
    );
    expect(beyond).toBe(0);
    const pdf = await page.pdf({ format: "A4" });
    expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
  });
});
