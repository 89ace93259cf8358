import type { Client } from "@modelcontextprotocol/client";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Fault, SEED } from "../../src/sandbox/index.ts";
import { awaiting, ran, underWay } from "../../src/server/answers/outcome.ts";
import { startCardServer } from "../approvals/card-server.ts";
import { type DeskHarness, formsIn, visit } from "../approvals/desk-harness.ts";
import { boardRemoval, done, HOSTILE, incompleteRun, runOf } from "../report/runs.ts";
import { inWorkspace, writesIn } from "../support/stack.ts";
import { type CardHost, openCard } from "./card-host.ts";
import { CHROMIUM, findings, launch, photograph } from "./chromium.ts";

const leaver = { workspace: SEED.workspaces.standard.id, member: SEED.leaver.id };
const LOOKS = [
  { width: 720, theme: "light" },
  { width: 720, theme: "dark" },
  { width: 390, theme: "light" },
  { width: 390, theme: "dark" },
] as const;

async function expectFit(host: CardHost, name: string): Promise<void> {
  await photograph(host.page, `card-${name}`);
  expect(await findings(host.card)).toEqual([]);
  expect(await host.card.evaluate("document.documentElement.scrollWidth > window.innerWidth")).toBe(false);
  expect(host.said).toEqual([]);
}

describe.skipIf(!CHROMIUM)("the card in a host's frame", () => {
  const faults: Fault[] = [];
  let browser: Browser;
  let server: Awaited<ReturnType<typeof startCardServer>>;
  let desk: DeskHarness;
  let client: Client;
  beforeAll(async () => {
    server = await startCardServer({ sandbox: { faults } });
    ({ desk, client } = server);
    browser = await launch();
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  it("shows a plan, asks the host to open its page, follows the decision and the run to its evidence, and decides nothing", async () => {
    const host = await openCard(browser, client);
    const answer = await client.callTool({ name: "remove_from_workspace", arguments: leaver });
    await host.hand(answer);
    const { card } = host;
    await card.getByText("Waiting for a person", { exact: true }).waitFor();
    await card.getByText(`Jonas Lindqvist`).first().waitFor();
    await expectFit(host, "waiting");
    // By the keyboard alone.
    await card.getByRole("button", { name: "Open the approval page" }).focus();
    await host.page.keyboard.press("Enter");
    const url = (answer.structuredContent as { readonly approvalUrl: string }).approvalUrl;
    await expect.poll(() => host.opened()).toEqual([url]);
    expect(writesIn(desk.stack.sandbox)).toEqual([]);

    faults.push({ operation: "*", attempt: "every", kind: "slow", ms: 700 });
    const visitor = await visit(desk.opened.at(-1) ?? "");
    const forms = formsIn((await visitor.get(visitor.landed)).text);
    await visitor.submit(forms["approve"] ?? { action: "", fields: {} });
    await card.getByText("Running", { exact: true }).waitFor({ timeout: 30_000 });
    expect(await card.getByRole("progressbar").count()).toBe(1);
    faults.length = 0;
    await card.getByText("Ended: PASS").waitFor({ timeout: 30_000 });
    expect(await card.getByRole("button").count()).toBe(0);
    await expectFit(host, "passed");
    expect(inWorkspace(desk.stack.sandbox, leaver.workspace, leaver.member)).toBeUndefined();

    // The card asked for nothing else, so nothing that it sent could decide.
    const messages = await host.messages();
    const methods = new Set(messages.flatMap(({ method }) => method ?? []));
    expect([...methods].toSorted()).toEqual([
      "tools/call",
      "ui/initialize",
      "ui/notifications/initialized",
      "ui/notifications/size-changed",
      "ui/open-link",
    ]);
    const calls = messages.filter(({ method }) => method === "tools/call");
    expect(new Set(calls.map(({ params }) => params?.name))).toEqual(new Set(["get_run"]));
    await host.close();
  });

  const many = Array.from({ length: 30 }, (_, n) => boardRemoval(n === 3 ? HOSTILE : `Roadmap ${n}`, n));
  const hostile = {
    summary: `Remove ${HOSTILE}`,
    warnings: [`${HOSTILE} is the only admin of Roadmap.`],
    subjects: [{ idMember: "5f0000000000000000000001", username: "jonas", email: "jonas@example.com" }],
    expiresAt: new Date(Date.now() + 600_000).toISOString(),
  };
  const halfDone = runOf(many, {
    plan: hostile,
    run: {
      state: "running",
      evidence: null,
      endedAt: null,
      effects: many.map((effect, n) => done(effect, n, n < 12 ? {} : { state: "pending", settledAt: null })),
    },
  });
  const page = { url: "https://identity.example.com/approvals/plans/plan_1", opened: true };
  const STATES = {
    waiting: () => awaiting(halfDone.plan, page, null),
    running: () => underWay(halfDone.plan, halfDone),
    passed: () => ran(runOf(many, { plan: hostile })),
    incomplete: () => ran(incompleteRun()),
  };

  it.each(LOOKS)("is readable at $width px, $theme, in every state, whatever the names are", async (look) => {
    const host = await openCard(browser, client, { ...look, capabilities: {} });
    for (const [name, answer] of Object.entries(STATES)) {
      await host.hand(answer());
      await host.card.getByRole("heading", { level: 1 }).waitFor();

      await expectFit(host, `${name}-${look.theme}-${look.width}`);
      expect(await host.card.locator("img, a, script:not(body > script)").count()).toBe(0);
    }
    expect(await host.opened()).toEqual([]);
    await host.close();
  });

  it("follows the host's theme, and shows the address if the host opens no links", async () => {
    const host = await openCard(browser, client, { capabilities: {} });
    await host.hand(awaiting(halfDone.plan, page, null));
    const paper = () => host.card.evaluate<string>("getComputedStyle(document.body).backgroundColor");
    const light = await paper();
    await host.setTheme("dark");
    await expect.poll(paper).not.toBe(light);
    await host.setTheme("light");
    await expect.poll(paper).toBe(light);
    await host.card.getByRole("button", { name: "Open the approval page" }).click();
    await host.card.getByText(page.url).waitFor();
    const methods = (await host.messages()).map(({ method }) => method);
    expect(methods).not.toContain("tools/call");
    expect(methods).not.toContain("ui/open-link");
    await host.close();
  });
});
