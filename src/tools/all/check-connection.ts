import { z } from "zod";
import { toAppError } from "../../domain/error.ts";
import { clean } from "../../domain/text.ts";
import { defineReadTool } from "../define.ts";
import { labelOf } from "../people.ts";

const DAY_MS = 86_400_000;

const upstream = z.object({ name: z.string(), state: z.string() });

export default defineReadTool({
  name: "check_connection",
  title: "Check the connection",
  description: "Whose token this is, its scopes and expiry, rate budgets left, and which upstreams answer.",
  toolset: "all",
  input: z.strictObject({}),
  output: z.object({
    member: z.object({ id: z.string(), username: z.string(), name: z.string() }),
    token: z.object({
      scopes: z.array(z.string()),
      expires: z.string().nullable(),
      daysLeft: z.number().nullable(),
    }),
    upstreams: z.array(upstream),
    budgets: z.array(
      z.object({ id: z.string(), limit: z.number(), windowMs: z.number(), remaining: z.number() }),
    ),
  }),
  async read(_args, { reads, now, budgets }) {
    const [me, token] = await Promise.all([reads.trello.me(), reads.trello.token()]);
    const expires = token.dateExpires ?? null;
    const upstreams = await Promise.all([
      probe("SCIM", reads.scim && (() => reads.scim?.users({ count: 1 }))),
      probe(
        "organization",
        reads.organization && (() => reads.organization?.accountByEmail("nobody@invalid.example")),
      ),
      probe(
        "enterprise",
        reads.enterprise && (() => reads.enterprise?.members({ search: "nobody@invalid.example" })),
      ),
    ]);
    return {
      member: { id: me.id, username: clean(me.username, 60), name: clean(me.fullName) },
      token: {
        scopes: scopesOf(token.permissions),
        expires,
        daysLeft: expires === null ? null : Math.floor((Date.parse(expires) - Date.parse(now)) / DAY_MS),
      },
      upstreams: [{ name: "Trello", state: "answers" }, ...upstreams],
      budgets: (await budgets()).map(({ id, limit, windowMs, remaining }) => ({
        id,
        limit,
        windowMs,
        remaining,
      })),
    };
  },
  text: ({ member, token, upstreams }) =>
    [
      `${labelOf({ fullName: member.name, username: member.username }, member.id)}, scopes ${token.scopes.join(", ") || "none"}, ${
        token.expires === null
          ? "never expires"
          : `expires ${token.expires.slice(0, 10)} (${token.daysLeft} days); an expiry cannot be changed, so make a new token in time`
      }`,
      ...upstreams.map(({ name, state }) => `${name}: ${state}`),
    ].join("\n"),
});

/** A token's rights as the scopes that were asked for (`account` shows as rights on the member itself). */
function scopesOf(
  permissions: readonly { readonly modelType: string; readonly read: boolean; readonly write: boolean }[],
): string[] {
  const has = (right: "read" | "write", models: readonly string[]) =>
    permissions.some((row) => models.includes(row.modelType) && row[right]);
  return [
    ...(has("read", ["Board", "Organization"]) ? ["read"] : []),
    ...(has("write", ["Board", "Organization"]) ? ["write"] : []),
    ...(has("write", ["Member"]) ? ["account"] : []),
  ];
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
