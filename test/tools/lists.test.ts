import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../src/domain/error.ts";
import type { PlanDraft } from "../../src/domain/plan.ts";
import type { PlanContext, Planner } from "../../src/domain/planning.ts";
import inviteMembers from "../../src/tools/membership/invite-members.ts";
import offboardMember from "../../src/tools/offboarding/offboard-member.ts";
import { cleanList, untidyList } from "../planning/lists/random-lists.ts";
import { EVERY_WAY } from "../support/suites.ts";
import { fakeContext, id, row, snapshot } from "../support/plan-context.ts";

// Everybody of the random lists is a member, and so are some whose names and usernames are words of the lists.
const leavers = Array.from({ length: 41 }, (_, n) =>
  row({ n, name: `Leaver ${n}`, email: `leaver${n}@x.org` }),
);
const bosses = Array.from({ length: 10 }, (_, n) =>
  row({ n: 100 + n, name: `Boss ${n}`, email: `boss${n}@x.org` }),
);
const words = [
  "manager",
  "mia",
  "roe",
  "email",
  "name",
  "leavers",
  "chef",
  "approver",
  "bob",
  "ada",
  "thanks",
];
const namesakes = words.map((username, n) => row({ n: 200 + n, name: username, username }));
const people = [...leavers, ...bosses, ...namesakes, row({ n: 300, name: "Owner" }, "admin")];
const acme = snapshot(people, [people]);

function context(): PlanContext {
  const { context: plain } = fakeContext({ people: [people], owner: 300 });
  const trello = {
    ...plain.reads.trello,
    workspaces: async () => [acme.workspace],
    workspace: async () => acme,
    workspaceSnapshots: async () => [acme],
    cardsOf: async () => [],
    cardsOn: async () => [],
  };
  return { ...plain, reads: { ...plain.reads, trello }, applied: async () => [] } as unknown as PlanContext;
}

async function plan(tool: unknown, args: object): Promise<PlanDraft | null> {
  try {
    return await (tool as Planner).plan(args as never, context());
  } catch (error) {
    if (error instanceof AppError && ["INPUT_INVALID", "NOT_FOUND", "AMBIGUOUS"].includes(error.code))
      return null;
    throw error;
  }
}

/** Who a plan changes something for, by member id or email. */
const changed = (draft: PlanDraft | null): ReadonlySet<string> =>
  new Set((draft?.effects ?? []).map(({ target }) => target["email"] ?? target["idMember"] ?? ""));
const ids = new Map(leavers.map(({ idMember, member }) => [member.email ?? "", idMember]));

/** Of each property; `npm test` takes a fifth. */
const RUNS = EVERY_WAY ? 400 : 80;

describe("a list given to a tool", () => {
  it("offboards everybody who is named in it, and nobody else", async () => {
    await fc.assert(
      fc.asyncProperty(cleanList, async ({ text, meant }) => {
        const draft = await plan(offboardMember, { members: text, rung: "workspaces" });
        expect(changed(draft)).toEqual(new Set([...meant].map((email) => ids.get(email))));
      }),
      { numRuns: RUNS / 2 },
    );
  });

  it("never offboards somebody who is not named as the person of a row", async () => {
    const others = new Set([...bosses, ...namesakes].map(({ idMember }) => idMember));
    let planned = 0;
    await fc.assert(
      fc.asyncProperty(untidyList, async ({ text }) => {
        const draft = await plan(offboardMember, { members: text, rung: "workspaces" });
        if (changed(draft).size > 0) planned += 1;
        expect([...changed(draft)].filter((idMember) => others.has(idMember))).toEqual([]);
      }),
      { numRuns: RUNS },
    );
    expect(planned).toBeGreaterThan(RUNS / 8);
  });

  it("never invites somebody who is not named as the person of a row", async () => {
    let planned = 0;
    const stranger = (text: string) => text.replaceAll("@x.org", "@new.example.org");
    await fc.assert(
      fc.asyncProperty(untidyList, async ({ text }) => {
        const draft = await plan(inviteMembers, {
          workspace: id(9_000),
          role: "normal",
          emails: stranger(text),
        });
        if (changed(draft).size > 0) planned += 1;
        expect([...changed(draft)].filter((email) => !email.startsWith("leaver"))).toEqual([]);
      }),
      { numRuns: RUNS },
    );
    expect(planned).toBeGreaterThan(RUNS / 8);
  });
});
