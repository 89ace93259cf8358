import type { StoredPlan } from "../../domain/decision-rules.ts";
import { html, type Markup } from "../../report/page.ts";
import { closedWords, isOpen } from "./decision.ts";
import { bdi, tag, time } from "./frame.ts";
import { titleOf } from "./plan.ts";

// The pages for a visitor who may not decide. An agent can open them too, so they show only what the agent already
// knows.

/**
 * The page that shows the state of a plan. While the plan waits, the page also says how to open the page for deciding.
 * `command`: the terminal command that opens the page for deciding.
 */
export function statusView(stored: StoredPlan, now: number, command: string): Markup {
  const { plan, runId } = stored;
  if (isOpen(stored, now)) {
    return html`<p class="eyebrow">${tag("acc", "wait", "Waiting")}</p><h1>${bdi(titleOf(plan))}</h1>
<p class="lead">The plan waits for a person until ${time(plan.expiresAt)}. Nothing was changed.</p>
<p class="card">This address shows the state and decides nothing. The page that decides opens in the browser of the person who runs this server. To open it, run this in a terminal: <code>${command}</code></p>`;
  }
  const { title, text } = closedWords(stored);
  const started = stored.state === "used";
  return html`<p class="eyebrow">${tag("plain", "wait", started ? "Approved" : title)}</p><h1>${bdi(titleOf(plan))}</h1>
<p class="lead">${started ? html`Its run started: <code>${runId ?? ""}</code>. The agent can read it with get_run.` : text}</p>`;
}

/** A page with one message. */
export function messageView(title: string, text: string): Markup {
  return html`<h1>${title}</h1><p class="lead">${text}</p>`;
}

/** The page for a link that was used before, or that this server did not make. */
export function spentView(): Markup {
  return messageView(
    "This address was used already",
    "The address works for the first visit only. If you did not make that visit, something else on this computer has opened the page: look at the waiting plans with `approvals list`, and reject what you did not ask for with `approvals reject`. To open the page again, run `approvals open` with the plan's id in a terminal.",
  );
}

/** The page of a service for a browser that is not signed in. It shows no plan. */
export function signInView(address: string, title: string, text: string): Markup {
  return html`<h1>${title}</h1><p class="lead">${text}</p>
<p class="act"><a class="button primary" href="${address}">Sign in</a></p>`;
}

/** The page for a signed-in person whom this plan does not concern. It shows nothing of the plan. */
export function notYoursView(reader: string, who: string, again: string): Markup {
  return html`<h1>You may not decide about this plan</h1>
<p class="lead"><span>You are signed in as <bdi>${reader}</bdi>. The policy does not let this person see or decide this plan.</span></p>
<dl class="card facts"><div><dt>Who may</dt><dd><bdi>${who}</bdi></dd></div></dl>
<p class="act"><a class="button" href="${again}">Sign in as another person</a></p>`;
}
