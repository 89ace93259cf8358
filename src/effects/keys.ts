// A key is a text such as "person X is on board Y". One effect makes it true and another needs it. If the first effect
// fails, the second is not sent. In an undo, the effect that makes a key true comes before the effect that needs it.

interface Member {
  readonly idOrganization: string;
  readonly idMember: string;
}

/** The key that says: the person is in the workspace. */
export function inWorkspace({ idOrganization, idMember }: Member): string {
  return `in workspace ${idOrganization}/${idMember}`;
}

/** The key that says: the person is in the workspace with the planned role. */
export function asWanted({ idOrganization, idMember }: Member): string {
  return `as wanted in workspace ${idOrganization}/${idMember}`;
}

/** The key that says: the email is invited to the workspace. */
export function invited(target: { readonly idOrganization: string; readonly email: string }): string {
  return `invited ${target.idOrganization}/${target.email.toLowerCase()}`;
}

/** The key that says: the person is on the board. */
export function onBoard({
  idBoard,
  idMember,
}: {
  readonly idBoard: string;
  readonly idMember: string;
}): string {
  return `on board ${idBoard}/${idMember}`;
}

/**
 * The key that says: the board has an admin whom the same plan adds. Trello does not let the last admin of a board
 * leave.
 */
export function hasNewAdmin(idBoard: string): string {
  return `admin of board ${idBoard}`;
}

/** The person is on the card. */
export function onCard(idCard: string): string {
  return `on card ${idCard}`;
}

/**
 * The key that says: the person has left a board of the workspace. People leave the boards before the workspace,
 * because a person who is only on boards can become a billable guest.
 */
export function offBoards({ idOrganization, idMember }: Member): string {
  return `off boards of ${idOrganization}/${idMember}`;
}

/**
 * The key that says: the person has given a card away. This happens before the person leaves the board or workspace,
 * because leaving takes the person off the card without a new assignee.
 */
export function offCards(idPlace: string, idMember: string): string {
  return `off cards of ${idPlace}/${idMember}`;
}

/** The key that says: the member has a licence of the enterprise. */
export function licensed(target: { readonly idEnterprise: string; readonly idMember: string }): string {
  return `licensed ${target.idEnterprise}/${target.idMember}`;
}

/**
 * The key that says: a SCIM User exists. `user` is the User's id, or the userName if the same plan creates the User.
 */
export function isScimUser(user: string): string {
  return `SCIM user ${user.toLowerCase()}`;
}

/**
 * The key that says: a SCIM Group exists. `group` is the Group's id, or its name if the same plan creates the Group.
 */
export function isScimGroup(group: string): string {
  return `SCIM group ${group}`;
}
