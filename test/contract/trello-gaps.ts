/**
 * Where the published description of Trello's API is known to be short of the API, by finding, and how that is known:
 * S the same description elsewhere, L the former official documentation, H a vendor's page, T another client's tests
 * against the live API, C reports of people who use it. A test refuses a finding that is not here, and an entry that is not needed any more.
 */
export const trelloGaps: Readonly<Record<string, string>> = {
  "security: ?key is not sent": "H: the authorization guide has the key in the Authorization header as well",
  "security: ?token is not sent":
    "H: the authorization guide has the token in the Authorization header as well",

  "GET /members/{id}/organizations: {id} is not of the published form":
    "S: the parameter's own words are `ID or username`; L: the username `me` is the token's owner",
  "GET /organizations/{id}: {id} is not of the published form": "S: other operations say `ID or name`; L",
  "GET /organizations/{id}/memberships: {id} is not of the published form":
    "S: the parameter's own words are `ID or name`",
  "GET /organizations/{id}/boards: {id} is not of the published form":
    "S: the parameter's own words are `ID or name`",
  "GET /boards/{id}: {id} is not of the published form":
    "C: the short link of a board's address is taken as well",
  "GET /boards/{id}/memberships: {id} is not of the published form":
    "C: the short link of a board's address is taken as well",

  "GET /organizations/{id}: ?fields is not published": "L: `all` or a list of fields",
  "GET /members/{id}/actions: ?limit is not published": "L: a number from 0 to 1000",
  "GET /members/{id}/actions: ?since is not published": "L: a date or an id",
  "GET /organizations/{id}/actions: ?filter is not published": "L: `all` or a list of action types",
  "GET /organizations/{id}/actions: ?limit is not published": "L: a number from 0 to 1000",
  "GET /organizations/{id}/actions: ?since is not published": "L: a date or an id",
  "GET /boards/{id}/cards/{filter}: ?fields is not published": "L: `all` or a list of fields",
  "GET /members/{id}/cards: ?fields is not published": "L: `all` or a list of fields",
  "PUT /cards/{id}: ?idMembers is not of the published form":
    "S: the parameter's own words are `Comma-separated list of member IDs`, its type is a single one",
  "GET /organizations/{id}/memberships: ?member_fields is not published":
    "L: `fullName,username` by default, like that of a board's memberships, which is published",

  "Member has no field dateLastActive": "T",
  "Organization has no field availableLicenseCount": "T",
  "Organization has no field billableCollaboratorCount": "T",
  "Organization has no field billableMemberCount": "T",
  "Organization has no field idActiveAdmins": "T",
  "Organization has no field membersCount": "T",
  "Organization has no field products": "T",
};
