import { existsSync } from "node:fs";
import axe from "axe-core";
import { type Browser, chromium, type Frame, type Page } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The program of a Chromium on this machine, or undefined. */
export const CHROMIUM = [process.env["CHROMIUM"], ...PLACES].find((path) => path && existsSync(path));

// oxlint-disable-next-line no-console -- a suite that tests nothing says so
if (!CHROMIUM)
  console.log(
    "There is no Chromium here, so the pages are not tested in a browser: set CHROMIUM to its path.",
  );

/** The sizes and themes in which a page is looked at. */
export const LOOKS = [
  { width: 1280, scheme: "light" },
  { width: 1280, scheme: "dark" },
  { width: 390, scheme: "light" },
  { width: 390, scheme: "dark" },
] as const;
/** The same, and the narrowest window. */
export const ALL_LOOKS = [...LOOKS, { width: 320, scheme: "light" }] as const;

/** A folder for screenshots, if a person wants to look at them. */
const SHOTS = process.env["SCREENSHOTS"];

/** Keeps a picture of the page, if a person asked for pictures. */
export async function photograph(
  page: Page,
  name: string,
  clip?: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): Promise<void> {
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true, ...(clip && { clip }) });
}

export async function launch(): Promise<Browser> {
  // A sandbox of its own needs rights that a container does not give.
  return await chromium.launch({ executablePath: CHROMIUM ?? "", args: ["--no-sandbox"] });
}

/** A page of a browser, and everything that its console said: a refused script or style says so there. */
export async function openPage(
  browser: Browser,
  address: string,
  look: { readonly width?: number; readonly scheme?: "light" | "dark"; readonly script?: boolean } = {},
): Promise<{ readonly page: Page; readonly said: readonly string[] }> {
  const { width = 1280, scheme = "light", script = true } = look;
  const context = await browser.newContext({
    viewport: { width, height: 860 },
    colorScheme: scheme,
    javaScriptEnabled: script,
  });
  const page = await context.newPage();
  const said: string[] = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(error.message));
  await page.goto(address);
  return { page, said };
}

/** What axe-core finds wrong, a line each. It is put in by the test, because the page's policy lets no other script in. */
export async function findings(page: Page | Frame): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>(
    "axe.run(document, { resultTypes: ['violations'] })",
  );
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`));
}

/** Whether the page is wider than its window. */
export async function isTooWide(page: Page): Promise<boolean> {
  return await page.evaluate<boolean>("document.documentElement.scrollWidth > window.innerWidth");
}
