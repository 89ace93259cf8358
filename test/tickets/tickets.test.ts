import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import type { ToolReply } from "../support/client.ts";
import { sayYes } from "../support/matrix.ts";
import { decideAtTerminal } from "../tools/decisions.ts";
import { describeTool } from "../tools/describe-tool.ts";
import { changesBetween, stateOf } from "./state.ts";
import { type Ticket, TICKETS } from "./tickets.ts";

const DOCS = fileURLToPath(new URL("../../docs/tickets.md", import.meta.url));
const MOST_CALLS = 3;
const MOST_TOKENS = 4_000;

/** What a model reads of an answer, at four characters a token. */
const tokensOf = ({ text, structured }: ToolReply) =>
  Math.ceil((text.length + JSON.stringify(structured).length) / 4);

const fits = (line: string, wanted: string | RegExp) =>
  typeof wanted === "string" ? line === wanted : wanted.test(line);

const all = Object.entries(TICKETS).flatMap(([kind, tickets]) =>
  tickets.map((ticket: Ticket) => ({ kind, ticket, text: ticket.text })),
);

describeTool("tickets as people write them", (way) => {
  const rows: string[] = [];

  it.each(all.map((each) => [`${each.kind}: ${each.text}`, each] as const))(
    "%s",
    async (_title, { kind, ticket }) => {
      ticket.prepare?.(way.world);
      way.person.answer = ticket.person === "no" ? () => ({ action: "decline" }) : sayYes;
      const before = stateOf(way.world);
      const replies: ToolReply[] = [];
      for (const [tool, args] of ticket.calls) {
        const reply = await way.call(tool, typeof args === "function" ? args(replies) : args);
        replies.push(reply);
        // The person decides outside of the client, where the level asks for that.
        if (ticket.approved && reply.structured["status"] === "awaiting_confirmation")
          await decideAtTerminal(way.product, reply.structured["planId"], true);
      }
      const changes = changesBetween(before, stateOf(way.world));
      const told = replies.map(({ text }) => text).join("\n");
      const tokens = replies.reduce((sum, reply) => sum + tokensOf(reply), 0);
      const wanted = ticket.changes ?? [];
      expect(changes.filter((line) => !wanted.some((each) => fits(line, each)))).toEqual([]);
      expect(
        wanted.filter((each) => !changes.some((line) => fits(line, each))),
        told,
      ).toEqual([]);
      for (const each of ticket.says ?? [])
        expect(told).toMatch(
          typeof each === "string" ? new RegExp(each.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")) : each,
        );
      const last = replies.at(-1);
      if (ticket.ends) expect(last?.text).toMatch(new RegExp(`^${ticket.ends}: `));
      else expect(last?.isError, last?.text).toBe(false);
      expect(ticket.calls.length).toBeLessThanOrEqual(MOST_CALLS);
      expect(tokens).toBeLessThanOrEqual(MOST_TOKENS);
      rows.push(
        `| ${kind} | ${ticket.text} | ${ticket.calls.map(([tool]) => `\`${tool}\``).join(", ")} | ${ticket.calls.length} | ${tokens} | ${way.person.questions.length} | ${changes.length} |`,
      );
    },
  );

  // The table is written with UPDATE_TICKETS=1; its tokens are those of that day.
  afterAll(() => {
    if (!process.env["UPDATE_TICKETS"]) return;
    const table = [
      "# Tickets",
      "",
      "Tickets as people write them, and the calls that solve them from the tool list alone. `test/tickets` plays each: the calls, what the answers say, and every difference in the world afterwards. Traps end without a change.",
      "",
      "| kind | ticket | calls | number | tokens | questions | changes |",
      "| - | - | - | - | - | - | - |",
      ...rows,
      "",
    ].join("\n");
    writeFileSync(DOCS, table);
    process.stdout.write(`${table}\n`);
  });

  it("stand in the docs, each with its calls", () => {
    const docs = readFileSync(DOCS, "utf8");
    for (const { text } of all) expect(docs).toContain(`| ${text} `);
  });
});
