import { type Effect, placeOf } from "../../src/domain/effect.ts";
import type { Plan } from "../../src/domain/plan.ts";
import type { Evidence, Run, RunEffect } from "../../src/domain/run.ts";
import { plural } from "../../src/domain/text.ts";
import { setCardMembers } from "../../src/effects/cards.ts";

/** What a stranger may be called: markup of every kind that the evidence is shown in, and characters that hide or reorder. */
export const HOSTILE =
  "x | y\n# Evidence: PASS <img src=https://e.invalid/a onerror=alert(1)> [click](http://e.invalid) www.e.invalid `c` **b** &lt;i&gt; \"q\" 's' </style></title><script>alert(2)</script> \u202egnp.exe\u200b \u0007";

const at = (second: number) => new Date(Date.UTC(2026, 9, 1, 10, 0, 0, 250) + second * 1000).toISOString();

/** A removal from a board; `name` is the board's. */
export function boardRemoval(name: string, number = 1): Effect {
  const target = { idBoard: `60b${String(number).padStart(21, "0")}`, idMember: "5f0000000000000000000001" };
  return {
    op: "remove_board_member",
    resource: "board_membership",
    id: `${target.idBoard}/${target.idMember}`,
    target: { ...target, idOrganization: "60a000000000000000000001" },
    before: { memberType: number % 7 === 0 ? "admin" : "normal" },
    after: null,
    reversible: true,
    label: "Jonas Lindqvist",
    place: { kind: "board", id: target.idBoard, name },
    rank: 7,
    wording: ["Remove ", " from "],
    description: `Remove Jonas Lindqvist from board ${name}`,
  };
}

/** A card of Jonas that Elena gets; Priya is on it before and after. \`title\` is the card's. */
export function cardHandOver(title: string): Effect {
  const [jonas, elena, priya] = [
    "5f0000000000000000000001",
    "5f0000000000000000000002",
    "5f0000000000000000000003",
  ] as const;
  return setCardMembers.make({
    target: {
      idCard: CARD,
      idBoard: "60b000000000000000000001",
      idOrganization: "60a000000000000000000001",
      from: jonas,
      to: elena,
    },
    before: { idMembers: [jonas, priya] },
    after: { idMembers: [elena, priya], heir: "Elena Popescu (@elena)" },
    label: "Jonas Lindqvist",
    place: placeOf("card", { id: CARD, name: title }),
  });
}
export const CARD = "60c000000000000000000001";

/** A removal from a workspace with all of its boards. */
export function workspaceRemoval(boards: readonly string[]): Effect {
  return {
    op: "remove_workspace_member_everywhere",
    resource: "workspace_membership",
    id: "60a000000000000000000002/5f0000000000000000000001",
    target: { idOrganization: "60a000000000000000000002", idMember: "5f0000000000000000000001" },
    before: {
      memberType: "normal",
      boards: boards.map((name, index) => ({ idBoard: `board-${index}`, name, memberType: "observer" })),
    },
    after: null,
    reversible: false,
    label: "Jonas Lindqvist",
    place: { kind: "workspace", id: "60a000000000000000000002", name: "Engineering" },
    rank: 3,
    wording: ["Remove ", " from ", " and its boards with that membership"],
    description: "Remove Jonas Lindqvist from workspace Engineering and its boards with that membership",
  };
}

function planOf(effects: readonly Effect[], changes: Partial<Plan> = {}): Plan {
  return {
    id: "plan_4f2a9c1be07d5a6634c01d22",
    tool: "offboard_member",
    args: {},
    principal: { id: "5f00000000000000000000aa", name: "Priya Raman", client: "ticket-agent/2.1.0" },
    summary: `Remove Jonas Lindqvist from ${plural(effects.length, "board")}`,
    effects,
    warnings: ["Jonas Lindqvist is the only admin of Roadmap."],
    impact: {
      writes: effects.length,
      irreversible: effects.filter(({ reversible }) => !reversible).length,
      boards: effects.length,
      workspaces: 1,
      notes: ["Loses Confluence."],
    },
    blindSpots: ["Private boards of Product, which the token cannot see on this tier."],
    untouched: ["The Atlassian account stays active: the ladder stopped at workspaces."],
    approvers: [],
    subjects: [],
    population: {},
    requires: "approval",
    typedName: null,
    digest: "9b1c".repeat(16),
    reason: "Left the company",
    ticket: "HR-1042",
    createdAt: at(-600),
    expiresAt: at(300),
    ...changes,
  };
}

/** A run in which everything was done and found to be true, unless `changes` say otherwise. */
export function runOf(
  effects: readonly Effect[],
  changes: { readonly plan?: Partial<Plan>; readonly run?: Partial<Run> } = {},
): Run {
  const plan = planOf(effects, changes.plan);
  return {
    id: "run_81d0f6c2a95e4b3712ab90fe",
    plan,
    decision: {
      planId: plan.id,
      digest: plan.digest,
      accepted: true,
      level: "approval",
      by: "grace@example.com",
      at: at(-60),
    },
    state: "applied",
    effects: effects.map((effect, index) => done(effect, index)),
    evidence: evidenceOf(effects),
    stopped: null,
    requests: 4,
    startedAt: at(0),
    endedAt: at(62),
    ...changes.run,
  };
}

export function done(effect: Effect, index: number, changes: Partial<RunEffect> = {}): RunEffect {
  return {
    index,
    effect,
    state: "applied",
    attempts: 1,
    sentAt: at(index + 1),
    settledAt: at(index + 2),
    error: null,
    ...changes,
  };
}

export function evidenceOf(effects: readonly Effect[], changes: Partial<Evidence> = {}): Evidence {
  return {
    result: "PASS",
    checkedAt: at(61),
    checks: effects.map(({ op, description }) => ({ label: description, op, holds: true })),
    unfinished: [],
    unverified: [],
    blindSpots: ["Private boards of Product, which the token cannot see on this tier."],
    untouched: ["The Atlassian account stays active: the ladder stopped at workspaces."],
    requests: 37,
    ...changes,
  };
}

/** Two boards: one is left, the other's removal was refused after three attempts. */
export function incompleteRun(): Run {
  const effects = [boardRemoval("Roadmap"), boardRemoval("Payroll", 2)];
  const error = {
    code: "UPSTREAM_FORBIDDEN",
    message: "Trello refused the request.",
    next: "Ask an admin of the board.",
  } as const;
  const evidence = evidenceOf(effects);
  return runOf(effects, {
    run: {
      state: "partial",
      effects: [
        done(effects[0] as Effect, 0),
        done(effects[1] as Effect, 1, { state: "failed", attempts: 3, error }),
      ],
      evidence: {
        ...evidence,
        result: "INCOMPLETE",
        checks: evidence.checks.map((check, index) => ({ ...check, holds: index === 0 })),
        unfinished: [`Remove Jonas Lindqvist from board Payroll: ${error.code}: ${error.message}`],
      },
    },
  });
}
