// Keys join effects: one effect gives a key, and another needs the same key. If an effect fails, effects that need
// its key are not sent. An undo puts the effect that gives a key before the effect that needs it.

interface Member {
  readonly idOrganization: string;
  readonly idMember: string;
}

/** The person is in the workspace. */
export function inWorkspace({ idOrganization, idMember }: Member): string {
  return `in workspace ${idOrganization}/${idMember}`;
}

/** The person is in the workspace with the wanted role. */
export function asWanted({ idOrganization, idMember }: Member): string {
  return `as wanted in workspace ${idOrganization}/${idMember}`;
}

/** The email is invited to the workspace. */
export function invited(target: { readonly idOrganization: string; readonly email: string }): string {
  return `invited ${target.idOrganization}/${target.email.toLowerCase()}`;
}

/** The person is on the board. */
export function onBoard({
  idBoard,
  idMember,
}: {
  readonly idBoard: string;
  readonly idMember: string;
}): string {
  return `on board ${idBoard}/${idMember}`;
}

/** The board has an admin whom the plan puts there. Trello does not let the last admin go. */
export function hasNewAdmin(idBoard: string): string {
  return `admin of board ${idBoard}`;
}

/** The person is on the card. */
export function onCard(idCard: string): string {
  return `on card ${idCard}`;
}

/**
 * The person has left a board of the workspace. A person who leaves the workspace but not its boards can become a
 * billable guest.
 */
export function offBoards({ idOrganization, idMember }: Member): string {
  return `off boards of ${idOrganization}/${idMember}`;
}

/**
 * The person has given up a card of a board or workspace. Otherwise, leaving that place would take the person off the
 * card without a new assignee.
 */
export function offCards(idPlace: string, idMember: string): string {
  return `off cards of ${idPlace}/${idMember}`;
}

/** The member has a licence of the enterprise. */
export function licensed(target: { readonly idEnterprise: string; readonly idMember: string }): string {
  return `licensed ${target.idEnterprise}/${target.idMember}`;
}

/** A SCIM User exists. `user` is its id; or its userName, if the same plan creates it. */
export function isScimUser(user: string): string {
  return `SCIM user ${user.toLowerCase()}`;
}

/** A SCIM Group exists. `group` is its id; or its name, if the same plan creates it. */
export function isScimGroup(group: string): string {
  return `SCIM group ${group}`;
}
