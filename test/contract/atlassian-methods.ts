/** The calls of `methods.ts` for SCIM, the organization and the enterprise. */
import type { EnterpriseReads, OrganizationReads, ScimReads } from "../../src/domain/reads.ts";
import type { ScimUserResource } from "../../src/domain/scim.ts";
import type { EnterpriseWrites, OrganizationWrites, ScimWrites } from "../../src/domain/writes.ts";
import { SEED } from "../../src/sandbox/index.ts";
import type { Calls } from "./calls.ts";

const NEWCOMER: ScimUserResource = {
  userName: "new.comer@example.com",
  externalId: "idp-new",
  name: {
    givenName: "New",
    familyName: "Comer",
    middleName: "M",
    honorificPrefix: "Dr",
    honorificSuffix: "II",
  },
  displayName: "New Comer",
  emails: [{ value: "new.comer@example.com", type: "work", primary: true }],
  phoneNumbers: [{ value: "+1 555 0100", type: "work", primary: true }],
  title: "Engineer",
  nickName: "Newt",
  preferredLanguage: "en-GB",
  timezone: "Europe/London",
  department: "Operations",
  organization: "Example",
  active: true,
};

export const scimReadCalls: Calls<ScimReads> = {
  async users(scim) {
    await scim.users({});
    await scim.users({ filter: { attribute: "userName", value: SEED.leaver.email }, startIndex: 1 });
    await scim.users({ filter: { attribute: "externalId", value: 'quoted "value"' }, count: 1_000 });
  },
  async user(scim) {
    const { Resources } = await scim.users({ count: 1 });
    await scim.user(Resources[0]?.id ?? "");
  },
  async userPages(scim) {
    for await (const page of scim.userPages()) if (page.length === 0) throw new Error("an empty page");
    for await (const page of scim.userPages({ attribute: "userName", value: SEED.leaver.email }))
      if (page.length !== 1) throw new Error("the filter found more than one");
  },
  async groups(scim) {
    await scim.groups({});
    await scim.groups({
      filter: { attribute: "displayName", value: "All Staff" },
      startIndex: 1,
      count: 1_000,
    });
  },
  async group(scim) {
    const { Resources } = await scim.groups({ count: 1 });
    await scim.group(Resources[0]?.id ?? "");
  },
  async groupPages(scim) {
    for await (const page of scim.groupPages()) if (page.length === 0) throw new Error("an empty page");
  },
};

export const organizationReadCalls: Calls<OrganizationReads> = {
  accountByEmail: (organization) => organization.accountByEmail(SEED.leaver.email),
  accountsByEmail: (organization) => organization.accountsByEmail([SEED.leaver.email, SEED.observer.email]),
  account: (organization) => organization.account(SEED.leaver.aaId),
  manage: (organization) => organization.manage(SEED.leaver.aaId),
  async scimLinks(organization) {
    await organization.scimLinks({ accountId: SEED.leaver.aaId });
    await organization.scimLinks({ email: SEED.leaver.email });
  },
  directoryId: (organization) => organization.directoryId(),
};

export const enterpriseReadCalls: Calls<EnterpriseReads> = {
  async members(enterprise) {
    await enterprise.members({});
    await enterprise.members({ search: SEED.leaver.email, cursor: "0" });
    await enterprise.members({ deactivated: false });
    await enterprise.members({
      licensed: true,
      deactivated: false,
      collaborator: false,
      managed: true,
      admin: false,
      activeSince: "2024-01-01T00:00:00.000Z",
      inactiveSince: "2030-01-01T00:00:00.000Z",
    });
  },
  enterprise: (enterprise) => enterprise.enterprise(),
  admins: (enterprise) => enterprise.admins(),
  workspaces: (enterprise) => enterprise.workspaces(),
};

export const scimWriteCalls: Calls<ScimWrites> = {
  createUser: (scim) => scim.createUser(NEWCOMER),
  async replaceUser(scim) {
    const { id } = await scim.createUser({ ...NEWCOMER, ...named("replaced@example.com") });
    await scim.replaceUser(id, { ...NEWCOMER, ...named("replaced@example.com"), active: false });
  },
  async patchUser(scim) {
    const id = SEED.leaver.idScim ?? "";
    await scim.patchUser(id, [{ op: "replace", path: "active", value: false }]);
    await scim.patchUser(id, [
      { op: "add", value: { title: "Lead" } },
      { op: "remove", path: "title" },
    ]);
  },
  async deleteUser(scim) {
    const { id } = await scim.createUser({ ...NEWCOMER, ...named("deleted@example.com") });
    await scim.deleteUser(id);
  },
  createGroup: (scim) => scim.createGroup({ displayName: "Created", members: [SEED.leaver.idScim ?? ""] }),
  async replaceGroup(scim) {
    const { id } = await scim.createGroup({ displayName: "Replaced", members: [] });
    await scim.replaceGroup(id, { displayName: "Replaced", members: [SEED.leaver.idScim ?? ""] });
  },
  async patchGroup(scim) {
    const value = SEED.leaver.idScim ?? "";
    const { id } = await scim.createGroup({ displayName: "Patched", members: [] });
    await scim.patchGroup(id, [{ op: "add", path: "members", value: [{ value }] }]);
    await scim.patchGroup(id, [{ op: "remove", path: `members[value eq "${value}"]` }]);
  },
  async deleteGroup(scim) {
    const { id } = await scim.createGroup({ displayName: "Deleted", members: [] });
    await scim.deleteGroup(id);
  },
};

export const organizationWriteCalls: Calls<OrganizationWrites> = {
  async suspendAccess(organization) {
    await organization.suspendAccess(SEED.leaver.aaId);
    await organization.restoreAccess(SEED.leaver.aaId);
  },
  restoreAccess: (organization) => organization.restoreAccess(SEED.leaver.aaId),
  async disableAccount(organization) {
    await organization.disableAccount(SEED.leaver.aaId);
    await organization.enableAccount(SEED.leaver.aaId);
  },
  enableAccount: (organization) => organization.enableAccount(SEED.leaver.aaId),
};

export const enterpriseWriteCalls: Calls<EnterpriseWrites> = {
  async setDeactivated(enterprise) {
    await enterprise.setDeactivated(SEED.successor.id, true);
    await enterprise.setDeactivated(SEED.successor.id, false);
  },
  async setLicensed(enterprise) {
    await enterprise.setLicensed(SEED.successor.id, false);
    await enterprise.setLicensed(SEED.successor.id, true);
  },
};

function named(email: string) {
  return { userName: email, externalId: email, emails: [{ value: email, type: "work", primary: true }] };
}
