import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Browser, Page } from "playwright-core";
import { itemsOf, stateOf } from "../../src/domain/sign-off.ts";
import { findingsOf } from "../../src/reviews/review.ts";
import { type DeskHarness, startDesk } from "../approvals/desk-harness.ts";
import { ALL_LOOKS, CHROMIUM, findings, isTooWide, launch, openPage, photograph } from "./chromium.ts";

describe.skipIf(!CHROMIUM)("the page of a named review in a browser", () => {
  let browser: Browser;
  let desk: DeskHarness;
  beforeAll(async () => {
    desk = await startDesk();
    browser = await launch();
  });
  afterAll(async () => {
    await browser.close();
    await desk.close();
  });

  /** A review of everything that the sandbox has, by the user of this machine. */
  async function opened() {
    const { engine, caller } = desk.stack;
    const context = engine.context(caller);
    const workspaces = await context.reads.trello.workspaces();
    const ids = workspaces.map(({ id }) => id);
    const snapshots = await context.reads.trello.workspaceSnapshots(ids);
    const found = await findingsOf({ snapshots, rosters: [], dormantDays: 30 }, context);
    const review = await engine.keepReview(
      { workspaces: ids, dormantDays: 30, rosters: [], ...found },
      caller,
    );
    const ask = { name: "Fourth quarter 2026", period: "2026-Q4", reviewers: ["user:it-admin"] };
    await engine.signOffs.start(review, ask, caller);
    const [first] = itemsOf(review);
    const proposal = {
      item: first?.id ?? "",
      decision: "remove" as const,
      note: "Left in October",
      until: null,
    };
    await engine.signOffs.propose(review.id, [proposal], caller);
    await desk.desk.presentReview(review.id);
    return { review, address: desk.opened.at(-1) ?? "" };
  }

  async function expectFit(
    page: Page,
    name: string,
    said: readonly string[],
    looks: readonly (typeof ALL_LOOKS)[number][] = ALL_LOOKS,
  ): Promise<void> {
    for (const { width, scheme } of looks) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: 860 });
      await photograph(page, `${name}-${scheme}-${width}`);
      expect(await findings(page)).toEqual([]);
      expect(await isTooWide(page)).toBe(false);
    }
    expect(said).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 860 });
  }

  it("is decided and signed with the keyboard alone, and is readable in each size and theme", async () => {
    const { review, address } = await opened();
    const { page, said } = await openPage(browser, address);
    await page.getByRole("heading", { name: "Fourth quarter 2026" }).waitFor();
    await expectFit(page, "review", said);
    for (let pages = 0; pages < 10; pages += 1) {
      const groups = page.locator("fieldset");
      for (let n = 0; n < (await groups.count()); n += 1) {
        await groups.nth(n).getByRole("radio").first().focus();
        await page.keyboard.press("Space");
      }
      // Enter in a note saves, and never signs.
      await page
        .getByLabel(/^Note for/)
        .last()
        .focus();
      await page.keyboard.press("Enter");
      await page.waitForURL(/\?q=/);
      const next = page.getByRole("link", { name: "Next page" });
      if ((await next.count()) === 0) break;
      await next.focus();
      await page.keyboard.press("Enter");
      await page.waitForURL((url) => url.searchParams.get("page") === String(pages + 2));
    }
    const state = async () => stateOf((await desk.stack.engine.signOffs.get(review.id))!);
    expect(await state()).toMatchObject({ signed: [] });
    expect((await state()).decisions.size).toBe(itemsOf(review).length);
    await expectFit(page, "review-decided", said, [ALL_LOOKS[1], ALL_LOOKS[4]]);
    await page.getByRole("button", { name: "Sign off" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "Markdown" }).waitFor();
    expect(await state()).toMatchObject({ isSigned: true });
    await expectFit(page, "review-signed", said);
    await page.getByRole("link", { name: "Reviews", exact: true }).click();
    await page.getByRole("heading", { name: "Access reviews" }).waitFor();
    await expectFit(page, "reviews", said, [ALL_LOOKS[0], ALL_LOOKS[3]]);
  });

  it("begins with how many findings of each severity there are, and how many rows of these are open", async () => {
    const { review, address } = await opened();
    const { page } = await openPage(browser, address, { width: 390 });
    const tiles = await page.locator(".figures > div").allInnerTexts();
    for (const [index, severity] of (["high", "medium", "low"] as const).entries()) {
      const found = review.findings.filter((each) => each.severity === severity);
      const rows = itemsOf(review).filter(({ findings: own }) =>
        own.some((each) => each.severity === severity),
      );
      expect(tiles[index]).toMatch(new RegExp(`^${severity}\\s+${found.length} finding`, "i"));
      if (rows.length > 0) expect(tiles[index]).toContain(`${rows.length} of ${rows.length} row`);
    }
  });

  it("prints what was decided and noted, without what one presses, on paper of A4", async () => {
    const { address } = await opened();
    const { page } = await openPage(browser, address);
    const rows = page.locator("tbody tr");
    await rows.nth(0).getByLabel("Remove").check();
    const note = `Left in October. ${"The manager agreed. ".repeat(20)}`.trim();
    await rows
      .nth(0)
      .getByLabel(/^Note for/)
      .fill(note);
    await rows.nth(1).getByLabel("Keep", { exact: true }).check();
    await page.getByRole("button", { name: "Save" }).click();
    await page.waitForURL(/\?q=/);
    await page.emulateMedia({ media: "print" });
    await page.setViewportSize({ width: 690, height: 1123 });
    await photograph(page, "review-printed");
    expect(await isTooWide(page)).toBe(false);
    const fields = page.locator("button:visible, select:visible, input:visible");
    expect(await fields.count()).toBe(0);
    // A field shows one line of its text, so the whole note is printed beside it.
    expect(await page.getByText(note, { exact: true }).isVisible()).toBe(true);
    const decisions = await page.evaluate<readonly string[]>(
      `[...document.querySelectorAll(".seg")].slice(0, 3).map((seg) =>
        [...seg.querySelectorAll("label")].filter((label) => label.offsetWidth > 0).map((label) => label.innerText).join() +
        getComputedStyle(seg, "::after").content)`,
    );
    expect(decisions).toEqual(["Removenone", "Keepnone", '"Undecided"']);
    await expect.poll(() => page.getByText(/^Read: \d+ workspaces/).isVisible()).toBe(true);
  });

  it("finds a person while one types, and works without its script", async () => {
    const { review, address } = await opened();
    const { page } = await openPage(browser, address);
    await page.getByLabel("Search a person or place").fill("lindqvist");
    await page.getByText(/^\d+ of \d+ shown$/).waitFor();
    expect(await page.locator("fieldset:visible").count()).toBeGreaterThan(0);
    expect(await page.locator("fieldset:visible").count()).toBeLessThan(10);
    await desk.desk.presentReview(review.id);
    const other = await opened();
    const plain = await openPage(browser, other.address, { script: false });
    await plain.page.getByLabel("Search a person or place").fill("lindqvist");
    await plain.page.getByRole("button", { name: "Show" }).click();
    await plain.page.locator("fieldset").first().getByLabel("Remove").check();
    await plain.page.getByRole("button", { name: "Save" }).click();
    await plain.page.getByText("it-admin,").first().waitFor();
    const saved = stateOf((await desk.stack.engine.signOffs.get(other.review.id))!);
    expect([...saved.decisions.values()]).toMatchObject([{ decision: "remove", by: "it-admin" }]);
  });
});
