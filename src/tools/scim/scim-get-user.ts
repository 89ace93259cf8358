import { z } from "zod";
import { ATLASSIAN_EXTENSION } from "../../domain/scim.ts";
import { clean, listNames } from "../../domain/text.ts";
import { requireScimUser } from "../../people/accounts.ts";
import { activeText, scimUserView } from "../../people/scim-users.ts";
import { defineReadTool } from "../define.ts";
import { user } from "../support/fields.ts";

export default defineReadTool({
  name: "scim_get_user",
  title: "Get SCIM User",
  description: "One directory User.",
  toolset: "scim",
  input: z.strictObject({ user }),
  output: z.object({
    id: z.string(),
    userName: z.string(),
    name: z.string(),
    active: z.boolean().nullable(),
    externalId: z.string().optional(),
    emails: z.array(z.string()),
    title: z.string().optional(),
    groups: z.array(z.string()),
    atlassianAccountId: z.string().optional(),
  }),
  async read(args, { reads }) {
    const found = await requireScimUser(args.user, reads);
    const account = found[ATLASSIAN_EXTENSION]?.atlassianAccountId;
    return {
      ...scimUserView(found),
      emails: (found.emails ?? []).map(({ value }) => clean(value, 254)),
      ...(found.title && { title: clean(found.title) }),
      groups: (found.groups ?? []).map(({ display, value }) => clean(display ?? value)),
      ...(account && { atlassianAccountId: account }),
    };
  },
  text: ({ id, userName, name, active, groups }) =>
    [
      `${name} <${userName}> [${id}] ${activeText(active)}`,
      groups.length === 0 ? "In no group" : `Groups: ${listNames(groups, 20)}`,
    ].join("\n"),
});
