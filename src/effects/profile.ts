import { AppError } from "../domain/error.ts";
import { defineEffect, RANK, swapBack } from "./define-effect.ts";

type Target = { readonly idMember: string };
/** Wire names of the fields that change: fullName, initials, username, bio. */
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
  invert: swapBack,
  describe: ({ after }) => [`Change ${Object.keys(after).join(", ")} of `, ""],
});
