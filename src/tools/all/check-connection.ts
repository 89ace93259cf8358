import { z } from "zod";
import { toAppError } from "../../domain/error.ts";
import { clean, listNames } from "../../domain/text.ts";
import { daysLeft, HOW_TO_REPLACE, scopeNames } from "../../domain/token.ts";
import { labelOf } from "../../people/person.ts";
import { NO_EMAIL, trySearch } from "../../people/sources.ts";
import { defineReadTool } from "../define.ts";

/** The answer shows at most 20 workspaces; `list_workspaces` shows all. */
const WORKSPACES_SHOWN = 20;

const token = z.object({
  scopes: z.array(z.string()),
  expires: z.string().nullable(),
  daysLeft: z.number().nullable(),
  renews: z.boolean().optional(),
});
type Token = z.infer<typeof token>;

const upstream = z.object({ name: z.string(), state: z.string() });

export default defineReadTool({
  name: "check_connection",
  title: "Check the connection",
  description: "The token's owner, scopes and expiry; rate budgets left; which upstreams answer.",
  toolset: "all",
  input: z.strictObject({}),
  output: z.object({
    member: z.object({ id: z.string(), username: z.string(), name: z.string() }),
    token,
    workspaces: z.array(z.object({ name: z.string(), tier: z.string() })),
    moreWorkspaces: z.number().optional(),
    upstreams: z.array(upstream),
    budgets: z.array(
      z.object({ id: z.string(), limit: z.number(), windowMs: z.number(), remaining: z.number() }),
    ),
  }),
  async read(_args, context) {
    const { reads, now } = context;
    const { trello, organization } = reads;
    const [me, held, workspaces] = await Promise.all([trello.me(), trello.token(), trello.workspaces()]);
    const upstreams = await Promise.all([
      probe("SCIM", reads.scim && (() => reads.scim?.users({ count: 1 }))),
      probe("organization", organization && (() => trySearch(organization))),
      probe("enterprise", reads.enterprise && (() => reads.enterprise?.members({ search: NO_EMAIL }))),
      ...(reads.applications ?? []).map((application) =>
        probe(`application ${application.name}`, () => application.count()),
      ),
    ]);
    return {
      member: { id: me.id, username: clean(me.username, 60), name: clean(me.fullName) },
      token: {
        scopes: [...scopeNames(held)],
        expires: held.dateExpires ?? null,
        daysLeft: daysLeft(held, Date.parse(now)),
        ...(held.oauth2 && { renews: true }),
      },
      workspaces: workspaces
        .slice(0, WORKSPACES_SHOWN)
        .map(({ displayName, tier }) => ({ name: clean(displayName, 60), tier })),
      ...(workspaces.length > WORKSPACES_SHOWN && { moreWorkspaces: workspaces.length - WORKSPACES_SHOWN }),
      upstreams: [{ name: "Trello", state: "answers" }, ...upstreams],
      budgets: (await context.budgets()).map(({ id, limit, windowMs, remaining }) => ({
        id,
        limit,
        windowMs,
        remaining,
      })),
    };
  },
  text: ({ member, token, workspaces, moreWorkspaces, upstreams, budgets }) =>
    [
      `${labelOf({ fullName: member.name, username: member.username }, member.id)}, scopes ${token.scopes.join(", ") || "none"}, ${expiryText(token)}`,
      `Workspaces: ${
        listNames(
          workspaces.map(({ name, tier }) => `${name} (${tier})`),
          workspaces.length,
          { count: workspaces.length + (moreWorkspaces ?? 0) },
        ) || "none"
      }`,
      ...upstreams.map(({ name, state }) => `${name}: ${state}`),
      `Requests left: ${budgets.map(({ id, limit, remaining }) => `${id.split(":")[0]} ${remaining}/${limit}`).join(", ")}`,
    ].join("\n"),
});

function expiryText({ expires, daysLeft: days, renews }: Token): string {
  if (renews) return "signed in by OAuth 2.0, renewed automatically";
  if (expires === null) return "never expires";
  return `expires ${expires.slice(0, 10)} (${days} days); ${HOW_TO_REPLACE}`;
}

async function probe(
  name: string,
  ask: (() => Promise<unknown> | undefined) | null,
): Promise<z.infer<typeof upstream>> {
  if (!ask) return { name, state: "not configured" };
  try {
    await ask();
    return { name, state: "answers" };
  } catch (thrown) {
    const { code, message } = toAppError(thrown);
    return { name, state: `${code}: ${message}` };
  }
}
