import { json, refuse, trelloRoute } from "../route.ts";
import type { Route, RouteContext } from "../route.ts";
import type { Enterprise, TrelloMember } from "../world.ts";
import {
  arg,
  boardsOf,
  callerOf,
  isLastAdmin,
  listArg,
  memberBy,
  oneOf,
  refuseInOwnWords,
} from "./access.ts";
import { refuseLastAdmin } from "./membership.ts";
import { record } from "./actions.ts";
import { showWorkspace } from "./show-places.ts";
import { MEMBER_BRIEF, pick, showMember } from "./show.ts";

/** `GET /enterprises/{id}/members` returns at most 100 members at once. */
const MAX_COUNT = 100;

/**
 * Routes about enterprises, for their admins. Some writes are refused if Atlassian's AdminHub manages the enterprise.
 */
export const enterpriseRoutes: readonly Route[] = [
  trelloRoute("GET /enterprises/{id}", (context) => {
    const enterprise = administeredEnterprise(context);
    const licensed = [...enterprise.members.values()].filter((row) => row.licensed);
    const shown = {
      id: enterprise.id,
      name: slugOf(enterprise.name),
      displayName: enterprise.name,
      idAdmins: enterprise.idAdmins,
      idOrganizations: enterprise.idOrganizations,
      isRealEnterprise: true,
      products: [120],
      licenses: { maxMembers: 500, totalMembers: licensed.length, relatedEnterprises: [] },
    };
    const fields = listArg(context, "fields");
    if (fields === null) return json(shown);
    // The fields `isAtlassianOrg` and `atlOrgId` are not in the API description, but Trello's own web client asks for
    // them. So the reply contains them only if the request names them.
    const isAtlassianOrg = enterprise.adminHub;
    const atlOrgId = isAtlassianOrg ? context.world.atlassian.idOrg : null;
    return json(pick({ ...shown, isAtlassianOrg, atlOrgId }, fields));
  }),
  trelloRoute("GET /enterprises/{id}/members", (context) => {
    const { members } = administeredEnterprise(context);
    const start = Number(arg(context, "startIndex") ?? 0);
    const count = Number(arg(context, "count") ?? MAX_COUNT);
    if (!Number.isInteger(start) || start < 0 || start > 9_999)
      return refuse(400, "invalid value for startIndex");
    if (!Number.isInteger(count) || count < 1 || count > MAX_COUNT)
      return refuse(400, "invalid value for count");
    const fields = listArg(context, "fields");
    const rows = [...members.values()].slice(start, start + count);
    return json(rows.map((row) => showMember(context, memberBy(context, row.idMember), fields)));
  }),
  trelloRoute("GET /enterprises/{id}/members/{idMember}", (context) => {
    const member = enrolled(context, administeredEnterprise(context)).member;
    return json(showMember(context, member, listArg(context, "fields")));
  }),
  trelloRoute("GET /enterprises/{id}/admins", (context) => {
    const { idAdmins } = administeredEnterprise(context);
    const fields = listArg(context, "fields") ?? MEMBER_BRIEF;
    return json(idAdmins.map((id) => showMember(context, memberBy(context, id), fields)));
  }),
  trelloRoute("GET /enterprises/{id}/organizations", (context) => {
    const { idOrganizations } = administeredEnterprise(context);
    const fields = listArg(context, "fields");
    const startIndex = Number(arg(context, "startIndex") ?? 1);
    const count = Number(arg(context, "count") ?? MAX_COUNT);
    if (!Number.isInteger(startIndex) || startIndex < 1 || startIndex > 9_999)
      return refuse(400, "invalid value for startIndex");
    if (!Number.isInteger(count) || count < 0 || count > MAX_COUNT)
      return refuse(400, "invalid value for count");
    const owned = idOrganizations.flatMap((id) => context.world.trello.workspaces.get(id) ?? []);
    const page = owned.slice(startIndex - 1, startIndex - 1 + count);
    return json(page.map((workspace) => showWorkspace(context, workspace, fields)));
  }),
  trelloRoute("PUT /enterprises/{id}/admins/{idMember}", (context) => {
    const enterprise = writableEnterprise(context);
    const { member } = enrolled(context, enterprise);
    if (!enterprise.idAdmins.includes(member.id)) enterprise.idAdmins.push(member.id);
    record(context, "makeAdminOfEnterprise", null, {
      member,
      data: aboutEnterprise(enterprise),
    });
    return json({});
  }),
  trelloRoute("DELETE /enterprises/{id}/admins/{idMember}", (context) => {
    const enterprise = writableEnterprise(context);
    const member = memberBy(context, context.params["idMember"]);
    if (!enterprise.idAdmins.includes(member.id)) return refuse(404, "The requested resource was not found.");
    if (enterprise.idAdmins.length === 1) return refuse(403, "Enterprise must have at least one admin");
    enterprise.idAdmins = enterprise.idAdmins.filter((id) => id !== member.id);
    record(context, "removeAdminFromEnterprise", null, {
      member,
      data: aboutEnterprise(enterprise),
    });
    return json({});
  }),
  trelloRoute("PUT /enterprises/{id}/members/{idMember}/deactivated", (context) => {
    const enterprise = writableEnterprise(context);
    const value = oneOf(context, "value", ["true", "false"]) === "true";
    const { member, row } = enrolled(context, enterprise);
    setDeactivated(context, enterprise, member, value);
    row.deactivated = value;
    record(context, `${value ? "de" : "re"}activatedMemberInEnterprise`, null, {
      member,
      data: aboutEnterprise(enterprise),
    });
    return json(showMember(context, member));
  }),
  trelloRoute("PUT /enterprises/{id}/members/{idMember}/licensed", (context) => {
    const enterprise = writableEnterprise(context);
    const licensed = oneOf(context, "value", ["true", "false"]) === "true";
    const { member, row } = enrolled(context, enterprise);
    if (!licensed) {
      setDeactivated(context, enterprise, member, true);
      row.deactivated = true;
    }
    row.licensed = licensed;
    record(context, `${licensed ? "grant" : "revoke"}EnterpriseLicense`, null, {
      member,
      data: aboutEnterprise(enterprise),
    });
    return json(showMember(context, member));
  }),
];

function aboutEnterprise({ id, name }: Enterprise): Record<string, unknown> {
  return { enterprise: { id, name } };
}

/** The enterprise in the path. The request is refused if the caller is not one of its admins. */
export function administeredEnterprise(context: RouteContext): Enterprise {
  const id = context.params["id"] ?? "";
  const { enterprises } = context.world.trello;
  const found = enterprises.get(id) ?? [...enterprises.values()].find((each) => slugOf(each.name) === id);
  if (!found) return refuse(404, "The requested resource was not found.");
  return found.idAdmins.includes(callerOf(context).member.id)
    ? found
    : refuse(401, "unauthorized enterprise permission requested");
}

function writableEnterprise(context: RouteContext): Enterprise {
  const enterprise = administeredEnterprise(context);
  if (!enterprise.adminHub) return enterprise;
  return refuseInOwnWords(
    context,
    "This Enterprise is managed in Atlassian Administration; the operation is not available",
    "Operation unavailable",
  );
}

function enrolled(context: RouteContext, enterprise: Enterprise) {
  const member = memberBy(context, context.params["idMember"]);
  const row = enterprise.members.get(member.id) ?? refuse(404, "The requested resource was not found.");
  return { member, row };
}

/** Deactivates or reactivates a member in every workspace of the enterprise, and on the boards of these workspaces. */
function setDeactivated(
  context: RouteContext,
  enterprise: Enterprise,
  member: TrelloMember,
  deactivated: boolean,
): void {
  const owned = enterprise.idOrganizations.flatMap((id) => context.world.trello.workspaces.get(id) ?? []);
  const rows = owned.flatMap((workspace) => {
    const inside = workspace.memberships.filter((row) => row.idMember === member.id);
    for (const row of inside) if (deactivated && isLastAdmin(workspace, row)) refuseLastAdmin();
    const onBoards = boardsOf(context.world, workspace).flatMap((board) => board.memberships);
    return [...inside, ...onBoards.filter((row) => row.idMember === member.id)];
  });
  for (const row of rows) row.deactivated = deactivated;
}

function slugOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "");
}
