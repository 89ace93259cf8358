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
    await page.getByLabel("Person").focus();
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
    const expected = review.access.people.flatMap(({ letters }) =>
      places.filter(({ id }) => letters[id] !== undefined).map(({ name }) => `rgba(0, 0, 0, 0)" ${name};"`),
    );
    expect(printed).toEqual(expected);
    const beyond = await page.evaluate<number>(
      "[...document.querySelectorAll('.matrix .c')].filter((cell) => cell.getBoundingClientRect().right > innerWidth).length",
    );
    expect(beyond).toBe(0);
    const pdf = await page.pdf({ format: "A4" });
    expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
  });
});
