import { json, refuse, trelloRoute } from "../route.ts";
import type { Reply, Route, RouteContext } from "../route.ts";
import type { Enterprise, TrelloMember } from "../world.ts";
import { arg, boardsOf } from "./access.ts";
import { administeredEnterprise } from "./enterprise-routes.ts";

const PAGE = 100;
const ASSOCIATIONS = ["licensed", "deactivated", "collaborator", "managed", "admin"] as const;

/** `GET /enterprises/{id}/members/query`: the only Trello request that shows other people's emails. */
export const enterpriseQueryRoute: Route = trelloRoute(
  "GET /enterprises/{id}/members/query",
  (context): Reply => {
    const enterprise = administeredEnterprise(context);
    const asked = ASSOCIATIONS.filter((name) => arg(context, name) !== undefined);
    // Trello refuses a query in which all filters are `=false`, although its documentation allows it (TRELLO-1112).
    if (asked.length > 0 && !asked.some((name) => arg(context, name) === "true")) {
      return refuse(400, "At least one association must be specified");
    }
    const wanted = arg(context, "search")?.toLowerCase() ?? "";
    // In the API description, every text parameter has the default `none`, so `none` means that there is no search.
    const search = wanted === "none" ? "" : wanted;
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
    const cursor = start + PAGE < rows.length ? String(start + PAGE) : null;
    const page = rows.slice(start, start + PAGE);
    // Trello's documentation does not say where a reply contains the cursor for the next page. It shows only an array,
    // and an array cannot contain a cursor. So the sandbox puts the cursor into the body or into a header, depending on
    // `queryForm`.
    if (enterprise.queryForm === "published") return json({ members: page.map(showPublished), cursor });
    return json(page.map(showRow), 200, cursor === null ? {} : { "x-trello-cursor": cursor });
  },
);

interface QueryRow {
  readonly member: TrelloMember;
  readonly dateLastImpression: string | null;
  readonly flags: Readonly<Record<(typeof ASSOCIATIONS)[number], boolean>>;
}

function showRow({ member, dateLastImpression, flags }: QueryRow) {
  const { id, fullName, username, initials, memberType, confirmed, email } = member;
  return {
    ...flags,
    member: { id, fullName, username, initials, memberType, confirmed, email, dateLastImpression },
  };
}

/** A row as the API description spells it: `fullname`, `avatarURL`, and "Admin" as memberType. */
function showPublished({ member, dateLastImpression, flags }: QueryRow) {
  const { id, fullName, username, initials, memberType, confirmed, email } = member;
  return {
    ...flags,
    member: {
      id,
      fullname: fullName,
      fullName,
      username,
      initials,
      avatarURL: null,
      memberType: flags.admin ? "Admin" : memberType,
      confirmed,
      email,
      dateLastImpression,
    },
  };
}

function dateArg(context: RouteContext, name: string): number | null {
  const value = arg(context, name);
  if (value === undefined || value === "" || value === "none") return null;
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
