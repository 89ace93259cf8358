import type { Decision } from "../../domain/confirmation.ts";
import type { AppError } from "../../domain/error.ts";
import { plural } from "../../domain/text.ts";
import type { StoredPlan } from "../../domain/decision-rules.ts";
import { html, type Markup } from "../../report/page.ts";
import { bdi, icon, leftText, time } from "./frame.ts";

/**
 * The data for the part of the page on which the reader approves or rejects the plan. The plan itself is passed
 * separately.
 */
export interface DecisionFacts {
  readonly base: string;
  /** Tokens of the forms. */
  readonly tokens: Readonly<Record<"approve" | "reject" | "withdraw", string>>;
  /** Whether the reader is the person who asked for the plan. */
  readonly isOwn: boolean;
  /** Why the reader's approval would not count; null if it would count. */
  readonly refusal: AppError | null;
  /** What is wrong in the form that the reader sent; null if nothing is wrong. */
  readonly mistake: string | null;
}

/** Whether the plan can still be approved or rejected. */
export function isOpen({ state, plan }: StoredPlan, now: number): boolean {
  return state === "waiting" && now < Date.parse(plan.expiresAt);
}

/**
 * The part of the page with two forms: approve and reject. They are separate, so that the reader need not type the name
 * to reject.
 */
export function decisionPanel({ plan }: StoredPlan, facts: DecisionFacts, now: number): Markup {
  const { refusal, mistake } = facts;
  return html`<aside class="decide" id="decide" aria-labelledby="decide-title" tabindex="-1">
<h2 id="decide-title">Your decision</h2>
${mistake === null ? "" : html`<p class="error" role="alert" id="mistake">${mistake}</p>`}
<p class="clock">${icon("wait")} Expires in <strong data-until="${plan.expiresAt}">${leftText(plan.expiresAt, now)}</strong> <span class="hint">at ${time(plan.expiresAt)}. After that nothing runs, and the agent has to plan again.</span></p>
${refusal === null ? approveForm(plan, facts) : html`<p><strong>This page cannot approve the plan.</strong> ${refusal.message} <span class="hint">${refusal.next}</span></p>`}
${form(
  plan,
  facts,
  "reject",
  html`<label for="why">Reason to ${facts.isOwn ? "withdraw" : "reject"} <span class="hint">(optional)</span></label>
<textarea id="why" name="reason" rows="2" maxlength="500" aria-describedby="why-hint"></textarea>
<p class="hint" id="why-hint">The agent reads this reason, and it is kept in the record.</p>
<button type="submit">${facts.isOwn ? "Withdraw" : "Reject"}</button>`,
)}
<p class="hint">Plan <code>${plan.id}</code>, digest <code>${plan.digest.slice(0, 12)}</code>. If anything changes upstream before you approve, the plan is refused, not adjusted.</p>
</aside>`;
}

function approveForm(plan: StoredPlan["plan"], facts: DecisionFacts): Markup {
  const { typedName, effects } = plan;
  const typed =
    typedName === null
      ? ""
      : html`<label for="typed">Type <q><bdi>${typedName}</bdi></q> to allow the deletion</label>
<input id="typed" name="typedName" type="text" autocomplete="off" spellcheck="false" required aria-describedby="typed-hint">
<p class="hint" id="typed-hint">You type the name because this plan deletes something for good.</p>`;
  return form(
    plan,
    facts,
    "approve",
    html`${typed}<button class="primary" type="submit" aria-describedby="approve-hint">Approve</button>
<p class="hint" id="approve-hint">${plural(effects.length, "change")} ${effects.length === 1 ? "starts" : "start"} at once. You need not tell the agent. You can stop the run.</p>`,
  );
}

function form(
  plan: StoredPlan["plan"],
  { base, tokens }: Pick<DecisionFacts, "base" | "tokens">,
  action: keyof DecisionFacts["tokens"],
  inner: Markup,
): Markup {
  return html`<form method="post" action="${base}/plans/${plan.id}/${action}" autocomplete="off"><input type="hidden" name="token" value="${tokens[action]}"><input type="hidden" name="digest" value="${plan.digest}">
${inner}</form>`;
}

/** The form to withdraw an approval. It is shown until the run of the plan has sent its first request. */
export function withdrawForm(
  plan: StoredPlan["plan"],
  facts: Pick<DecisionFacts, "base" | "tokens">,
): Markup {
  return form(
    plan,
    facts,
    "withdraw",
    html`<button type="submit" aria-describedby="withdraw-hint">Withdraw the approval</button>
<p class="hint" id="withdraw-hint">Possible until the first change is sent. Then nothing was changed.</p>`,
  );
}

/** Shows what became of a plan that can no longer be decided and has no run. */
export function closedPanel(
  stored: StoredPlan,
  { problem, decision }: { readonly problem: AppError | null; readonly decision: DecisionFacts },
): Markup {
  const { title, text } = closedWords(stored);
  return html`<aside class="decide" id="decide" aria-labelledby="decide-title"><h2 id="decide-title">${title}</h2>
<p>${text}</p>
${problem === null ? "" : html`<p class="error" role="alert">The run has not started: ${problem.message} ${problem.next}</p>`}
${decision.mistake === null ? "" : html`<p class="error" role="alert" id="mistake">${decision.mistake}</p>`}
${stored.state === "accepted" ? withdrawForm(stored.plan, decision) : ""}
<p class="hint">Plan <code>${stored.plan.id}</code></p></aside>`;
}

/** The state of a closed plan in one word, for titles and lists. */
export function closedWords({ state, plan, decision }: StoredPlan): {
  readonly title: string;
  readonly text: Markup;
} {
  if (state === "declined" && decision) return declinedWords(decision);
  if (state === "void") {
    return {
      title: "No longer true",
      text: html`Something changed after this was planned, so the plan was refused. Nothing was changed. The agent can plan again.`,
    };
  }
  if (state === "accepted" && decision) {
    return {
      title: "Approved",
      text: html`${bdi(decision.by)} approved this plan at ${time(decision.at)}. Everything is read again before the first change. Then the run starts by itself.`,
    };
  }
  return {
    title: "Expired",
    text: html`No one decided by ${time(plan.expiresAt)}. Nothing was changed. The agent can plan again.`,
  };
}

function declinedWords({ by, at, level, reason, withdrawn }: Decision): ReturnType<typeof closedWords> {
  if (withdrawn) {
    return {
      title: "Withdrawn",
      text: html`${bdi(by)} withdrew this plan at ${time(at)}${reason ? html`: <q><bdi>${reason}</bdi></q>` : ""}. Nothing was changed.`,
    };
  }
  if (level === "client") {
    return {
      title: "Withdrawn",
      text: html`${bdi(by)} answered no in the MCP client at ${time(at)}. Nothing was changed.`,
    };
  }
  return {
    title: "Already rejected",
    text: html`${bdi(by)} rejected this plan at ${time(at)}${reason ? html`: <q><bdi>${reason}</bdi></q>` : ""}. Nothing was changed.`,
  };
}
