// The settings of a SCIM application in the connections file. Atlassian's own SCIM directory is not one of these
// applications. This code is loaded only if there is a connections file.
import { z } from "zod";
import { type ApplicationConnection, DEACTIVATIONS } from "../domain/application.ts";
import { address, secretRef, text, yes } from "./roster-settings.ts";
import type { Secret } from "./secret.ts";

const choice = <const Words extends readonly [string, ...string[]]>(...words: Words) =>
  z.enum(words, { error: `must be ${words.slice(0, -1).join(", ")} or ${words.at(-1)}` });

/** One named application. */
export const applicationForm = z
  .strictObject({
    base: address,
    token: secretRef,
    write: yes.default(false),
    deactivate: choice(...DEACTIVATIONS).default("patch"),
    undo: yes.optional(),
    filter: text
      .regex(
        /^[A-Za-z][\w.:$-]{0,99}$/,
        "must be the name of an attribute, such as `userName`, or the word `none`",
      )
      .default("userName"),
    paging: choice("index", "cursor").default("index"),
    patch: choice("path", "no_path").optional(),
    active_as_text: yes.default(false),
  })
  .superRefine(({ deactivate, undo, patch, write }, context) => {
    const refuse = (key: string, message: string) =>
      context.addIssue({ code: "custom", path: [key], message });
    if (deactivate === "delete" && undo === true)
      refuse("undo", "cannot be true, because a deleted user cannot be brought back; remove this line");
    if (deactivate !== "patch" && patch !== undefined)
      refuse("patch", `has no effect together with deactivate: ${deactivate}; remove one of the two lines`);
    if (!write && undo !== undefined) refuse("undo", "has no effect without write: true; remove this line");
  });

/**
 * Makes the connection to a SCIM application from its entry in the connections file. `secret` returns the secret to
 * which a setting refers.
 */
export function applicationOf(
  name: string,
  form: z.output<typeof applicationForm>,
  secret: (key: string) => Secret,
): ApplicationConnection {
  return {
    name,
    baseUrl: form.base,
    token: secret("token"),
    write: form.write,
    deactivate: form.deactivate,
    undo: form.undo ?? form.deactivate !== "delete",
    form: {
      filter: form.filter.toLowerCase() === "none" ? null : form.filter,
      paging: form.paging,
      patch: form.patch ?? "path",
      activeAsText: form.active_as_text,
    },
  };
}
