import { json, refuse, trelloRoute } from "../route.ts";
import type { Route, RouteContext } from "../route.ts";
import type { TrelloMember } from "../world.ts";
import { arg, readableBoard, readableWorkspace } from "./access.ts";
import { showMember } from "./show.ts";

const FIELDS = ["fullName", "username", "initials", "confirmed", "memberType", "email"];

/** `GET /search/members/`: searches by name or username. Emails are hidden, so they are not searched. */
export const searchRoutes: readonly Route[] = [
  trelloRoute(
    "GET /search/members/",
    (context) => {
      const query = arg(context, "query")?.trim().toLowerCase() ?? "";
      if (query === "") return refuse(400, "invalid value for query");
      const limit = Number(arg(context, "limit") ?? 8);
      if (!Number.isInteger(limit) || limit < 1 || limit > 20) return refuse(400, "invalid value for limit");
      const known = knownFirst(context);
      const found = [...context.world.trello.members.values()]
        .map((member) => ({
          member,
          similarity: similarity(member, query),
          active: known.ids.has(member.id),
        }))
        .filter((row) => row.similarity > 0 && (row.active || !known.only))
        .sort((a, b) => Number(b.active) - Number(a.active) || b.similarity - a.similarity)
        .slice(0, limit);
      return json(
        found.map(({ member, active }) => ({
          ...showMember(context, member, FIELDS),
          idBoards: [],
          idOrganizations: [],
          // The field `similarity` is 0 in every recorded result. Only the order shows how well a result matches.
          similarity: 0,
          active: known.isAsked ? active : true,
        })),
      );
    },
    { scarce: true },
  ),
];

function knownFirst(context: RouteContext) {
  const idBoard = arg(context, "idBoard");
  const idOrganization = arg(context, "idOrganization");
  const rows = [
    ...(idBoard === undefined ? [] : readableBoard(context, idBoard).memberships),
    ...(idOrganization === undefined ? [] : readableWorkspace(context, idOrganization).memberships),
  ];
  return {
    ids: new Set(rows.map((row) => row.idMember)),
    only: arg(context, "onlyOrgMembers") === "true",
    isAsked: idBoard !== undefined || idOrganization !== undefined,
  };
}

function similarity({ fullName, username, memberType }: TrelloMember, query: string): number {
  if (memberType === "ghost") return 0;
  const name = fullName.toLowerCase();
  if (name === query || username === query) return 1;
  if (username.startsWith(query) || name.startsWith(query)) return 0.75;
  const words = name.split(/\s+/);
  return query.split(/\s+/).every((part) => words.some((word) => word.startsWith(part))) ? 0.5 : 0;
}
