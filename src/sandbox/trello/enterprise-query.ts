import { json, refuse, trelloRoute } from "../route.ts";
import type { Reply, Route, RouteContext } from "../route.ts";
import type { Enterprise, TrelloMember } from "../world.ts";
import { arg, boardsOf } from "./access.ts";
import { administeredEnterprise } from "./enterprise-routes.ts";

const PAGE = 100;
const ASSOCIATIONS = ["licensed", "deactivated", "collaborator", "managed", "admin"] as const;

/** `GET /enterprises/{id}/members/query`: the one Trello call that shows other people's emails. */
export const enterpriseQueryRoute: Route = trelloRoute(
  "GET /enterprises/{id}/members/query",
  (context): Reply => {
    const enterprise = administeredEnterprise(context);
    const asked = ASSOCIATIONS.filter((name) => arg(context, name) !== undefined);
    // TRELLO-1112: `=false` on its own is refused, although the documentation says otherwise.
    if (asked.length > 0 && !asked.some((name) => arg(context, name) === "true")) {
      return refuse(400, "At least one association must be specified");
    }
    const search = arg(context, "search")?.toLowerCase() ?? "";
    const activeSince = dateArg(context, "activeSince");
    const inactiveSince = dateArg(context, "inactiveSince");
    const start = Number(arg(context, "cursor") ?? 0);
    if (!Number.isInteger(start) || start < 0) return refuse(400, "invalid value for cursor");
    const guests = guestsOf(context, enterprise);
    const rows = [...enterprise.members.values()]
      .flatMap(({ idMember, licensed, deactivated, managed, dateLastImpression }) => {
        const member = context.world.trello.members.get(idMember);
        if (!member) return [];
        const collaborator = !licensed && guests.has(idMember);
        const admin = enterprise.idAdmins.includes(idMember);
        return [
          { member, dateLastImpression, flags: { licensed, deactivated, collaborator, managed, admin } },
        ];
      })
      .filter(({ flags }) => asked.every((name) => String(flags[name]) === arg(context, name)))
      .filter(({ member }) => startsWith(member, search))
      .filter(({ dateLastImpression }) => {
        const last = dateLastImpression === null ? 0 : Date.parse(dateLastImpression);
        return (
          (activeSince === null || last >= activeSince) && (inactiveSince === null || last < inactiveSince)
        );
      });
    const more = start + PAGE < rows.length;
    return json(
      rows.slice(start, start + PAGE).map(({ member, dateLastImpression, flags }) => ({
        ...flags,
        member: {
          id: member.id,
          fullName: member.fullName,
          username: member.username,
          initials: member.initials,
          memberType: member.memberType,
          confirmed: member.confirmed,
          email: member.email,
          dateLastImpression,
        },
      })),
      200,
      // Where the cursor comes is not documented; the published array has no place for it, so a header.
      more ? { "x-trello-cursor": String(start + PAGE) } : {},
    );
  },
);

function dateArg(context: RouteContext, name: string): number | null {
  const value = arg(context, name);
  if (value === undefined || value === "") return null;
  const at = Date.parse(value);
  return Number.isNaN(at) ? refuse(400, `invalid value for ${name}`) : at;
}

function startsWith({ email, fullName }: TrelloMember, search: string): boolean {
  return email.toLowerCase().startsWith(search) || fullName.toLowerCase().startsWith(search);
}

function guestsOf(context: RouteContext, enterprise: Enterprise): Set<string> {
  return new Set(
    enterprise.idOrganizations
      .flatMap((id) => context.world.trello.workspaces.get(id) ?? [])
      .flatMap((workspace) => {
        const inside = new Set(workspace.memberships.map((row) => row.idMember));
        return boardsOf(context.world, workspace)
          .flatMap((board) => board.memberships.map((row) => row.idMember))
          .filter((id) => !inside.has(id));
      }),
  );
}
