import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Browser, Page } from "playwright-core";
import { SEED } from "../../src/sandbox/index.ts";
import { type DeskHarness, startDesk } from "../approvals/desk-harness.ts";
import { inWorkspace } from "../support/stack.ts";
import { ALL_LOOKS, CHROMIUM, findings, isTooWide, launch, openPage, photograph } from "./chromium.ts";

const leaver = { workspace: SEED.workspaces.standard.id, member: SEED.leaver.id };
const offboarding = {
  member: SEED.leaver.email,
  rung: "account",
  reassignTo: SEED.successor.username,
  reason: "Left the company",
  ticket: "HR-1042",
};

describe.skipIf(!CHROMIUM)("the approval page in a browser", () => {
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

  async function waiting(tool: string, args: Readonly<Record<string, string>>): Promise<string> {
    await desk.wait(tool, args);
    return desk.opened.at(-1) ?? "";
  }

  async function expectFit(page: Page, name: string, said: readonly string[]): Promise<void> {
    await photograph(page, name);
    expect(await findings(page)).toEqual([]);
    expect(await isTooWide(page)).toBe(false);
    expect(said).toEqual([]);
  }

  it.each(ALL_LOOKS)(
    "is readable at $width px, $scheme: the plan, the list, and what an agent is told",
    async (look) => {
      const name = `${look.scheme}-${look.width}`;
      const { page, said } = await openPage(browser, await waiting("offboard_member", offboarding), look);
      await page.getByRole("heading", { name: "Offboard Jonas Lindqvist" }).waitFor();
      await expectFit(page, `plan-${name}`, said);
      await page.evaluate("for (const group of document.querySelectorAll('details')) group.open = true");
      await expectFit(page, `plan-open-${name}`, said);
      const plan = new URL(page.url());
      await page.getByRole("link", { name: /^Waiting/ }).click();
      await expectFit(page, `list-${name}`, said);
      await page.goto(new URL(plan.pathname.replace(/^\/s\/[^/]+/, ""), plan).href);
      await page.getByText("decides nothing").waitFor();
      await expectFit(page, `status-${name}`, said);
    },
  );

  it("is decided with the keyboard alone, and shows progress and evidence without a reload by hand", async () => {
    const { page, said } = await openPage(browser, await waiting("remove_from_workspace", leaver));
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the content");
    for (let presses = 0; presses < 60; presses += 1) {
      await page.keyboard.press("Tab");
      if ((await page.evaluate("document.activeElement.textContent")) === "Approve") break;
    }
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "PASS" }).waitFor({ timeout: 30_000 });
    await expectFit(page, "run-light-1280", said);
    expect(inWorkspace(desk.stack.sandbox, leaver.workspace, leaver.member)).toBeUndefined();
    for (const look of ALL_LOOKS.slice(1, 4)) {
      await page.emulateMedia({ colorScheme: look.scheme });
      await page.setViewportSize({ width: look.width, height: 860 });
      await expectFit(page, `run-${look.scheme}-${look.width}`, said);
    }
  });

  it("asks for the typed name, keeps the form while the page is polled, and takes a no with its reason", async () => {
    const { page, said } = await openPage(
      browser,
      await waiting("scim_delete_user", { user: SEED.leaver.email }),
      {
        scheme: "dark",
      },
    );
    const typed = page.getByLabel(/^Type .* to allow the deletion$/);
    await typed.fill("nobody");
    await page.waitForResponse((response) => response.url() === page.url());
    expect(await typed.inputValue()).toBe("nobody");
    await page.getByRole("button", { name: "Approve" }).click();
    await page.getByRole("alert").waitFor();
    await expectFit(
      page,
      "typed-dark-1280",
      said.filter((line) => !line.includes("422")),
    );
    await page.getByLabel(/Reason to reject/).fill("Wrong Jonas");
    await page.getByRole("button", { name: "Reject" }).click();
    await page.getByRole("heading", { name: "Already rejected" }).waitFor();
    await expectFit(
      page,
      "rejected-dark-1280",
      said.filter((line) => !line.includes("422")),
    );
  });

  it("works without its script", async () => {
    const { page } = await openPage(
      browser,
      await waiting("remove_from_boards", { ...leaver, workspace: SEED.workspaces.enterprise.id }),
      {
        script: false,
      },
    );
    await page.getByLabel(/Reason to reject/).fill("No");
    await page.getByRole("button", { name: "Reject" }).click();
    await page.getByRole("heading", { name: "Already rejected" }).waitFor();
    expect(await page.getByRole("button").count()).toBe(0);
  });

  it("sends its cookie to no other port of the machine and shows itself in no frame", async () => {
    const { createServer } = await import("node:http");
    const cookies: (string | undefined)[] = [];
    const { page } = await openPage(
      browser,
      await waiting("remove_from_boards", { ...leaver, workspace: SEED.workspaces.enterprise.id }),
    );
    const address = page.url();
    const other = createServer((request, response) => {
      cookies.push(request.headers.cookie);
      response.setHeader("content-type", "text/html");
      response.end(
        `<iframe src="${address}"></iframe><form method="post" action="${address}/approve"><button>Win a prize</button></form>`,
      );
    });
    await new Promise<void>((resolve) => void other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as { readonly port: number };
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.getByRole("button", { name: "Win a prize" }).click();
    await page.waitForURL(/approve$/);
    expect(cookies.length).toBeGreaterThan(0);
    expect(cookies.every((cookie) => cookie === undefined)).toBe(true);
    expect(await page.textContent("body")).toContain("This form was not sent from this page.");
    other.close();
    const planId = address.split("/").at(-1) ?? "";
    expect(await desk.stack.store.plans.get(planId)).toMatchObject({ state: "waiting", decision: null });
  });
});
