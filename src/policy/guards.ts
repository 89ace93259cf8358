import { type Effect, reachesBeyondWorkspaces } from "../domain/effect.ts";
import type { Subject } from "../domain/plan.ts";
import { nameKey } from "../domain/text.ts";
import { lastBoardAdmin, lastWorkspaceAdmin } from "./last-admin.ts";
import { withinLimits } from "./limits.ts";
import type { Guard, GuardFacts, Refusal } from "./rules.ts";

/**
 * Refuses a plan that changes a workspace which is not allowed. This applies to every effect, not only to those that
 * take something away.
 */
const allowList: Guard = ({ rules, effects }) => {
  const outside = effects.find(
    ({ target }) =>
      // For a board that belongs to no workspace, the workspace's id is empty. If there is a list of allowed
      // workspaces, such a board is never allowed.
      target.idOrganization !== undefined &&
      rules.workspaces &&
      !rules.workspaces.includes(target.idOrganization),
  );
  return outside
    ? {
        guard: "allow_list",
        message: "This server is not allowed to change that workspace.",
        next: "Ask the administrator to add its id to IDENTITY_WORKSPACES.",
      }
    : null;
};

/**
 * Refuses a plan that changes a person's account if the server may change only some workspaces, because an account also
 * opens other workspaces.
 */
const beyondWorkspaces: Guard = ({ rules, effects }) =>
  rules.workspaces === null || rules.beyondWorkspaces || !effects.some(reachesBeyondWorkspaces)
    ? null
    : {
        guard: "beyond_workspaces",
        message:
          "The enterprise and Atlassian accounts reach beyond the workspaces that this server may change.",
        next: "To offboard a person from workspaces only, set `rung` to `workspaces`. Otherwise, ask the administrator to set `beyond_workspaces: true` in the policy file.",
      };

/**
 * Every id, username and email of a person, in lower case. The person is a subject of the plan or the target of an
 * effect.
 */
function namesIn(person: Subject | Effect["target"]): readonly string[] {
  const { idMember, username, email, scimId, accountId } = person;
  const emails = Array.isArray(person.emails) ? (person.emails as readonly string[]) : [];
  return [idMember, username, email, ...emails, scimId, accountId].flatMap((name) =>
    name ? [name.toLowerCase()] : [],
  );
}

/** The people who may lose something. */
function losing(subjects: readonly Subject[]): readonly Subject[] {
  return subjects.filter(({ gains }) => !gains);
}

const ownAccount: Guard = (facts) => {
  const { subjects, self, taking: against } = facts;
  const hit =
    against.some(({ target }) => namesIn(target).some((name) => self.has(name))) ||
    (against.length > 0 &&
      losing(subjects).some((subject) => namesIn(subject).some((name) => self.has(name))));
  return hit
    ? {
        guard: "own_account",
        message: "The plan would take access from the account that this server uses itself.",
        next: "Ask another administrator to do this with that administrator's token.",
      }
    : null;
};

const protectedPeople: Guard = (facts) => {
  const { rules, subjects, taking: against } = facts;
  if (against.length === 0) return null;
  const members = new Set(rules.protected.members.map((name) => name.toLowerCase()));
  const groups = new Set(rules.protected.groups.map(nameKey));
  const touched = [...losing(subjects), ...against.map(({ target }) => target)].flatMap(namesIn);
  if (touched.some((name) => members.has(name))) {
    return {
      guard: "protected",
      message: "The plan changes a person that the policy protects.",
      next: "Ask the administrator. The policy file lists the protected people.",
    };
  }
  const group = [
    ...losing(subjects).flatMap((subject) => subject.groups ?? []),
    // A protected Group itself cannot be changed either. Otherwise its people could be removed from it first, and then
    // nothing would protect them.
    ...against.flatMap(groupsOf),
  ].find((name) => groups.has(nameKey(name)));
  return group
    ? {
        guard: "protected",
        message: `The plan changes a person who is in the protected group ${group}.`,
        next: "Ask the administrator. The policy file lists the protected groups.",
      }
    : null;
};

/**
 * The names of the SCIM Groups that lose something by the effect. If the effect changes one membership, the Group is
 * the effect's `place`. If the effect changes the Group itself, all names of the Group in the effect are returned.
 */
function groupsOf({ resource, target, label, place }: Effect): readonly string[] {
  if (resource === "scim_group_membership") return place ? [place.name] : [];
  if (resource !== "scim_group") return [];
  return [label, target["groupName"], target["displayName"]].filter((name) => name !== undefined);
}

/** The refusal of the first guard (check) that refuses the plan; null if every guard accepts the plan. */
export function refusal(facts: GuardFacts): Refusal | null {
  for (const guard of guards) {
    const refused = guard(facts);
    if (refused) return refused;
  }
  return null;
}

const guards: readonly Guard[] = [
  allowList,
  beyondWorkspaces,
  ownAccount,
  protectedPeople,
  lastWorkspaceAdmin,
  lastBoardAdmin,
  withinLimits,
];
