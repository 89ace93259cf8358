import type { StoredPlan } from "../../domain/decision-rules.ts";
import type { AppError } from "../../domain/error.ts";
import type { Plan } from "../../domain/plan.ts";
import { clean, plural } from "../../domain/text.ts";
import { html, type Markup } from "../../report/page.ts";
import { changeCounts, changesByPerson } from "../../report/changes-by-person.ts";
import { closedPanel, closedWords, type DecisionFacts, decisionPanel, isOpen } from "./decision.ts";
import { bdi, fact, icon, leftText, notes, tag, time } from "./frame.ts";
import { changes, type PeopleFilter, personLine } from "./people.ts";

interface PlanFacts {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly filter: PeopleFilter;
  readonly decision: DecisionFacts;
  /** Why the run of the approved plan has not started; null if it has started or nothing went wrong. */
  readonly problem: AppError | null;
}

/** Recognizes the lines in the answer of the tool plan_roster_changes that say why a person joins, moves or leaves. */
const ROSTER_REASON = /^(Joins|Moves|Leaves)\b.*, (certain|likely): /;

/**
 * The page of a plan for the person who decides. First it shows who, how much, what cannot be undone, and what to
 * check. The full lists follow.
 */
export function planView(stored: StoredPlan, { now, filter, decision, problem }: PlanFacts): Markup {
  const { plan } = stored;
  const open = isOpen(stored, now);
  const reasons = plan.impact.notes.filter((text) => ROSTER_REASON.test(text));
  const others = plan.impact.notes.filter((text) => !ROSTER_REASON.test(text));
  const people = changesByPerson(plan);
  const [only] = people;
  return html`<div class="split"><div>
<p class="eyebrow">${open ? tag("acc", "wait", decision.refusal === null ? "Waiting for your decision" : "Waiting for another person") : tag("plain", "wait", closedWords(stored).title)}<span>Planned ${time(plan.createdAt)}</span></p>
<h1>${bdi(titleOf(plan))}</h1>
${people.length === 1 && only ? personLine(only) : html`<p class="lead">${people.length > 1 ? "The plan is approved as a whole. To leave a person out, reject the plan and write that person's name as the reason." : ""}</p>`}
${figures(plan, people.length)}
${asked(plan)}
${finals(plan)}
${notes(
  "warnings",
  "Warnings",
  plan.warnings.map((text) => ({ tone: "warn", shape: "warn", word: "Warning", text })),
)}
${changes(plan, filter)}
${notes(
  "why",
  "Why each person is in this plan",
  reasons.map((text) => ({ tone: "plain", shape: "stays", word: text.split(" ", 1)[0] ?? "", text })),
)}
${notes(
  "lost",
  "What else is lost or charged",
  others.map((text) => ({
    tone: "warn",
    shape: "warn",
    word: text.startsWith("Loses ") ? "Lost" : "Also",
    text,
  })),
)}
${notes(
  "left-out",
  "Asked for, but not in this plan",
  (plan.notReached ?? []).map((text) => ({ tone: "plain", shape: "stays", word: "Left out", text })),
)}
${notes(
  "stays",
  "What stays",
  plan.untouched.map((text) => ({ tone: "plain", shape: "stays", word: "Stays", text })),
)}
${notes(
  "blind",
  "What this server cannot see",
  plan.blindSpots.map((text) => ({ tone: "plain", shape: "blind", word: "Not visible", text })),
)}
</div>
${open ? decisionPanel(stored, decision, now) : closedPanel(stored, { problem, decision })}
</div>
${open ? html`<p class="jump"><span><strong>${plan.impact.irreversible} cannot be undone</strong><br>expires in <span class="number" data-until="${plan.expiresAt}">${leftText(plan.expiresAt, now)}</span></span><a class="button" href="#decide">Go to the decision</a></p>` : ""}`;
}

/** The part of the plan's summary before the colon: `Offboard Jonas Lindqvist`. */
export function titleOf({ summary }: Pick<Plan, "summary">): string {
  const [head = summary] = summary.split(": ", 1);
  return clean(head.replace(/ \(@[^\s()]*\)/gu, ""), 160);
}

function figures(plan: Plan, people: number): Markup {
  const { effects, impact, warnings } = plan;
  const final = impact.irreversible;
  return html`<div class="figures">
<div><h2>How much</h2><p class="big">${effects.length} <span>${effects.length === 1 ? "change" : "changes"}</span></p>${[...(people > 1 ? [plural(people, "person", "people")] : []), ...changeCounts(effects, people)].map((line) => html`<p>${line}</p>`)}</div>
<div class="${final === 0 ? "good" : "stop"}"><h2>${icon(final === 0 ? "good" : "stop")}Cannot be undone</h2><p class="big">${final} <span>of ${effects.length}</span></p><p>${final === 0 ? "Nothing is deleted. All of it can be restored." : final === effects.length ? "None of it can be restored." : `The other ${effects.length - final} can be restored.`}</p></div>
<div class="${warnings.length === 0 ? "good" : "warn"}"><h2>${icon(warnings.length === 0 ? "good" : "warn")}Look at this first</h2><p class="big">${warnings.length} <span>${warnings.length === 1 ? "warning" : "warnings"}</span></p>${warnings.slice(0, 2).map((line) => html`<p>${bdi(clean(line, 90))}</p>`)}</div>
</div>`;
}

const LEVELS: Readonly<Record<Plan["requires"], string>> = {
  none: "No one has to be asked",
  two_step: "A second call of the agent",
  client: "A person, on this page, because the MCP client cannot ask",
  approval: "A person outside of the client",
  four_eyes: "A second person, who signs in and did not ask for this plan",
};

function asked({ principal, reason, ticket, requires, approvers, tool }: Plan): Markup {
  return html`<dl class="card facts">
${fact("Asked by", html`${bdi(principal.name)}, through ${bdi(principal.client)} <span class="hint">(the client gave this name; this server cannot check it)</span>`)}
${fact("Reason", reason === null ? html`<span class="muted">none given</span>` : html`<q><bdi>${clean(reason, 300)}</bdi></q>`)}
${fact("Ticket", ticket === null ? html`<span class="muted">none given</span>` : bdi(clean(ticket)))}
${fact("Needs", html`${LEVELS[requires]}${approvers.length === 0 ? "" : html`: ${bdi(approvers.join(", "))}`}`)}
${fact("Tool", html`<code>${tool}</code>`)}
</dl>`;
}

function finals({ effects }: Plan): Markup | "" {
  return notes(
    "final",
    "Cannot be undone",
    effects
      .filter(({ reversible }) => !reversible)
      .map(({ description }) => ({ tone: "stop", shape: "stop", word: "Final", text: description })),
  );
}

/** Two marks beside a plan in a list: how many of its changes cannot be undone, and how many warnings it has. */
export function planFlags({ impact, warnings }: Plan): Markup {
  return html`${impact.irreversible === 0 ? "" : tag("stop", "stop", `${impact.irreversible} final`)} ${
    warnings.length === 0 ? "" : tag("warn", "warn", plural(warnings.length, "warning"))
  }`;
}
