import { expect, test } from "vitest";
import type { Effect } from "../../src/domain/effect.ts";
import { setAccountEnabled, setDirectoryAccess } from "../../src/effects/accounts.ts";
import { removeBoardMember, setBoardMember } from "../../src/effects/board-members.ts";
import { setEnterpriseDeactivated, setEnterpriseLicensed } from "../../src/effects/enterprise-members.ts";
import { type Gravity, gravityOf, weightsOf } from "../../src/effects/gravity.ts";
import { grantsAdmin, takesAway } from "../../src/effects/kinds.ts";
import { inviteWorkspaceMember, revokeInvitation } from "../../src/effects/invitations.ts";
import {
  addScimGroupMember,
  removeScimGroupMember,
  replaceScimGroup,
} from "../../src/effects/scim-groups.ts";
import {
  deleteScimUser,
  replaceScimUser,
  setScimActive,
  updateScimUser,
} from "../../src/effects/scim-users.ts";
import {
  removeWorkspaceMember,
  setWorkspaceDeactivated,
  setWorkspaceMember,
} from "../../src/effects/workspace-members.ts";

const label = "Jane";
const inWorkspace = { idOrganization: "w", idMember: "m" };
const onBoard = { ...inWorkspace, idBoard: "b" };
const user = { scimId: "u" };
const account = { accountId: "a" };
const enterprise = { idEnterprise: "e", idMember: "m", search: "" };
const resource = {
  userName: "jane@corp.example",
  name: { givenName: "Jane", familyName: "Doe" },
  emails: [{ value: "jane@corp.example", primary: true }],
  active: true,
};
const role = (from: string | null, to: string): readonly [Effect, Effect] => [
  setWorkspaceMember.make({
    target: inWorkspace,
    before: from === null ? null : { memberType: from },
    after: { memberType: to },
    label,
  }),
  setBoardMember.make({
    target: onBoard,
    before: from === null ? null : { memberType: from },
    after: { memberType: to },
    label,
  }),
];
const update = (
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Effect => updateScimUser.make({ target: user, before: before, after: after, label });
const replace = (change: Partial<typeof resource>): Effect =>
  replaceScimUser.make({ target: user, before: resource, after: { ...resource, ...change }, label });

const TABLE: readonly (readonly [string, Gravity, readonly Effect[]])[] = [
  [
    "what a workspace or a board loses",
    "client",
    [
      removeWorkspaceMember.make({
        target: inWorkspace,
        before: { memberType: "admin" },
        after: null,
        label,
      }),
      removeBoardMember.make({ target: onBoard, before: { memberType: "normal" }, after: null, label }),
      setWorkspaceDeactivated.make({
        target: inWorkspace,
        before: { deactivated: false },
        after: { deactivated: true },
        label,
      }),
      revokeInvitation.make({
        target: { ...onBoard, email: "x@y.z" },
        before: { memberType: "normal", fullName: "x" },
        after: null,
        label,
      }),
    ],
  ],
  [
    "what an account or the enterprise loses",
    "approval",
    [
      setScimActive.make({ target: user, before: { active: true }, after: { active: false }, label }),
      deleteScimUser.make({ target: user, before: resource, after: null, label }),
      replace({ active: false }),
      setAccountEnabled.make({
        target: account,
        before: { enabled: true },
        after: { enabled: false },
        label,
      }),
      setDirectoryAccess.make({
        target: account,
        before: { suspended: false },
        after: { suspended: true },
        label,
      }),
      setEnterpriseDeactivated.make({
        target: enterprise,
        before: { deactivated: false },
        after: { deactivated: true },
        label,
      }),
      setEnterpriseLicensed.make({
        target: enterprise,
        before: { licensed: true, deactivated: false },
        after: { licensed: false },
        label,
      }),
    ],
  ],
  [
    "a new admin",
    "approval",
    [...role(null, "admin"), ...role("normal", "admin"), ...role("observer", "admin")],
  ],
  [
    "an invited admin",
    "approval",
    [
      inviteWorkspaceMember.make({
        target: { idOrganization: "w", email: "x@y.z" },
        before: { sameName: [] },
        after: { memberType: "admin", fullName: "x" },
        label,
      }),
    ],
  ],
  [
    "another name or email of an account",
    "approval",
    [
      update({ userName: "jane@corp.example" }, { userName: "eve@corp.example" }),
      update({ emails: resource.emails }, { emails: [{ value: "eve@evil.example", primary: true }] }),
      update({ emails: null }, { emails: [{ value: "eve@evil.example", primary: true }] }),
      replace({ userName: "eve@corp.example" }),
      replace({ emails: [{ value: "eve@evil.example", primary: true }] }),
    ],
  ],
  [
    "a seat that is paid",
    "client",
    [
      setBoardMember.make({
        target: onBoard,
        before: null,
        after: { memberType: "normal", billable: true },
        label,
      }),
      setWorkspaceDeactivated.make({
        target: inWorkspace,
        before: { deactivated: true },
        after: { deactivated: false },
        label,
      }),
      setEnterpriseLicensed.make({
        target: enterprise,
        before: { licensed: false, deactivated: true },
        after: { licensed: true },
        label,
      }),
      setAccountEnabled.make({
        target: account,
        before: { enabled: false },
        after: { enabled: true },
        label,
      }),
    ],
  ],
  [
    "a Group that is there",
    "client",
    [
      addScimGroupMember.make({ target: { groupId: "g", scimId: "u" }, before: null, after: null, label }),
      removeScimGroupMember.make({ target: { groupId: "g", scimId: "u" }, before: null, after: null, label }),
      replaceScimGroup.make({
        target: { groupId: "g", displayName: "Crew" },
        before: { members: [] },
        after: { members: ["u"] },
        label,
      }),
    ],
  ],
  [
    "what takes, opens and costs nothing",
    "none",
    [
      ...role(null, "normal"),
      ...role("admin", "normal"),
      update({ title: "Dr" }, { title: "Prof" }),
      replace({}),
      addScimGroupMember.make({
        target: { groupName: "New", scimId: "u" },
        before: null,
        after: null,
        label,
      }),
      inviteWorkspaceMember.make({
        target: { idOrganization: "w", email: "x@y.z" },
        before: { sameName: [] },
        after: { memberType: "normal", fullName: "x" },
        label,
      }),
      setScimActive.make({ target: user, before: { active: false }, after: { active: true }, label }),
    ],
  ],
];

test.each(TABLE)("%s: %s", (_what, gravity, effects) => {
  for (const effect of effects)
    expect([effect.description, gravityOf(effect).gravity]).toEqual([effect.description, gravity]);
});

test("what an explanation says that an effect can weigh has what it weighs", () => {
  for (const [, gravity, effects] of TABLE) {
    for (const effect of effects) {
      const weights = weightsOf({
        op: effect.op,
        direction: takesAway(effect) ? "takes" : "gives",
        ...(grantsAdmin(effect) && { grantsAdmin: true }),
      });
      expect([effect.description, weights.map((weight) => weight.gravity)]).toEqual([
        effect.description,
        expect.arrayContaining([gravity]),
      ]);
    }
  }
});
