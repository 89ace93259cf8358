// What one effect brings about and another needs: both name it by the same key. If an effect fails, what needs its key is
// not sent; an undo puts what gives a key before what needs it.

interface Member {
  readonly idOrganization: string;
  readonly idMember: string;
}

/** The person is in the workspace. */
export function inWorkspace({ idOrganization, idMember }: Member): string {
  return `in workspace ${idOrganization}/${idMember}`;
}

/** The person is in the workspace in the role that was wanted. */
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

/** The person is on the card. */
export function onCard(idCard: string): string {
  return `on card ${idCard}`;
}

/** The person has left a board of the workspace: left on boards after leaving the workspace they can become a billable guest. */
export function offBoards({ idOrganization, idMember }: Member): string {
  return `off boards of ${idOrganization}/${idMember}`;
}

/** The person has given up a card of a board or of a workspace: leaving the place takes them off it without a successor. */
export function offCards(idPlace: string, idMember: string): string {
  return `off cards of ${idPlace}/${idMember}`;
}

/** The member has a licence of the enterprise. */
export function licensed(target: { readonly idEnterprise: string; readonly idMember: string }): string {
  return `licensed ${target.idEnterprise}/${target.idMember}`;
}

/** There is a SCIM User: `user` is its id or, of one that the same plan creates, its userName. */
export function isScimUser(user: string): string {
  return `SCIM user ${user.toLowerCase()}`;
}

/** There is a SCIM Group: `group` is its id or, of one that the same plan creates, its name. */
export function isScimGroup(group: string): string {
  return `SCIM group ${group}`;
}
