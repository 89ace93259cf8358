import type { PlanContext } from "../../src/domain/planning.ts";
import type { Reads } from "../../src/domain/reads.ts";
import type { AppliedEffect } from "../../src/domain/run.ts";
import { linkedEmails, linkedEmailsOf } from "../../src/people/emails.ts";
import {
  type MembershipWithMember,
  workspace as workspaceSchema,
  type WorkspaceSnapshot,
} from "../../src/domain/trello.ts";

/** A 24-digit id that says at a glance whose it is. */
export const id = (n: number): string => `65a00000${n.toString(16).padStart(16, "0")}`;

interface Someone {
  readonly n: number;
  readonly name: string;
  readonly username?: string;
  readonly ghost?: boolean;
  readonly aaId?: string;
  readonly email?: string;
  readonly unconfirmed?: boolean;
  readonly deactivated?: boolean;
}

/** Somebody's row in a workspace or on a board. */
export function row(someone: Someone, memberType = "normal"): MembershipWithMember {
  const { n, name, username = `user${n}`, ghost = false, aaId, email } = someone;
  return {
    id: id(1_000 + n),
    idMember: id(n),
    memberType,
    unconfirmed: someone.unconfirmed ?? ghost,
    deactivated: someone.deactivated ?? false,
    member: {
      id: id(n),
      username,
      fullName: name,
      memberType: ghost ? "ghost" : "normal",
      ...(aaId && { aaId }),
      ...(email && { email }),
    },
  };
}

/** A workspace with these people; each board is given as the people on it. */
export function snapshot(
  memberships: readonly MembershipWithMember[],
  boards: readonly (readonly MembershipWithMember[])[] = [],
  tier: WorkspaceSnapshot["tier"] = "premium",
): WorkspaceSnapshot {
  return {
    workspace: workspaceSchema.parse({ id: id(9_000), name: "acme", displayName: "Acme" }),
    tier,
    memberships,
    boards: boards.map((people, n) => ({
      id: id(8_000 + n),
      name: `Board ${n}`,
      closed: false,
      memberships: [...people],
    })),
  };
}

export interface FakeContext {
  readonly context: PlanContext;
  /** Ids of the boards that were read for names, in order. */
  readonly boardsRead: readonly string[];
  /** What was learnt, newest last. */
  readonly learnt: readonly { readonly email: string; readonly idMember: string; readonly source: string }[];
}

const whole = (link: { readonly email: string; readonly idMember: string; readonly source: string }) => ({
  ...link,
  accountId: null,
  scimId: null,
  seenAt: "2026-01-01T00:00:00.000Z",
});

/** A context over data in memory; reads that a test did not name fail it. */
export function fakeContext(
  options: {
    readonly people?: readonly (readonly MembershipWithMember[])[];
    readonly links?: readonly {
      readonly email: string;
      readonly idMember: string;
      readonly source: string;
    }[];
    readonly applied?: readonly AppliedEffect[];
    readonly enterprise?: Reads["enterprise"];
    readonly scim?: Reads["scim"];
    readonly now?: string;
    readonly teamBoards?: PlanContext["teamBoards"];
    /** Whose token it is, as the number of a row. */
    readonly owner?: number;
  } = {},
): FakeContext {
  const links = [...(options.links ?? [])];
  const boardsRead: string[] = [];
  const learnt: { email: string; idMember: string; source: string }[] = [];
  const board = async (ref: string) => {
    boardsRead.push(ref);
    const memberships = options.people?.[Number.parseInt(ref.slice(8), 16) - 8_000] ?? [];
    return { board: { id: ref, name: "Board", closed: false }, memberships };
  };
  const among = async (key: "email" | "idMember", values: readonly string[]) =>
    links.filter((link) => values.includes(link[key])).map(whole);
  const { owner = 7_000 } = options;
  const trello = {
    me: async () => row({ n: owner, name: "Owner" }).member,
    board,
    boards: (refs: readonly string[]) => Promise.all(refs.map(board)),
  } as unknown as Reads["trello"];
  const context = {
    reads: { trello, scim: options.scim ?? null, organization: null, enterprise: options.enterprise ?? null },
    now: options.now ?? "2026-01-15T12:00:00.000Z",
    fact: async () => null,
    review: async () => null,
    invitations: async () => options.applied ?? [],
    invitationDays: 7,
    teamBoards: options.teamBoards ?? new Map(),
    rosterRules: { leaverRung: "workspaces", mostGonePercent: 20 },
    rosterSizes: { last: async () => null, learn: async () => {} },
    mayChangeDirectory: true,
    identities: {
      membersOf: async (email: string) => links.filter((link) => link.email === email),
      emailsOf: (idMember: string) => linkedEmails(idMember, { among }),
      emailsOfMany: (idMembers: readonly string[]) => linkedEmailsOf(idMembers, { among }),
      learn: async (link: Parameters<PlanContext["identities"]["learn"]>[0]) => {
        learnt.push(link);
      },
    },
  } as unknown as PlanContext;
  return { context, boardsRead, learnt };
}
