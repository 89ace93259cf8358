import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Browser, Page } from "playwright-core";
import { SEED } from "../../src/sandbox/index.ts";
import { type ServiceHarness, startService } from "../approvals/service-harness.ts";
import { CHROMIUM, findings, isTooWide, launch, LOOKS, openPage, photograph } from "./chromium.ts";

describe.skipIf(!CHROMIUM)("the approval pages of a service in a browser", () => {
  let browser: Browser;
  let service: ServiceHarness;
  beforeAll(async () => {
    service = await startService({
      policy:
        "confirmation: { default: four_eyes }\napprovers: { emails: [eva@example.com, ada@example.com] }\n",
    });
    browser = await launch();
  });
  afterAll(async () => {
    await browser.close();
    await service.close();
  });

  async function waiting(tool: string, workspace: { readonly id: string }) {
    const args = { workspace: workspace.id, member: SEED.leaver.id };
    const answer = await service.callTool("ada", tool, args);
    return { planId: String(answer["planId"]), url: String(answer["approvalUrl"]) };
  }

  /** Looks at a page in each size and theme. */
  async function expectFit(page: Page, name: string): Promise<void> {
    for (const { width, scheme } of LOOKS) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: 860 });
      await photograph(page, `${name}-${scheme}-${width}`);
      expect(await findings(page)).toEqual([]);
      expect(await isTooWide(page)).toBe(false);
    }
    await page.setViewportSize({ width: 1280, height: 860 });
  }

  async function signIn(page: Page, name: string): Promise<void> {
    await page.getByRole("link", { name: /^Sign in/ }).click();
    await page.locator("input[name=login]").fill(name);
    await page.locator("input[name=password]").fill("any");
    await page.locator("button[type=submit]").click();
    await page.waitForURL(/\/approvals\//);
  }

  it("a second person signs in, decides on one process and reads the evidence on the other, then signs out", async () => {
    const { url } = await waiting("remove_from_workspace", SEED.workspaces.standard);
    const { page, said } = await openPage(browser, url);
    await page.getByRole("heading", { name: "Sign in to see this page" }).waitFor();
    expect(await page.textContent("body")).not.toContain("Jonas");
    await expectFit(page, "sign-in");
    await signIn(page, "eva");
    await page.getByRole("heading", { name: /^Remove Jonas Lindqvist/ }).waitFor();
    await expectFit(page, "plan");
    await page.getByRole("link", { name: /^Waiting/ }).click();
    await page.getByRole("heading", { name: "Waiting for a decision" }).waitFor();
    await expectFit(page, "list");
    await page.goto(url);
    service.answering = 1;
    await page.getByRole("button", { name: "Approve" }).click();
    await page.getByRole("heading", { name: "PASS" }).waitFor({ timeout: 30_000 });
    service.answering = 0;
    await page.reload();
    await page.getByText("a sign-in as").waitFor();
    await expectFit(page, "run");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "You are signed out" }).waitFor();
    await expectFit(page, "signed-out");
    await page.goto(url);
    await page.getByRole("heading", { name: "Sign in to see this page" }).waitFor();
    // The test issuer's own sign-in page loads a font, so only the policy's refusals are read.
    expect(said.filter((line) => /content security policy|refused to|violates/i.test(line))).toEqual([]);
  });

  it("the person who asked is told who may, and withdraws", async () => {
    const { url, planId } = await waiting("remove_from_boards", SEED.workspaces.enterprise);
    const { page } = await openPage(browser, url);
    await signIn(page, "ada");
    await page.getByText("You asked for this plan yourself").waitFor();
    expect(await page.getByRole("button", { name: "Approve" }).count()).toBe(0);
    await expectFit(page, "requester");
    await page.getByRole("button", { name: "Withdraw" }).click();
    await page.getByRole("heading", { name: "Withdrawn" }).waitFor();
    expect((await service.store.plans.get(planId))?.state).toBe("declined");
  });

  it("a stranger is told who may, sees nothing of the plan, and comes back as another person", async () => {
    const { url } = await waiting("remove_from_boards", SEED.workspaces.enterprise);
    const { page } = await openPage(browser, url);
    await signIn(page, "joe");
    await page.getByRole("heading", { name: "You may not decide about this plan" }).waitFor();
    expect(await page.textContent("body")).not.toContain("Jonas");
    await expectFit(page, "stranger");
    await signIn(page, "eva");
    await page.getByRole("heading", { name: "Waiting for a decision" }).waitFor();
    await page
      .getByRole("link", { name: /^Remove Jonas/ })
      .first()
      .waitFor();
  });

  it("a session that has ended asks for a sign-in and decides nothing", async () => {
    const { url, planId } = await waiting("remove_from_boards", SEED.workspaces.enterprise);
    const { page } = await openPage(browser, url, { script: false });
    await signIn(page, "eva");
    await page.getByRole("button", { name: "Approve" }).waitFor();
    await page.context().clearCookies({ name: "identity_approver" });
    await page.getByRole("button", { name: "Approve" }).click();
    await page.getByRole("heading", { name: "Your sign-in has ended" }).waitFor();
    await page.getByText("Nothing was decided").waitFor();
    await photograph(page, "ended");
    expect((await service.store.plans.get(planId))?.state).toBe("waiting");
    // The issuer still knows the person, so one click is enough.
    await page.getByRole("link", { name: "Sign in" }).click();
    await page.getByRole("button", { name: "Approve" }).waitFor();
    expect(page.url()).toBe(url);
  });
});
