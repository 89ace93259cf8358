import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { evidenceHtml } from "../../src/report/html.ts";
import { html, textOf } from "../../src/report/page.ts";
import { joinReports, reportOf } from "../../src/report/record.ts";
import { factsOf, listsOf, openLists } from "../../src/report/words.ts";
import { boardRemoval, CARD, cardHandOver, HOSTILE, incompleteRun, runOf, workspaceRemoval } from "./runs.ts";

const boards = Array.from({ length: 31 }, (_, index) => boardRemoval(`Board ${index + 1}`, index + 1));

/** The names of all elements that a page opens, scripts in text included if there were any. */
const elements = (page: string) => new Set([...page.matchAll(/<([a-z][a-z0-9]*)/gi)].map(([, name]) => name));

describe("evidence as HTML", () => {
  test("states every fact and every list, and has a row for each change", () => {
    for (const run of [runOf(boards), incompleteRun()]) {
      const report = reportOf(run);
      const page = evidenceHtml(report);
      const [record = expect.unreachable()] = report.runs;
      for (const { name, text } of factsOf(record)) {
        expect(page).toContain(`<dt>${name}</dt>`);
        expect(page.replace(/<[^>]*>/g, "")).toContain(`${name}${text}`);
      }
      for (const { title, lines } of [...openLists(record), ...listsOf(record)]) {
        expect(page).toContain(`<h3>${title}</h3>`);
        for (const line of lines) expect(page).toContain(`<li><bdi>${line}</bdi></li>`);
      }
      expect(page.match(/<tr>\n<td class="number">/g)).toHaveLength(run.effects.length);
      for (const { effect, settledAt } of run.effects) {
        expect(page).toContain(`<bdi>${effect.description}</bdi> <code>${effect.id}</code>`);
        expect(page).toContain(`datetime="${settledAt}"`);
      }
      expect(page).toContain(`<strong>${report.result}</strong>`);
    }
  });

  test("names what is not done before the facts", () => {
    const page = evidenceHtml(reportOf(incompleteRun()));
    expect(page.indexOf("What is not done, and why")).toBeGreaterThan(0);
    expect(page.indexOf("What is not done, and why")).toBeLessThan(page.indexOf("<dl>"));
    expect(page).toContain(
      "<strong>Failed</strong> <small>read again: not true</small> <small>3 attempts</small>",
    );
  });

  test("has one script, which only adds the times of the reader, and fetches nothing", () => {
    const page = evidenceHtml(joinReports("Two", [reportOf(runOf(boards)), reportOf(incompleteRun())]));
    const [, script = expect.unreachable()] = /<script>([^]*?)<\/script>/.exec(page) ?? [];
    const hash = createHash("sha256").update(script).digest("base64");
    expect(page).toContain(
      `<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;; script-src &#39;sha256-${hash}&#39;">`,
    );
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(script).not.toMatch(/fetch|innerHTML|location|XMLHttp|import|eval/);
    expect(page).not.toMatch(/https?:|\/\/|url\(|@import|src=|javascript:/i);
    expect([...page.matchAll(/href="([^"]*)"/g)].map(([, target]) => target)).toEqual(["#run-1", "#run-2"]);
    for (const name of ["link", "img", "iframe", "object", "form", "base"]) {
      expect(elements(page)).not.toContain(name);
    }
  });

  test("names roles, boards, people and cards, with ids beside them, and links each card", () => {
    const page = evidenceHtml(
      reportOf(runOf([cardHandOver("Budget"), workspaceRemoval(["Roadmap"]), boardRemoval("Payroll", 7)])),
    );
    for (const part of [
      `<a href="https://trello.com/c/${CARD}" rel="noreferrer"><bdi>Card Budget</bdi></a> <code>${CARD}</code>`,
      "<bdi>On the card: Jonas Lindqvist</bdi> <code>5f0000000000000000000001</code>",
      "<bdi>On the card: Elena Popescu (@elena)</bdi> <code>5f0000000000000000000002</code>",
      "<bdi>Board Roadmap: Observer</bdi> <code>board-0</code>",
      "<bdi>Admin</bdi>",
    ]) {
      expect(page).toContain(part);
    }
    expect(page).not.toContain("memberType");
  });

  test("a hostile name stays text, in every place that shows one", () => {
    const tame = evidenceHtml(reportOf(runOf([boardRemoval("Roadmap")])));
    const principal = { id: HOSTILE, name: HOSTILE, client: HOSTILE };
    const plan = { summary: HOSTILE, reason: HOSTILE, ticket: HOSTILE, warnings: [HOSTILE], principal };
    const effect = { ...boardRemoval(HOSTILE), id: HOSTILE, before: { [HOSTILE]: HOSTILE } };
    const page = evidenceHtml(reportOf(runOf([effect], { plan, run: { id: HOSTILE } })));
    expect(elements(page)).toEqual(elements(tame));
    expect(page.match(/<\/style>/g)).toHaveLength(1);
    expect(page.match(/<\/title>/g)).toHaveLength(1);
    expect(page.match(/&lt;script&gt;alert\(2\)/g)?.length).toBeGreaterThanOrEqual(9);
    expect(page).toContain("&amp;lt;i&amp;gt;");
    expect(page).not.toMatch(/\p{Cc}(?<!\n)|\p{Cf}/u);
  });

  test("a name of 10,000 characters is cut", () => {
    expect(evidenceHtml(reportOf(runOf([boardRemoval("A".repeat(10_000))])))).not.toMatch(/A{501}/);
  });
});

test("only what is written in a template is markup", () => {
  const forged = JSON.parse('{"markup":"<b>"}') as string[];
  expect(textOf(html`<p title="${`"'<>&`}">${["<i>", html`<b>${1}</b>`]}</p>`)).toBe(
    '<p title="&quot;&#39;&lt;&gt;&amp;">&lt;i&gt;<b>1</b></p>',
  );
  expect(() => html`${forged}`).toThrow(TypeError);
});
