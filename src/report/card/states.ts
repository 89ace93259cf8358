/**
 * `viewOf(known, answer)` computes what the card shows for an answer of a tool. `known`: the facts from earlier
 * answers. Text in an answer is never used as HTML, and only an address that begins with http is opened.
 */
export const STATES = `
const LEVELS = {
  none: "No one has to be asked",
  two_step: "A second call of the agent",
  client: "A person, asked by the client or on the page",
  approval: "A person outside of the client",
  four_eyes: "A second person, who signs in and did not ask for this plan",
};
/* Tone, name and meaning of a plan's state. */
const PLAN_STATES = {
  waiting: ["acc", "Waiting for a person", "Nothing was changed."],
  accepted: ["acc", "Approved", "Its run starts by itself."],
  declined: ["stop", "Declined", "Nothing was changed."],
  expired: ["plain", "Expired", "No one decided in time. Nothing was changed."],
  void: ["plain", "No longer true", "Something changed after this was planned, so the plan was refused."],
};
const ENDS = {
  PASS: ["good", "Ended: PASS", "Everything was read again and is as planned."],
  UNVERIFIED: ["warn", "Ended: UNVERIFIED", "Everything was accepted, but a part of it cannot be read."],
  INCOMPLETE: ["warn", "Ended: INCOMPLETE", "Something of the plan is not done."],
  FAIL: ["stop", "Ended: FAIL", "Nothing was done."],
};
const STOPS = {
  cancelled: ["warn", "Cancelled", "The caller stopped the run before all was done."],
  stopped: ["warn", "Stopped", "The run was stopped before all was done."],
};
const TWO_STEP = ["acc", "Waiting for the agent", "Nothing is changed yet. The agent makes the changes with a second call."];
const ONLY_PLANNED = ["plain", "Only planned", "This plan is not stored. Nothing was changed."];
const AS_WANTED = ["good", "Already as wanted", "Nothing had to be changed."];

const lines = (value) => (Array.isArray(value) ? value.filter((each) => typeof each === "string") : []);
const textOf = (value) => (typeof value === "string" ? value : "");
const entry = (table, key) => (Object.hasOwn(table, textOf(key)) ? table[key] : null);

function viewOf(known, answer) {
  const { structuredContent: told, content } = answer ?? {};
  if (typeof told !== "object" || told === null) {
    const said = textOf(content?.find?.((each) => each?.type === "text")?.text);
    return failure(known, said || "The tool gave no answer.");
  }
  if (told.error) return errorView(known, told.error);
  const isOther = textOf(told.planId) !== "" && (known.planId ?? told.planId) !== told.planId;
  const now = isOther ? {} : { ...known };
  const take = (name, value) => {
    if (value) now[name] = value;
  };
  take("plan", told.plan);
  take("planId", textOf(told.planId));
  take("runId", textOf(told.runId) || (told.counts && textOf(told.id)));
  take("url", webAddress(told.approvalUrl));
  take("expiresAt", textOf(told.expiresAt));
  take("title", textOf(told.summary));
  if (told.counts || told.run || told.status === "running") return runView(now, told);
  if (told.status === "awaiting_confirmation") return planView(now, "waiting", "");
  if (told.status === "declined") return planView(now, "declined", "");
  if (told.status === "planned") return shown(now, ONLY_PLANNED, {});
  if (told.status === "already") return endView(now, AS_WANTED, told, {});
  return endView(now, ["stop", "Not done", "Nothing was changed."], told, {});
}

/* Whether an answer tells the state of a plan or a run. Another error does not end what the card shows. */
function isState(answer) {
  const told = answer?.structuredContent;
  return Boolean(told) && (!told.error || entry(PLAN_STATES, told.error.details?.state) !== null);
}

/* An error about a plan that has no run tells the state of the plan. */
function errorView(known, error) {
  const { state, planId, runId } = error.details ?? {};
  const now = { ...known, planId: textOf(planId) || known.planId, runId: textOf(runId) || known.runId };
  const says = [error.message, error.next].map(textOf).filter(Boolean).join(" ");
  if (!entry(PLAN_STATES, state)) return failure(now, says);
  return planView(now, state, state === "declined" ? textOf(error.message) : "");
}

function failure(known, text) {
  return shown(known, ["stop", "Not done", text], {});
}

function planView(known, state, why) {
  const [tone, name, meaning] = PLAN_STATES[state];
  const isTwoStep = state === "waiting" && known.plan?.requires === "two_step";
  const goesOn = state === "waiting" || state === "accepted";
  return shown(known, isTwoStep ? TWO_STEP : [tone, name, why || meaning], {
    follow: goesOn ? known.planId : "",
    until: state === "waiting" ? known.expiresAt : "",
    canOpen: goesOn && !isTwoStep,
  });
}

function runView(known, told) {
  const run = told.run ?? told;
  const counts = told.counts ?? run;
  const [applied, already, failed] = [counts.applied, counts.already, counts.failed].map((each) => Number(each) || 0);
  const progress = { done: applied + already, failed, total: Number(run.total) || known.plan?.effects?.length || 0 };
  const end = entry(STOPS, run.state) ?? entry(ENDS, run.evidence?.result);
  if (end) return endView(known, end, told, { progress });
  const isRead = run.state === "verifying";
  return shown(known, ["acc", isRead ? "Everything is read again" : "Running", "The run goes on by itself."], {
    follow: known.runId || known.planId,
    progress,
    canOpen: true,
    lists: [["plain", "Not done yet", lines(told.left)]],
  });
}

function endView(known, head, told, more) {
  const evidence = told.run?.evidence ?? told.evidence ?? {};
  return shown(known, head, {
    ...more,
    facts: [["Decision", textOf(told.decided)], ["Stopped", textOf(told.stopped)], ["Run", textOf(known.runId)]],
    warnings: lines(told.warnings),
    lists: [
      ["stop", "Not done", [...lines(evidence.unfinished), ...lines(told.unfinished)]],
      ["warn", "Accepted, but cannot be read", lines(evidence.unverified)],
      ["plain", "What stays", lines(evidence.untouched)],
      ["plain", "Not visible", [...lines(evidence.blindSpots), ...lines(told.blindSpots)]],
    ],
  });
}

/* The whole card: what this state adds, and what is known of the plan. */
function shown(known, [tone, state, lead], { canOpen, progress, follow, until, facts = [], lists = [], warnings = [] }) {
  const { plan } = known;
  const isTold = (title) => lists.some(([, name, found]) => name === title && found.length > 0);
  const all = [
    ...lists.filter(([kind]) => kind !== "plain"),
    ["plain", "Who", lines(plan?.people)],
    ["warn", "Warnings", [...new Set([...lines(plan?.warnings), ...warnings])]],
    ["warn", "What else is lost or charged", lines(plan?.impact?.notes)],
    ["plain", "What changes", changeLines(plan)],
    ["plain", "Asked for, but not in this plan", lines(plan?.notReached)],
    ...lists.filter(([kind]) => kind === "plain"),
    ["plain", "What stays", isTold("What stays") ? [] : lines(plan?.untouched)],
    ["plain", "Not visible", isTold("Not visible") ? [] : lines(plan?.blindSpots)],
  ];
  const view = {
    tone,
    state,
    lead,
    title: known.title || "Plan",
    url: (canOpen && known.url) || "",
    button: progress ? "Open the page of the run" : "Open the approval page",
    follow: follow || "",
    until: until || "",
    progress: progress ?? null,
    facts: [...planFacts(plan), ...facts].filter(([, text]) => text),
    lists: all.filter(([, , found]) => found.length > 0),
  };
  return { known, view };
}

function planFacts(plan) {
  if (!plan) return [];
  const count = (Array.isArray(plan.effects) ? plan.effects.length : 0) + (Number(plan.more) || 0);
  const final = Number(plan.impact?.irreversible) || 0;
  const undo = final > 0 ? final + " cannot be undone" : count === 1 ? "it can be undone" : "all can be undone";
  return [
    ["Who decides", entry(LEVELS, plan.requires) ?? textOf(plan.requires)],
    ["How much", count + (count === 1 ? " change, " : " changes, ") + undo],
  ];
}

function changeLines(plan) {
  const effects = Array.isArray(plan?.effects) ? plan.effects : [];
  const more = Number(plan?.more) || 0;
  return [
    ...effects.map((each) => textOf(each?.description) + (each?.reversible === false ? " (cannot be undone)" : "")),
    ...(more > 0 ? ["and " + more + " more, less grave than these"] : []),
  ];
}

function webAddress(value) {
  try {
    const { protocol, href } = new URL(textOf(value));
    return protocol === "http:" || protocol === "https:" ? href : undefined;
  } catch {
    return undefined;
  }
}
`;
