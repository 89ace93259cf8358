import { json, refuse, trelloRoute } from "../route.ts";
import type { Route, RouteContext } from "../route.ts";
import type { TrelloMember, Workspace } from "../world.ts";
import {
  administeredWorkspace,
  arg,
  boardsOf,
  callerOf,
  isLastAdmin,
  memberBy,
  oneOf,
  readableWorkspace,
  refuseInOwnWords,
} from "./access.ts";
import { invitee, putMembership, refuseLastAdmin, removeMembership, rowOf } from "./membership.ts";
import { record } from "./actions.ts";
import { showMember, showMembers, showMembership } from "./show.ts";

/** The reply to some DELETEs: status 200 and an object whose only field is null. */
const NO_VALUE = { _value: null };

const ROLES = ["admin", "normal"] as const;

/** Routes that change the members of a workspace. Each handler checks everything before it changes something. */
export const workspaceMemberRoutes: readonly Route[] = [
  trelloRoute("PUT /organizations/{id}/members", (context) => {
    const workspace = administeredWorkspace(context);
    const type = arg(context, "type") === undefined ? "normal" : oneOf(context, "type", ROLES);
    putMembership(context, workspace, invitee(context), type);
    return json(showMembers(context, workspace));
  }),
  trelloRoute("PUT /organizations/{id}/members/{idMember}", (context) => {
    const workspace = administeredWorkspace(context);
    const type = oneOf(context, "type", ROLES);
    const member = memberBy(context, context.params["idMember"]);
    putMembership(context, workspace, member, type);
    return json(showMember(context, member));
  }),
  trelloRoute("PUT /organizations/{id}/memberships/{idMembership}", (context) => {
    const workspace = administeredWorkspace(context);
    const type = oneOf(context, "type", ROLES);
    const row = workspace.memberships.find(({ id }) => id === context.params["idMembership"]);
    if (!row) return refuse(404, "The requested resource was not found.");
    putMembership(context, workspace, memberBy(context, row.idMember), type);
    return json(showMembership(context, row));
  }),
  trelloRoute("DELETE /organizations/{id}/members/{idMember}", (context) => {
    const { workspace, member } = leaving(context);
    removeMembership(context, workspace, member);
    return json(NO_VALUE);
  }),
  trelloRoute("DELETE /organizations/{id}/members/{idMember}/all", removeEverywhere),
  trelloRoute("PUT /organizations/{id}/members/{idMember}/deactivated", setDeactivated),
];

/** Finds the person who leaves a workspace. Everyone may leave; only admins may remove another person. */
function leaving(context: RouteContext): { workspace: Workspace; member: TrelloMember } {
  const workspace = readableWorkspace(context);
  const member = memberBy(context, context.params["idMember"]);
  if (member.id !== callerOf(context).member.id) administeredWorkspace(context);
  return { workspace, member };
}

function removeEverywhere(context: RouteContext) {
  const { workspace, member } = leaving(context);
  if (workspace.tier !== "premium" && workspace.tier !== "enterprise") {
    return refuseInOwnWords(
      context,
      "unauthorized: this Workspace's plan does not include removal from all boards",
      "Feature not enabled",
    );
  }
  const joined = boardsOf(context.world, workspace).filter((board) =>
    board.memberships.some((row) => row.idMember === member.id),
  );
  for (const holder of [workspace, ...joined]) {
    if (isLastAdmin(holder, rowOf(holder, member))) refuseLastAdmin();
  }
  for (const holder of [...joined, workspace]) removeMembership(context, holder, member);
  return json(NO_VALUE);
}

function setDeactivated(context: RouteContext) {
  const workspace = administeredWorkspace(context);
  const deactivated = oneOf(context, "value", ["true", "false"]) === "true";
  if (workspace.tier === "free") {
    return refuseInOwnWords(
      context,
      "unauthorized: this Workspace's plan does not include deactivation",
      "Feature not enabled",
    );
  }
  const member = memberBy(context, context.params["idMember"]);
  const row = rowOf(workspace, member);
  if (row.deactivated === deactivated) return json(showMembers(context, workspace));
  if (deactivated && isLastAdmin(workspace, row)) refuseLastAdmin();
  row.deactivated = deactivated;
  for (const board of boardsOf(context.world, workspace)) {
    for (const each of board.memberships) if (each.idMember === member.id) each.deactivated = deactivated;
  }
  record(context, `${deactivated ? "de" : "re"}activatedMemberInOrganization`, workspace.id, { member });
  return json(showMembers(context, workspace));
}
