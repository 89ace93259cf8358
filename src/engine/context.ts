import { notStarted } from "../domain/decision-rules.ts";
import type { Effect } from "../domain/effect.ts";
import { AppError } from "../domain/error.ts";
import type { Identities } from "../domain/identity.ts";
import type { Principal } from "../domain/plan.ts";
import { type Caller, type PlanContext, type Planner, shownName } from "../domain/planning.ts";
import type { Reads } from "../domain/reads.ts";
import type { Clock, Log } from "../domain/runtime.ts";
import { clean } from "../domain/text.ts";
import { ops } from "../effects/kinds.ts";
import type { Gateway, Pass } from "../gateway/gateway.ts";
import { INVITATION_OPS } from "../effects/invitations.ts";
import { linkedEmails, linkedEmailsOf } from "../people/emails.ts";
import { takingNames } from "../people/workspaces.ts";
import { restrict } from "../policy/allow-list.ts";
import type { Rules } from "../policy/rules.ts";
import type { Store } from "../store/store.ts";
import type { SeenNames } from "./seen-names.ts";

/** What the engine needs from the rest of the program: gateway, store, policy rules, clock and others. */
export interface EngineDeps {
  readonly gateway: Gateway;
  readonly store: Store;
  readonly rules: Rules;
  /** The function that plans for a tool, by the tool's name. undefined if the tool does not exist or is not enabled. */
  planner(tool: string): Planner | undefined;
  /** The names of all tools that can plan this effect, also of tools that are not enabled. */
  toolsMaking(effect: Effect): readonly string[];
  /**
   * Returns the URL for a webhook. If Trello cannot reach this server, throws an error with the missing setting. If the
   * function is missing, this engine makes no webhooks.
   */
  readonly webhookAddress?: (idModel: string) => string;
  readonly clock: Clock;
  /** Makes an id that cannot be guessed, for example `plan_k3v9…`. */
  newId(prefix: "plan" | "run" | "review" | "moment"): string;
  /**
   * The name of this process, in the form `host:pid:place:random`. By this name, the store knows which process works on
   * a run. On Linux, each container has another `place`, and each restart of the machine changes it.
   */
  readonly processName: string;
  /** Whether the process with the given name has certainly ended. If so, another process may continue its runs. */
  readonly gone: (processName: string) => boolean;
  readonly log: Log;
  /**
   * Remembers the names that reads return, so that they can be suggested while a person types. undefined if no one asks
   * for suggestions.
   */
  readonly seen?: SeenNames;
}

/** How long (ms) a plan can be approved and applied: 15 minutes. */
export const PLAN_LIFE_MS = 15 * 60_000;

export function isoNow(clock: Pick<Clock, "now">): string {
  return new Date(clock.now()).toISOString();
}

/**
 * A moment on two clocks, to measure for how long a process may still work on a run (its lease). One clock is not
 * enough: the wall clock may be set back, and the monotonic clock stops while the machine sleeps.
 */
export interface Moment {
  readonly wall: number;
  readonly monotonic: number;
}

export function momentOf(clock: Pick<Clock, "now" | "monotonic">): Moment {
  return { wall: clock.now(), monotonic: clock.monotonic() };
}

/** The most applied effects that one query returns. 5000 is enough for every pending invitation of a workspace. */
const MOST_APPLIED = 5000;

/**
 * Makes the reads for one call. They show only the workspaces that the settings allow. An upstream answer is remembered
 * until the call ends.
 */
export function createContext(
  deps: EngineDeps,
  caller: Caller,
  usage?: Pass["usage"],
  priority: Pass["priority"] = "interactive",
): PlanContext {
  const pass: Pass = {
    priority,
    ...(caller.signal && { signal: caller.signal }),
    ...(usage && { usage }),
  };
  const allowed = restrict(deps.gateway.reads(pass), deps.rules.workspaces);
  const reads = takingNames(deps.seen?.remembering(allowed) ?? allowed);
  const isOwn = async (id: string) => id === (await principalOf(reads, caller)).id;
  return {
    reads,
    now: isoNow(deps.clock),
    async run(id) {
      // A caller who waits for an approval knows only the id of the plan. So a run can also be found by its plan's id.
      const planned = (await deps.store.plans.get(id))?.runId;
      const run = await deps.store.runs.get(planned ?? id);
      return run && (await isOwn(run.plan.principal.id)) ? run : null;
    },
    async notStarted(planId) {
      const stored = await deps.store.plans.get(planId);
      if (!stored || stored.runId !== null || !(await isOwn(stored.plan.principal.id))) return null;
      return notStarted(stored, isoNow(deps.clock));
    },
    async stoppedRun(id) {
      // People who signed in see only their own runs.
      const run = caller.subject === null ? await deps.store.runs.get(id) : null;
      const isTheirs = run !== null && !(await isOwn(run.plan.principal.id));
      return isTheirs && run.state === "stopped" ? run : null;
    },
    invitations: (idOrganization) =>
      deps.store.runs.applied({ ops: INVITATION_OPS, idOrganization, limit: MOST_APPLIED }),
    appliedSince: (since) => deps.store.runs.applied({ ops, since, limit: MOST_APPLIED }),
    async review(id) {
      const review = await deps.store.reviews.get(id);
      return review && (await isOwn(review.principal)) ? review : null;
    },
    async namedReview(id) {
      const record = await deps.store.signOffs.get(id);
      return record && (await isOwn(record.signOff.principal.id)) ? record : null;
    },
    invitationDays: deps.rules.invitations.expireAfterDays,
    teamBoards: new Map(Object.entries(deps.rules.teamBoards)),
    rosterRules: {
      leaverRung: deps.rules.rosters.leaverRung,
      mostGonePercent: deps.rules.limits.percentOfWorkspace,
    },
    rosterSizes: {
      async last(name) {
        const people = await deps.store.facts.get(sizeKey(name));
        return typeof people === "number" ? people : null;
      },
      learn: (name, people) => deps.store.facts.set(sizeKey(name), people),
    },
    webhooks: {
      addressFor: deps.webhookAddress ?? noAddress,
      wanted: () => deps.store.webhooks.wanted(),
      learn: (events) => deps.store.webhooks.learn(events),
      events: (since, until) => deps.store.webhooks.events(since, until),
    },
    mayChangeDirectory: deps.rules.workspaces === null || deps.rules.beyondWorkspaces,
    fact: (key) => deps.store.facts.get(key),
    identities: createIdentities(deps.store, deps),
  };
}

/** The key of a fact in the store: how many people a roster had when a plan was last made from it. */
const sizeKey = (roster: string): string => `roster size:${roster}`;

function noAddress(): never {
  throw new AppError("CONFIG_INVALID", "This command receives no webhooks.", {
    next: "Use the tool through `http` or `stdio`.",
  });
}

/** The principal of a call: the signed-in user. If people do not sign in, the Trello member who owns the token. */
export async function principalOf(reads: Reads, { client, subject }: Caller): Promise<Principal> {
  const me = await reads.trello.me();
  const through = clean(client);
  if (subject === null) return { id: me.id, name: clean(me.fullName) || me.username, client: through };
  const email = subject.email === null ? {} : { email: subject.email };
  return { id: subject.id, name: shownName(subject), client: through, account: me.id, ...email };
}

function createIdentities(store: Store, { clock }: EngineDeps): Identities {
  return {
    async membersOf(email) {
      const links = await store.links.byEmail(email);
      return links.flatMap(({ idMember, source }) => (idMember ? [{ idMember, source }] : []));
    },
    emailsOf: (idMember) => linkedEmails(idMember, store.links),
    emailsOfMany: (idMembers) => linkedEmailsOf(idMembers, store.links),
    learn: ({ email, idMember, source }) =>
      store.links.put({
        email: email.toLowerCase(),
        idMember,
        accountId: null,
        scimId: null,
        source,
        seenAt: isoNow({ ...clock }),
      }),
  };
}
