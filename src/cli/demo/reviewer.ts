import { type OpenPage, plainText } from "./browser.ts";

/** For how many days the demo's reviewer accepts one of the findings. */
const ACCEPTED_DAYS = 90;
const DAY_MS = 86_400_000;

/**
 * Decides about every row and saves each page of the review:
 * - It removes each person whom the agent proposed to remove.
 * - It accepts one finding for some days.
 * - It keeps the access of every other person.
 * Returns lines that say what was done.
 */
export async function decideAll(page: OpenPage): Promise<readonly string[]> {
  const lines: string[] = [];
  const until = new Date(Date.now() + ACCEPTED_DAYS * DAY_MS).toISOString().slice(0, 10);
  const start = page.place();
  let accepted: string | null = null;
  for (let number = 1; ; number += 1) {
    await page.load(`${start}?page=${number}`);
    const fields: Record<string, string> = {};
    const removed: string[] = [];
    for (const { id, markup, who } of rowsOf(page.text())) {
      const isProposed = markup.includes("not a decision");
      fields[`d.${id}`] = isProposed ? "remove" : "keep";
      if (isProposed) removed.push(who);
      else if (accepted === null && markup.includes(`name="u.${id}"`)) {
        accepted = who;
        Object.assign(fields, { [`n.${id}`]: "Known, and needed until then", [`u.${id}`]: until });
        lines.push(`| ${who}: keep, accepted until ${until}`);
      }
    }
    lines.push(...removed.map((who) => `| ${who}: remove, as the agent proposed`));
    await page.submit("save", fields);
    const isLast = !page.text().includes("Next page");
    if (isLast) break;
  }
  await page.load(start);
  return [...lines, `| ${progressOf(page.text())}`];
}

/** Presses the button at the end of the review page, which signs the review. */
export async function signOff(page: OpenPage): Promise<readonly string[]> {
  await page.submit("sign");
  return ["demo presses: Sign off"];
}

interface Row {
  readonly id: string;
  readonly markup: string;
  /** The names of the person and the workspace in the row. */
  readonly who: string;
}

function rowsOf(html: string): readonly Row[] {
  return [...html.matchAll(/<tr id="row-([\w.]+)"[^>]*>(.*?)<\/tr>/gs)].map(([, id = "", markup = ""]) => {
    const legend = /<legend[^>]*>Decision for (.*?)<\/legend>/s.exec(markup)?.[1] ?? id;
    return { id, markup, who: plainText(legend) };
  });
}

/** How many items are decided, read from the text of the page. */
function progressOf(html: string): string {
  return plainText(/<label for="progress">(.*?)<\/label>/s.exec(html)?.[1] ?? "");
}
