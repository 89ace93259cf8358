import { SEED, type World } from "../../../src/sandbox/index.ts";

/** Settings with the enterprise's toolset, which is not among the default ones. */
export const ENTERPRISE = { IDENTITY_TOOLSETS: "directory,membership,scim,enterprise" };

/** Settings on top, for an enterprise that Atlassian Administration manages. */
export const ADMIN_HUB = { TRELLO_ENTERPRISE_ID: SEED.adminHubEnterprise.id };

/** An enterprise that the seed has. */
export function enterpriseIn(world: World, id: string = SEED.enterprise.id) {
  const found = world.trello.enterprises.get(id);
  if (!found) throw new Error(`no enterprise ${id}`);
  return found;
}

/** More people of the enterprise who are in no workspace; their emails are `extra0@example.com` and so on. */
export function enterTrello(world: World, count: number, fullName = "Extra Person"): readonly string[] {
  const { members } = enterpriseIn(world);
  return Array.from({ length: count }, (_, n) => {
    const id = `65ffffff${n.toString(16).padStart(16, "0")}`;
    world.trello.members.set(id, {
      id,
      username: `extra${n}`,
      fullName,
      initials: "XP",
      bio: "",
      email: `extra${n}@example.com`,
      memberType: "normal",
      confirmed: true,
      aaId: null,
      dateLastActive: null,
    });
    members.set(id, {
      idMember: id,
      licensed: true,
      deactivated: false,
      managed: false,
      dateLastImpression: null,
    });
    return id;
  });
}
