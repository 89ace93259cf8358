import { createContext, runInContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { AppError } from "../../src/domain/error.ts";
import { DRAWING } from "../../src/report/card/drawing.ts";
import { cardPage, SCRIPT } from "../../src/report/card/page.ts";
import { awaiting, ran } from "../../src/server/answers/outcome.ts";
import { errorResult } from "../../src/server/answers/result.ts";
import { viewsOf } from "./card-views.ts";
import { boardRemoval, HOSTILE, runOf } from "./runs.ts";

const page = { url: "https://identity.example.com/approvals/plans/plan_1", opened: true };
const { impact } = runOf([boardRemoval("Roadmap")]).plan;

/** As much of a document as the drawing uses. It knows no way to make markup from a string. */
function fakeDocument() {
  interface Node {
    readonly name: string;
    textContent: string;
    children: (Node | string)[];
    readonly dataset: Record<string, string>;
    [attribute: string]: unknown;
  }
  const all: Node[] = [];
  const make = (name: string): Node => {
    const node: Node = {
      name,
      textContent: "",
      children: [],
      dataset: {},
      append: (...inner: (Node | string)[]) => void node.children.push(...inner),
      replaceChildren: (...inner: (Node | string)[]) => void (node.children = inner),
      setAttribute: (key: string, value: string) => void (node[key] = value),
    };
    all.push(node);
    return node;
  };
  const named = new Map(["state", "card", "act", "open"].map((id) => [id, make("div")]));
  return {
    all,
    document: {
      createElement: make,
      getElementById: (id: string) => named.get(id),
      querySelectorAll: () => [],
    },
  };
}

describe("names in the card", () => {
  it.each([
    HOSTILE,
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "${alert(1)}",
    'ada" onclick="x',
  ])("%j becomes text and nothing else", (name) => {
    const hostile = runOf([boardRemoval(name), { ...boardRemoval(name, 2), description: name }], {
      plan: {
        summary: name,
        warnings: [name],
        untouched: [name],
        blindSpots: [name],
        impact: { ...impact, notes: [name] },
      },
    });
    const { all, document } = fakeDocument();
    for (const view of viewsOf([
      awaiting(hostile.plan, page, null),
      ran(hostile),
      errorResult(new AppError("NOT_FOUND", name, { next: name })),
    ]))
      runInContext(
        `${DRAWING}; draw(JSON.parse(view))`,
        createContext({ document, Intl, view: JSON.stringify(view) }),
      );
    expect(new Set(all.map((node) => node.name))).toEqual(
      new Set(["div", "h1", "bdi", "p", "dl", "dt", "dd", "section", "h2", "ul", "li", "progress"]),
    );
    const probe = name.slice(0, 5);
    const seen = all.filter(({ textContent }) => textContent.includes(probe));
    expect(seen.length).toBeGreaterThan(5);
    expect(new Set(seen.map((node) => node.name))).toEqual(new Set(["bdi"]));
    for (const { textContent: _text, ...node } of all) {
      const own = { ...node, children: node.children.filter((each) => typeof each === "string") };
      expect(JSON.stringify(own)).not.toContain(JSON.stringify(probe).slice(1, -1));
    }
  });
});

describe("the page of the card", () => {
  const text = cardPage();

  it("is one file that loads, connects to and embeds nothing, and runs its own script alone", () => {
    expect(text).not.toMatch(/\b(?:src|href|action|srcset|poster|formaction)\s*=/i);
    expect(text).not.toMatch(/@import|url\(|https?:\/\//);
    expect(text).toMatch(/default-src &#39;none&#39;|default-src 'none'/);
    expect(text).toMatch(/script-src &#39;sha256-|script-src 'sha256-/);
    expect(text.match(/<script/g)).toHaveLength(1);
    expect(text).not.toMatch(/<(?:form|input|iframe|img|link|a)\b/);
  });

  it("has no way to make markup or code from a text, to keep anything, or to reach the network", () => {
    expect(SCRIPT).not.toMatch(
      /innerHTML|outerHTML|insertAdjacent|document\.write|DOMParser|createContextualFragment|\beval\b|Function\(|setAttribute\("on|localStorage|sessionStorage|indexedDB|cookie|\bfetch\b|XMLHttpRequest|WebSocket|sendBeacon|window\.open|location/,
    );
  });

  it("names one tool, which reads, and sends no message to the model", () => {
    expect(SCRIPT.match(/ask\("[^"]*"/g)).toEqual([
      'ask("tools/call"',
      'ask("ui/open-link"',
      'ask("ui/initialize"',
    ]);
    expect(SCRIPT.match(/name: "\w+"/g)).toEqual(['name: "get_run"']);
    expect(SCRIPT).not.toMatch(/ui\/message|update-model-context|download-file/);
  });

  it("stays small: it is sent for every card", () => {
    expect(Buffer.byteLength(text)).toBeLessThan(32_000);
  });
});
