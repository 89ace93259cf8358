import type { Identities } from "../domain/identity.ts";
import type { Principal } from "../domain/plan.ts";
import type { Caller, PlanContext } from "../domain/planning.ts";
import type { Reads } from "../domain/reads.ts";
import { clean } from "../domain/text.ts";
import type { Pass } from "../gateway/gateway.ts";
import { linkedEmails } from "../people/emails.ts";
import { restrict } from "../policy/allow-list.ts";
import type { Store } from "../store/store.ts";
import { type EngineDeps, isoNow } from "./deps.ts";

/** Enough for every invitation that a workspace still waits for. */
const MOST_APPLIED = 5000;

/** A new pass of reads for a caller, behind the workspace allow-list. */
export function createContext(deps: EngineDeps, caller: Caller, spent?: Pass["spent"]): PlanContext {
  const pass: Pass = {
    priority: "interactive",
    ...(caller.signal && { signal: caller.signal }),
    ...(spent && { spent }),
  };
  const reads = restrict(deps.gateway.reads(pass), deps.rules.workspaces);
  return {
    reads,
    now: isoNow(deps.clock),
    async run(id) {
      const run = await deps.store.runs.get(id);
      return run && run.plan.principal.id === (await reads.trello.me()).id ? run : null;
    },
    applied: (query) => deps.store.runs.applied({ ...query, limit: MOST_APPLIED }),
    invitationDays: deps.rules.invitations.expireAfterDays,
    fact: (key) => deps.store.facts.get(key),
    identities: createIdentities(deps.store, deps),
  };
}

/** The member behind the token, asking through the given client. */
export async function principalOf(reads: Reads, caller: Caller): Promise<Principal> {
  const me = await reads.trello.me();
  return { id: me.id, name: clean(me.fullName) || me.username, client: clean(caller.client) };
}

function createIdentities(store: Store, { clock }: EngineDeps): Identities {
  return {
    async membersOf(email) {
      const links = await store.links.byEmail(email);
      return links.flatMap(({ idMember, source }) => (idMember ? [{ idMember, source }] : []));
    },
    emailsOf: (idMember) => linkedEmails(idMember, store.links),
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
