import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Effect } from "../../src/domain/effect.ts";
import type { Plan } from "../../src/domain/plan.ts";
import { type DeskHarness, startDesk } from "../approvals/desk-harness.ts";
import { anEffect, aPlan } from "../store/fixtures.ts";
import { CHROMIUM, findings, isTooWide, launch, LOOKS, openPage, photograph } from "./chromium.ts";

const PEOPLE = 200;
const FIRST = ["Ana", "Björn", "Chiamaka", "Dmitri", "Elif", "Farid", "Grzegorz", "Hye-jin", "İpek", "عمر"];
const LAST = ["Okonkwo", "Lindqvist", "Van der Berg-Świętochowska", "O'Neil", "Nguyễn"];

/** Everything of one person: a workspace, some boards, and for every twentieth an account that is deleted for good. */
function effectsOf(n: number): readonly Effect[] {
  const label = `${nameOf(n)} (@person_${n})`;
  const person = { idMember: `m${n}` };
  const boards = Array.from({ length: 1 + (n % 12) }, (_, b) =>
    anEffect({
      id: `b${b}/m${n}`,
      target: { ...person, idBoard: `b${b}`, idOrganization: "w1" },
      label,
      place: { kind: "board", id: `b${b}`, name: `Roadmap ${b} of Division ${n % 7}` },
      description: `Remove ${label} from board Roadmap ${b} of Division ${n % 7}`,
    }),
  );
  const workspace = anEffect({
    op: "remove_workspace_member",
    resource: "workspace_membership",
    id: `w1/m${n}`,
    target: { ...person, idOrganization: "w1" },
    label,
    place: { kind: "workspace", id: "w1", name: "Northwind Operations" },
    description: `Remove ${label} from workspace Northwind Operations`,
  });
  const account = anEffect({
    op: "delete_scim_user",
    resource: "scim_user",
    id: `s${n}`,
    target: { scimId: `s${n}` },
    label,
    reversible: false,
    description: `Delete the SCIM User of ${label}`,
  });
  return [...boards, workspace, ...(n % 20 === 0 ? [account] : [])];
}

function nameOf(n: number): string {
  return `${FIRST[n % FIRST.length]} ${LAST[n % LAST.length]} ${n}`;
}

function bigPlan(now: number): Plan {
  const numbers = Array.from({ length: PEOPLE }, (_, n) => n + 1);
  const effects = numbers.flatMap(effectsOf);
  return aPlan({
    id: "plan_200",
    tool: "offboard_member",
    summary: `Offboard ${PEOPLE} people`,
    effects,
    subjects: numbers.map((n) => ({
      idMember: `m${n}`,
      username: `person_${n}`,
      ...(n % 3 !== 0 && { email: `person.${n}@subsidiary.northwind.example`, emailSource: "enterprise" }),
      ...(n % 20 === 0 && { scimId: `s${n}` }),
    })),
    warnings: numbers
      .filter((n) => n % 8 === 0)
      .map((n) => `${nameOf(n)} (@person_${n}) is the only admin of Roadmap 0.`),
    impact: {
      writes: effects.length,
      irreversible: effects.filter(({ reversible }) => !reversible).length,
      boards: 84,
      workspaces: 1,
      notes: ["Loses Confluence."],
    },
    requires: "approval",
    createdAt: new Date(now).toISOString(),
    expiresAt: new Date(now + 900_000).toISOString(),
  });
}

describe.skipIf(!CHROMIUM)("a plan of 200 people in a browser", () => {
  let browser: Browser;
  let desk: DeskHarness;
  beforeAll(async () => {
    desk = await startDesk();
    browser = await launch();
    const plan = bigPlan(desk.stack.deps.clock.now());
    await desk.stack.store.plans.put(plan);
    await desk.desk.present(plan);
  });
  afterAll(async () => {
    await browser.close();
    await desk.close();
  });

  it("is grouped by person, the flagged first, searched as one types, and fits every look", async () => {
    const { page, said } = await openPage(browser, desk.opened.at(-1) ?? "");
    await page.getByText("1292 board memberships").waitFor();
    const shown = page.locator("details[data-find]:visible");
    expect(await shown.count()).toBe(PEOPLE);
    // Long lists above the people show twenty lines, and the rest on a click.
    expect(await page.getByText("5 more").isVisible()).toBe(true);
    expect(await shown.first().textContent()).toMatch(/final|warning/);
    for (const look of LOOKS) {
      await page.emulateMedia({ colorScheme: look.scheme });
      await page.setViewportSize({ width: look.width, height: 860 });
      await photograph(page, `many-${look.scheme}-${look.width}`, {
        x: 0,
        y: 0,
        width: look.width,
        height: 2600,
      });
      expect(await isTooWide(page)).toBe(false);
      // Of a page this large a check takes half a minute: the widest light one and the narrowest dark one.
      if ((look.width === 1280) === (look.scheme === "light")) expect(await findings(page)).toEqual([]);
    }
    await page.getByLabel(/^Name, username/).fill("lindqvist 6");
    expect(await page.getByRole("status").first().textContent()).toMatch(/^\d+ of 200 shown$/);
    expect(await shown.count()).toBeLessThan(PEOPLE / 5);
    await page.getByLabel(/^Name, username/).fill("person.101@");
    expect(await shown.count()).toBe(1);
    await shown.first().locator("summary").first().click();
    await photograph(page, "many-found-390");
    expect(await isTooWide(page)).toBe(false);
    expect(said).toEqual([]);
    // The decision can be reached at any length of the list.
    expect(await page.getByRole("link", { name: "Go to the decision" }).isVisible()).toBe(true);
  });
});
