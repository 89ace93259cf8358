import { z } from "zod";
import type { Json } from "../../domain/json.ts";
import type { PlanDraft } from "../../domain/plan.ts";
import { titledList } from "../../domain/text.ts";
import {
  clearedBy,
  hasAttributes,
  SCIM_ATTRIBUTES,
  type ScimAttributes,
  scimAttributesOf,
  scimResourceOf,
} from "../../domain/scim-attributes.ts";
import type { ScimUserResource } from "../../domain/scim.ts";
import { replaceScimUser, type ScimChange, updateScimUser } from "../../effects/scim-users.ts";
import { requireScimUser } from "../../people/accounts.ts";
import { assertReadWhole, scimLabel, scimSubject } from "../../people/scim-users.ts";
import { defineTool } from "../define.ts";
import { user, writeFields } from "../support/fields.ts";

/**
 * The text attributes that this tool can set. The primary email is not among them, because it follows the userName.
 * Other tools change `active`.
 */
const TEXTS = SCIM_ATTRIBUTES.filter(
  (name) => name !== "active" && name !== "emails" && name !== "phoneNumbers",
);

export default defineTool({
  name: "scim_update_user",
  title: "Update SCIM User",
  description: "Changes the named attributes of a User. null clears one, `replace` clears all others.",
  toolset: "scim",
  effect: "grant",
  makes: [
    { op: "update_scim_user", direction: "gives" },
    { op: "replace_scim_user", direction: "gives" },
    { op: "replace_scim_user", direction: "takes" },
  ],
  input: z
    .strictObject({
      user,
      attributes: z.strictObject(
        Object.fromEntries(TEXTS.map((name) => [name, z.string().max(500).nullable().optional()])),
      ),
      replace: z.boolean().describe("clears what is not named").optional(),
      ...writeFields,
    })
    .refine(({ attributes }) => Object.keys(attributes).length > 0, {
      error: `give one or more of ${TEXTS.join(", ")}; to change the email, give userName`,
    })
    .refine(({ attributes: { userName } }) => userName === undefined || !!userName?.trim(), {
      error: "a User must have a userName",
    }),
  async plan(args, { reads }): Promise<PlanDraft> {
    const found = await requireScimUser(args.user, reads);
    const who = scimLabel(found);
    // A list of values is always sent as a whole. If one of its values could not be read, this value would be missing
    // in the sent list and so be deleted. In this case the tool refuses.
    const sends = args.replace
      ? ["emails", "phoneNumbers"]
      : args.attributes.userName === undefined
        ? []
        : ["emails"];
    assertReadWhole(found, sends);
    const before = scimResourceOf(found);
    const wanted = withEmails(before, args.attributes as ScimAttributes);
    const common = {
      subjects: [scimSubject(found)],
      notes:
        wanted.userName === undefined || hasAttributes(found, { userName: wanted.userName })
          ? []
          : ["A person who can read the mail of the new userName can sign in as this User"],
    };
    if (args.replace) {
      const after = replacement(before, wanted);
      const cleared = clearedBy(before, after);
      return {
        ...common,
        summary: `Replace the User ${who}`,
        effects:
          hasAttributes(found, scimAttributesOf(after)) && cleared.length === 0
            ? []
            : [replaceScimUser.make({ target: { scimId: found.id }, before, after, label: who })],
        warnings:
          cleared.length > 0
            ? [`With replace, attributes that the call does not name are cleared: ${cleared.join(", ")}`]
            : [],
      };
    }
    const change = Object.fromEntries(
      Object.entries(wanted).filter(([name, value]) => !hasAttributes(found, { [name]: value })),
    ) as ScimChange;
    const names = Object.keys(change);
    const same = Object.keys(wanted).filter((name) => !names.includes(name));
    return {
      ...common,
      summary: `Change ${(names.length > 0 ? names : Object.keys(wanted)).join(", ")} of ${who}`,
      untouched: titledList("Already as wanted", same),
      effects:
        names.length === 0
          ? []
          : [
              updateScimUser.make({
                target: { scimId: found.id },
                before: valuesBefore(before, change),
                after: change,
                label: who,
              }),
            ],
    };
  },
});

/**
 * The list of emails after a change of the userName. The primary email changes too, because Atlassian takes the
 * account's email from it. Other emails stay.
 */
function withEmails({ emails }: ScimUserResource, wanted: ScimAttributes): ScimAttributes {
  const { userName } = wanted;
  if (typeof userName !== "string" || !userName.includes("@")) return wanted;
  const others = emails.filter(({ primary, value }) => !primary && value !== userName);
  return { ...wanted, emails: [{ value: userName, type: "work", primary: true }, ...others] };
}

/** The old values of the attributes that change; null if an attribute had no value. */
function valuesBefore(before: ScimUserResource, change: ScimChange): ScimChange {
  const old = scimAttributesOf(before) as Readonly<Record<string, Json | undefined>>;
  return Object.fromEntries(Object.keys(change).map((name) => [name, old[name] ?? null])) as ScimChange;
}

/**
 * The complete User that replaces the old one: the attributes of the call, and those that every User must have. All
 * other attributes are deleted.
 */
function replacement(before: ScimUserResource, wanted: ScimAttributes): ScimUserResource {
  const {
    "name.givenName": givenName,
    "name.familyName": familyName,
    userName,
    emails: _emails,
    ...others
  } = wanted as Readonly<Record<string, string | null>>;
  const name = typeof userName === "string" ? userName : before.userName;
  const parts = Object.entries(others).filter((entry): entry is [string, string] => entry[1] !== null);
  return {
    ...Object.fromEntries(parts.filter(([path]) => !path.startsWith("name."))),
    userName: name,
    name: {
      ...Object.fromEntries(
        parts
          .filter(([path]) => path.startsWith("name."))
          .map(([path, value]) => [path.slice("name.".length), value]),
      ),
      givenName: givenName ?? before.name.givenName,
      familyName: familyName ?? before.name.familyName,
    },
    emails: (wanted.emails as ScimUserResource["emails"] | undefined) ?? before.emails,
    ...(before.active === undefined ? {} : { active: before.active }),
  };
}
