import { AppError } from "../domain/error.ts";
import { defineEffect, RANK } from "./define-effect.ts";

type Target = { readonly idMember: string };
/** The profile fields to change, under Trello's names, such as `fullName`. */
type Fields = { readonly [name: string]: string };

/** Changes the profile of the token's owner (PUT /members/{id}). Trello does not let a token change another profile. */
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
    // An undo can set only values that were known before. In a preference, an empty old value means that the value was
    // not known.
    const names = Object.keys(after).filter((name) => before[name] !== "" || !name.startsWith("prefs/"));
    if (names.length === 0) return [];
    const part = (of: Fields) => Object.fromEntries(names.map((name) => [name, of[name] ?? ""]));
    return [{ op: "update_profile", target, before: part(after), after: part(before), label }];
  },
  describe: ({ after }) => [`Change ${Object.keys(after).map(fieldName).join(", ")} of `, ""],
});

/** The name of a field without everything before the slash: `locale` for `prefs/locale`. */
export function fieldName(wireName: string): string {
  return wireName.replace("prefs/", "");
}
