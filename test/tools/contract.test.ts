import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { SEED } from "../../src/sandbox/index.ts";
import { catalog } from "../../src/tools/catalog.ts";
import type { ElicitReply } from "../support/client.ts";
import { EVERY_WAY } from "../support/suites.ts";
import { plannedOps } from "./changes.ts";
import { countStored } from "./decisions.ts";
import { describeTool, errorOf, ONE_A_TRANSPORT, type Way, type WayOptions } from "./describe-tool.ts";
import { BY_PLAN, type Example, EXAMPLES } from "./examples.ts";
import { MESSY_EXAMPLES } from "./messy-examples.ts";
import { BOARDS, memberIn } from "./world.ts";

// Trello calls the address of a new webhook, and wants an answer.
const receiver = createServer((_request, response) => response.end());
await new Promise<void>((resolve) => void receiver.listen(0, "127.0.0.1", resolve));
receiver.unref();

const OPTIONS: WayOptions = {
  clients: ONE_A_TRANSPORT,
  env: {
    IDENTITY_TOOLSETS: "directory,membership,offboarding,scim,enterprise,reviews,webhooks",
    IDENTITY_PUBLIC_URL: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`,
  },
};
const tools = catalog.filter(({ name }) => !BY_PLAN.includes(name));
const changing = tools.filter(({ effect }) => effect !== "read");
const reading = tools.filter(({ effect }) => effect === "read");

/** The tools of a list whose input has one of these fields, with the field. */
const having = (list: typeof tools, ...fields: readonly string[]) =>
  list.flatMap((tool) => {
    const field = fields.find((name) => name in tool.input.shape);
    return field === undefined ? [] : [{ tool: tool.name, field }];
  });

/** A value for a field that takes one reference, or a list of them. */
const valueFor = (field: string, reference: string) => (field.endsWith("s") ? [reference] : reference);

async function argumentsOf(
  way: Way,
  tool: string,
  examples: Readonly<Record<string, Example>> = EXAMPLES,
): Promise<Record<string, unknown>> {
  const example = examples[tool];
  if (!example) throw new Error(`${tool} has no example`);
  const made = await example.prepare?.(way);
  way.product.sandbox.resetRequests();
  way.person.questions.length = 0;
  return { ...example.args, ...made };
}

/** Calls a tool with its example, changed in one field, and expects a refusal before anything happened. */
async function refusal(way: Way, tool: string, change: Readonly<Record<string, unknown>>) {
  const args = await argumentsOf(way, tool);
  const error = errorOf(await way.call(tool, { ...args, ...change }));
  expect(error.next).toMatch(/\w+/);
  expect(way.writes()).toEqual([]);
  expect(way.person.questions).toEqual([]);
  return error;
}

/** Calls a tool that reads: it answers, writes nothing and asks nobody. */
async function expectAnswers(way: Way, tool: string, args: Record<string, unknown>): Promise<void> {
  const { isError, text } = await way.call(tool, args);
  expect(isError, text).toBe(false);
  expect(way.writes()).toEqual([]);
  expect(way.person.questions).toEqual([]);
}

/** Calls a tool on a dry run: it plans something; nothing is written, nothing stored, nobody asked. */
async function expectOnlyPlans(way: Way, tool: string, args: Record<string, unknown>): Promise<void> {
  const stored = countStored(way.product);
  const reply = await way.call(tool, { ...args, dryRun: true });
  expect(reply.text).toMatch(/^Planned, nothing changed\./);
  expect(reply.structured).toMatchObject({ status: "planned", plan: { digest: expect.any(String) } });
  expect(plannedOps(reply).length).toBeGreaterThan(0);
  expect(reply.structured).not.toHaveProperty("planId");
  expect(countStored(way.product)).toEqual(stored);
  expect(way.writes()).toEqual([]);
  expect(way.person.questions).toEqual([]);
}

/** Every text of a reply is data on lines of its own: nothing invisible, nothing without end. */
function expectHarmless(text: string): void {
  expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(500);
}

/** What a tool that looks for the person elsewhere, or takes no names, answers to a name that two people have. */
const OTHERWISE: Readonly<Record<string, string>> = {
  // Anybody but the token's owner.
  update_my_profile: "POLICY_DENIED",
  // The example names the invitation by its email: one or the other.
  resend_invitations: "INPUT_INVALID",
  revoke_invitations: "INPUT_INVALID",
  // The list replaces the group, and the example removes from it: one or the other.
  scim_update_group: "INPUT_INVALID",
};

/** The confirmation that each tool's example needs. Every test begins with the same company, so it is planned once. */
const needed = new Map<string, string>();

async function confirmationFor(way: Way, tool: string, args: Record<string, unknown>): Promise<string> {
  const known = needed.get(tool);
  if (known !== undefined) return known;
  const { structured } = await way.call(tool, { ...args, dryRun: true });
  const { requires } = structured["plan"] as { readonly requires: string };
  needed.set(tool, requires);
  return requires;
}

const REFUSALS: readonly ElicitReply[] = [
  { action: "decline" },
  { action: "cancel" },
  { action: "accept", content: { confirm: false } },
];

describe("the examples", () => {
  it("are of every tool, and of no other", () => {
    const names = tools.map(({ name }) => name).sort();
    expect(Object.keys(EXAMPLES).sort()).toEqual(names);
    expect(Object.keys(MESSY_EXAMPLES).sort()).toEqual(names);
  });
});

describeTool(
  "every tool",
  (way) => {
    it.each(tools)("$name refuses unknown fields", async ({ name }) => {
      const { code, message, details } = await refusal(way, name, { force: true });
      expect({ code, details }).toMatchObject({ code: "INPUT_INVALID", details: { fields: ["force"] } });
      expect(message).toMatch(/unknown field force \(allowed: .+\)/);
    });

    it.each(having(tools, "workspace", "workspaces"))(
      "$tool refuses an unknown workspace",
      async ({ tool, field }) => {
        const { code } = await refusal(way, tool, { [field]: valueFor(field, "nosuchworkspace") });
        expect(code).toBe("NOT_FOUND");
      },
    );

    it.each(having(changing, "boards", "board"))(
      "$tool refuses a board of another workspace",
      async ({ tool, field }) => {
        const { code } = await refusal(way, tool, { [field]: valueFor(field, BOARDS.observed.id) });
        expect(code).toBe("NOT_FOUND");
      },
    );

    it.each(having(changing, "member", "members"))(
      "$tool refuses a name that two people have",
      async ({ tool, field }) => {
        // In the workspaces that the tool looks at: a name that is unique there is enough for most of them.
        for (const { id } of [SEED.successor, SEED.leaver]) memberIn(way.world, id).fullName = "Alex Morgan";
        const { code } = await refusal(way, tool, { [field]: valueFor(field, "Alex Morgan") });
        expect(code).toBe(OTHERWISE[tool] ?? "AMBIGUOUS");
      },
    );

    it.each(having(tools, "member"))("$tool shows a hostile name as data", async ({ tool, field }) => {
      const dry = "dryRun" in (catalog.find(({ name }) => name === tool)?.input.shape ?? {});
      const args = await argumentsOf(way, tool);
      const reply = await way.call(tool, {
        ...args,
        [field]: SEED.hostile.username,
        ...(dry && { dryRun: true }),
      });
      expectHarmless(reply.text);
      expect(way.writes()).toEqual([]);
    });

    it.each(reading)("$name answers, and writes nothing", async ({ name }) => {
      await expectAnswers(way, name, await argumentsOf(way, name));
    });

    it.each(changing)(
      "$name only plans on a dry run: nothing is written, nothing stored, nobody asked",
      async ({ name }) => {
        await expectOnlyPlans(way, name, await argumentsOf(way, name));
      },
    );

    it.each(changing)("$name does it after a yes, and proves it", async ({ name }) => {
      const args = await argumentsOf(way, name);
      const requires = await confirmationFor(way, name, args);
      way.person.answer = ({ requestedSchema }) => {
        const { title } = (requestedSchema.properties["typedName"] ?? {}) as { readonly title?: string };
        const typedName = title?.replace(/^Type (.+) to confirm$/, "$1");
        return { action: "accept", content: { confirm: true, ...(typedName && { typedName }) } };
      };
      const { structured } = await way.call(name, args);
      // More than a client can give.
      if (!["none", "client"].includes(requires))
        return expect(structured).toMatchObject({ status: "awaiting_confirmation" });
      expect(structured).toMatchObject({
        status: "applied",
        run: { failed: 0, evidence: { result: "PASS" } },
      });
      expect(way.writes().length).toBeGreaterThan(0);
      expect(way.person.questions).toHaveLength(requires === "none" ? 0 : 1);
    });

    it.each(changing)(
      "$name changes nothing when the person declines, cancels or does not confirm",
      async ({ name }) => {
        const args = await argumentsOf(way, name);
        const requires = await confirmationFor(way, name, args);
        // A plan that needs no confirmation, or more than a client can give, asks nobody here.
        if (requires !== "client") return expect(["none", "approval"]).toContain(requires);
        // No tool sees the answer: `npm test` gives one to each, every third tool the same.
        const turn = changing.findIndex((tool) => tool.name === name) % REFUSALS.length;
        const replies = EVERY_WAY ? REFUSALS : REFUSALS.slice(turn, turn + 1);
        for (const answer of replies) {
          way.person.answer = () => answer;
          const { structured } = await way.call(name, args);
          expect(structured).toMatchObject({ status: "declined" });
        }
        expect(way.person.questions).toHaveLength(replies.length);
        expect(way.writes()).toEqual([]);
      },
    );

    it.each(changing)("$name waits for a person elsewhere when the client cannot ask", async ({ name }) => {
      const args = await argumentsOf(way, name);
      const requires = await confirmationFor(way, name, args);
      if (requires === "none") return expect(requires).toBe("none");
      const mute = await way.mute();
      const reply = await mute.call(name, args);
      expect(reply.isError).toBe(false);
      expect(reply.text).toContain("nothing changed");
      expect(reply.structured).toMatchObject({
        status: "awaiting_confirmation",
        planId: expect.stringMatching(/^plan_/),
        approvalUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/plans\/plan_[0-9a-f]+$/),
        expiresAt: expect.any(String),
        forThePerson: expect.stringContaining("approvals approve"),
        next: expect.stringContaining("apply_plan"),
      });
      const { planId, approvalUrl } = reply.structured;
      expect(String(approvalUrl).split("/").at(-1)).toBe(planId);
      const again = await mute.call("apply_plan", { planId });
      expect(again.structured).toMatchObject({ status: "awaiting_confirmation" });
      expect(way.writes()).toEqual([]);
    });
  },
  OPTIONS,
);

describeTool(
  "every tool on the messy world",
  (way) => {
    const argsFor = (tool: string) => argumentsOf(way, tool, MESSY_EXAMPLES);
    // Every answer about the large company takes long, so `npm test` calls a third of the tools.
    const some = (list: typeof tools) => (EVERY_WAY ? list : list.filter((_tool, n) => n % 3 === 0));

    it.each(some(reading))("$name answers, and writes nothing", async ({ name }) => {
      await expectAnswers(way, name, await argsFor(name));
    });

    it.each(some(changing))("$name only plans on a dry run", async ({ name }) => {
      await expectOnlyPlans(way, name, await argsFor(name));
    });
  },
  { ...OPTIONS, clients: ONE_A_TRANSPORT.slice(0, 1), sandbox: { world: "messy" } },
);
