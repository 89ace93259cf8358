import { AppError } from "../domain/error.ts";
import { defineEffect, RANK } from "./define-effect.ts";

type Target = { readonly idMember: string };
/** The fields that change, by Trello's names: all fields of `Profile` except the id. */
type Fields = { readonly [name: string]: string };

/** Changes fields of the token owner's own profile (PUT /members/{id}); no other profile can be changed. */
export const updateProfile = defineEffect<Target, Fields, Fields>({
  op: "update_profile",
  resource: "profile",
  rank: RANK.profile,
  id: (target) => target.idMember,
  classOf: () => "update",
  send: ({ target, after }, writes) => writes.trello.updateMember(target.idMember, after),
  async holds({ target, after }, reads) {
    const profile: Readonly<Record<string, string | null | undefined>> = await reads.trello.profile();
    if (profile["id"] !== target.idMember) {
      throw new AppError("CONFLICT", "The token now belongs to another member.", {
        next: "Plan again.",
        retry: "replan",
      });
    }
    return Object.entries(after).every(([name, value]) => profile[name] === value);
  },
  async rebase(effect, reads) {
    const profile: Readonly<Record<string, string | null | undefined>> = await reads.trello.profile();
    const same = Object.entries(effect.before).every(([name, value]) => (profile[name] ?? "") === value);
    return same ? effect : { changed: "the values have changed since" };
  },
  invert({ target, before, after, label }) {
    // An unknown value cannot be set again. Only the texts can be empty.
    const names = Object.keys(after).filter((name) => before[name] !== "" || !name.startsWith("prefs/"));
    if (names.length === 0) return [];
    const part = (of: Fields) => Object.fromEntries(names.map((name) => [name, of[name] ?? ""]));
    return [{ op: "update_profile", target, before: part(after), after: part(before), label }];
  },
  describe: ({ after }) => [`Change ${Object.keys(after).map(fieldName).join(", ")} of `, ""],
});

/** The name of a field without Trello's group: `locale` for `prefs/locale`. */
export function fieldName(wireName: string): string {
  return wireName.replace("prefs/", "");
}
