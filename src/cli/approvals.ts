import { randomBytes } from "node:crypto";
import { userInfo } from "node:os";
import { AppError } from "../domain/error.ts";
import type { Plan } from "../domain/plan.ts";
import { decideRefusal, type StoredPlan, unknownPlan } from "../domain/decision-rules.ts";
import { clean } from "../domain/text.ts";
import { PLAN_DETAILS, planText } from "../report/plan-text.ts";
import { type Command, type CommandIo, print } from "./support/command.ts";
import { requestOpening } from "./support/desk.ts";
import { clock, type Product, wire } from "./support/product.ts";
import { configureStore, type Flags, readFlags } from "./support/settings.ts";
import { ask, terminalRefusal } from "./support/terminal.ts";

/** Lists waiting plans, shows a plan, and records the person's decision on a plan. */
export const run: Command = async (io) => {
  const flags = readFlags("approvals", io.args);
  const config = await configureStore(io, flags.settings, flags.values.tenant);
  const product = await wire(config, { tools: [], writeLog: (line) => io.stderr.write(line) });
  try {
    return await VERBS[flags.verb](product, io, flags.id, flags.values.json ?? false);
  } finally {
    await product.close();
  }
};

type Act = (product: Product, io: CommandIo, id: string, json: boolean) => Promise<number>;

const VERBS: Readonly<Record<Flags<"approvals">["verb"], Act>> = {
  async list({ engine }, { stdout }, _id, json) {
    const plans = (await engine.waiting()).map((stored) => stored.plan);
    if (json) print(stdout, JSON.stringify(plans));
    else if (plans.length === 0) print(stdout, "No plan waits for a decision.");
    else print(stdout, ...plans.map(planLine));
    return 0;
  },
  async show(product, { stdout }, id, json) {
    const { plan, state, decision } = await requirePlan(product, id);
    if (json) print(stdout, JSON.stringify({ plan, state, decision }));
    else print(stdout, planInFull(plan), `  state        ${state}${decision ? `, by ${decision.by}` : ""}`);
    return 0;
  },
  // The server that serves the plan's page opens the browser. This command does not open a browser, because an agent
  // could run the command and choose the browser.
  async open(product, io, id) {
    const { plan, state } = await requirePlan(product, id);
    const refusal = overRefusal(plan, state) ?? noTerminalRefusal(io);
    if (refusal) throw refusal;
    const request = randomBytes(8).toString("hex");
    const opened = await requestOpening(product.store, plan.id, { request, waitMs: OPENING_MS });
    if (opened) {
      print(io.stdout, "The server that made this plan has opened the plan's page in the browser.");
      return 0;
    }
    throw notOpened(opened === null, plan.id);
  },
  async approve(product, io, id) {
    const found = await requirePlan(product, id);
    const { plan } = found;
    const refusal = terminalRefusal(plan) ?? yesRefusal(found) ?? noTerminalRefusal(io);
    if (refusal) throw refusal;
    print(io.stdout, planInFull(plan));
    const typed = await consent(plan, io);
    if (typed === null) {
      print(io.stdout, "Not approved; the plan still waits.");
      return 1;
    }
    await product.engine.decide(plan.id, { accepted: true, level: "approval", by: decider(), typed });
    print(
      io.stdout,
      `Approved. The server of this plan starts the run by itself. Call apply_plan with planId ${plan.id} to get the outcome.`,
    );
    return 0;
  },
  // A script may reject a plan too, because rejecting changes nothing.
  async reject(product, io, id) {
    const { plan } = await requirePlan(product, id);
    await product.engine.decide(plan.id, { accepted: false, level: "approval", by: decider() });
    print(io.stdout, `Rejected: ${clean(plan.summary, 300)}`);
    return 0;
  },
  async withdraw(product, io, id) {
    const { plan } = await product.engine.withdraw(id, { by: decider(), level: "approval" });
    print(io.stdout, `Withdrawn, nothing was changed: ${clean(plan.summary, 300)}`);
    return 0;
  },
};

/** How long (ms) `approvals open` waits until the server that serves the plan's page answers. */
const OPENING_MS = 6000;

function overRefusal({ expiresAt }: Plan, state: StoredPlan["state"]): AppError | null {
  if (state === "waiting" && clock.now() < Date.parse(expiresAt)) return null;
  return new AppError("CONFLICT", "This plan no longer waits for a decision.", {
    next: "Read its state with `approvals show`.",
  });
}

function notOpened(isUnanswered: boolean, planId: string): AppError {
  const why = isUnanswered
    ? "The server that made this plan did not answer; it may have ended."
    : "The server that made this plan could not open a browser.";
  return new AppError("NOT_FOUND", why, {
    next: `Decide here: \`approvals show ${planId}\`, then \`approvals approve ${planId}\` or \`approvals reject ${planId}\`. To decide on the page instead, start the server and call apply_plan again: it opens the page.`,
  });
}

/**
 * A plan as text for the person who decides. It names who asked, all people, all boards and workspaces, and the digest
 * of this plan.
 */
function planInFull(plan: Plan): string {
  const { principal, reason, ticket } = plan;
  const title = [
    `Plan ${plan.id}: ${clean(plan.summary, 300)}`,
    `  asked by     ${clean(principal.name)} through ${clean(principal.client)}, tool ${plan.tool}`,
    ...(reason === null ? [] : [`  reason       ${clean(reason, 300)}`]),
    ...(ticket === null ? [] : [`  ticket       ${clean(ticket)}`]),
    `  needs        ${plan.requires}`,
    `  valid until  ${plan.expiresAt}`,
    "",
  ];
  const text = planText(plan, { detail: PLAN_DETAILS.terminal, title });
  return [text, "", `  digest       ${plan.digest}`].join("\n");
}

function planLine(plan: Plan): string {
  return `${plan.id}  ${plan.requires.padEnd(9)}  until ${plan.expiresAt}  ${plan.tool}: ${clean(plan.summary, 120)}`;
}

async function requirePlan({ store }: Product, id: string): Promise<StoredPlan> {
  const found = await store.plans.get(id);
  if (found) return found;
  throw unknownPlan();
}

/**
 * Why an approval at this terminal would not count; null if it would count. The reason is printed first, before the
 * person reads the plan and types an answer.
 */
function yesRefusal(found: StoredPlan): AppError | null {
  const { id: planId, digest, typedName } = found.plan;
  return decideRefusal(found, {
    planId,
    digest,
    accepted: true,
    level: "approval",
    by: decider(),
    at: new Date(clock.now()).toISOString(),
    ...(typedName !== null && { typed: typedName }),
  });
}

/** The error if no person can read the plan and type at this terminal; null otherwise. */
function noTerminalRefusal({ stdin, stdout }: CommandIo): AppError | null {
  if (stdin.isTTY && stdout.isTTY) return null;
  return new AppError(
    "CONFIRMATION_PENDING",
    "Only a person can decide, and there is no terminal for questions.",
    { next: "A person runs the command in a terminal, without pipes; agents and scripts cannot." },
  );
}

/**
 * Returns what the person typed, if this text approves the plan; otherwise null. The person must type the name that the
 * plan asks for. If the plan asks for no name, the person types the last characters of the plan's digest, which is on
 * the screen. Each plan has another digest, so an answer that was prepared for another plan does not approve this plan.
 */
async function consent(plan: Plan, io: CommandIo): Promise<string | null> {
  if (plan.typedName !== null) {
    const typed = await ask(io, `Type ${plan.typedName} to approve: `);
    return typed === plan.typedName ? typed : null;
  }
  const typed = await ask(io, "To approve, type the last 4 characters of the digest: ");
  return typed.toLowerCase() === plan.digest.slice(-4).toLowerCase() ? typed : null;
}

/**
 * The name that is stored as the person who decides: the user name of the operating system. The person is not asked for
 * a name, because a typed name would prove nothing.
 */
function decider(): string {
  return userInfo().username;
}
