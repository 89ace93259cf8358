import type { Reads } from "../domain/reads.ts";
import { findGroup, findUser, groupKey, type GroupRef, userKey, type UserRef } from "../people/scim.ts";

/** A User's place in a Group, each by id or by the name that an earlier effect of the same run gave it. */
export type MembershipRef = GroupRef & UserRef;

export function membershipKey(target: MembershipRef): string {
  return `${groupKey(target)}/${userKey(target)}`;
}

/** Whether the User is in the Group; false where one of them is not there. */
export async function isInGroup(target: MembershipRef, reads: Reads): Promise<boolean> {
  const group = await findGroup(target, reads);
  const scimId = "scimId" in target ? target.scimId : (await findUser(target, reads))?.id;
  return group?.members.some(({ value }) => value === scimId) ?? false;
}
