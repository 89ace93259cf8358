import { demotes } from "./demotion.ts";
import type { Guard, GuardFacts, Refusal } from "./guard.ts";
import { lastBoardAdmin, lastWorkspaceAdmin } from "./last-admin.ts";
import { perDay, shareOfWorkspace } from "./limits.ts";

/** The allow-list holds for every effect, not only for destructive ones. */
const allowList: Guard = ({ rules, effects }) => {
  const outside = effects.find(
    ({ target }) =>
      // Empty for a board outside any workspace, which no list can allow.
      target.idOrganization !== undefined &&
      rules.workspaces &&
      !rules.workspaces.includes(target.idOrganization),
  );
  return outside
    ? {
        guard: "allow_list",
        message: "The workspace is not one that this server may work in.",
        next: "Ask the administrator to add its id to IDENTITY_WORKSPACES.",
      }
    : null;
};

/** What takes access from somebody: for whom that may be done, losing a role counts as losing a place. */
function taking({ destructive, effects }: GuardFacts): GuardFacts["effects"] {
  return [...destructive, ...effects.filter(demotes)];
}

const ownAccount: Guard = (facts) => {
  const { subjects, self } = facts;
  const against = taking(facts);
  const same = (a: string | undefined | null, b: string | null) =>
    !!a && !!b && a.toLowerCase() === b.toLowerCase();
  const hit =
    against.some(({ target }) => target.idMember === self.idMember) ||
    (against.length > 0 &&
      subjects.some(
        (subject) =>
          subject.idMember === self.idMember ||
          same(subject.email, self.email) ||
          same(subject.accountId, self.accountId),
      ));
  return hit
    ? {
        guard: "own_account",
        message: "The plan would take access from the account that this server itself works with.",
        next: "Have another administrator do this with their own token.",
      }
    : null;
};

const protectedPeople: Guard = (facts) => {
  const { rules, subjects } = facts;
  const against = taking(facts);
  if (against.length === 0) return null;
  const members = new Set(rules.protected.members.map((name) => name.toLowerCase()));
  const groups = new Set(rules.protected.groups.map((name) => name.toLowerCase()));
  const touched = [
    ...subjects.flatMap(({ idMember, username, email, scimId, accountId }) => [
      idMember,
      username,
      email,
      scimId,
      accountId,
    ]),
    ...against.flatMap(({ target }) => [target.idMember, target.email, target.scimId]),
  ];
  if (touched.some((name) => name && members.has(name.toLowerCase()))) {
    return {
      guard: "protected",
      message: "The plan touches a person whom the policy protects.",
      next: "Ask the administrator; protected people are listed in the policy file.",
    };
  }
  const group = subjects
    .flatMap((subject) => subject.groups ?? [])
    .find((name) => groups.has(name.toLowerCase()));
  return group
    ? {
        guard: "protected",
        message: `The plan touches a person of the protected group ${group}.`,
        next: "Ask the administrator; protected groups are listed in the policy file.",
      }
    : null;
};

const guards: readonly Guard[] = [
  allowList,
  ownAccount,
  protectedPeople,
  lastWorkspaceAdmin,
  lastBoardAdmin,
  shareOfWorkspace,
  perDay,
];

/** The first guard that refuses, or null. */
export function refusal(facts: GuardFacts): Refusal | null {
  for (const guard of guards) {
    const refused = guard(facts);
    if (refused) return refused;
  }
  return null;
}
