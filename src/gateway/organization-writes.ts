import type { OrganizationWrites } from "../domain/writes.ts";
import type { Pass } from "./gateway.ts";
import type { Organization } from "./organization.ts";
import type { Send } from "./send.ts";
import { encode } from "./upstream.ts";
import { setAccountEnabled } from "./user-management.ts";

/**
 * The organization's writes, one request each; suspending and restoring need the directory's own id, which is asked for
 * before the first of them.
 */
export function createOrganizationWrites(
  send: Send,
  { orgId, upstream, directory }: Organization,
  pass: Pass,
): OrganizationWrites {
  async function setAccess(accountId: string, verb: "suspend" | "restore"): Promise<void> {
    const directoryId = await directory(pass);
    await send(
      upstream,
      {
        operation: `POST /v2/orgs/{orgId}/directories/{directoryId}/users/{accountId}/${verb}`,
        method: "POST",
        path: `/admin/v2/orgs/${encode(orgId)}/directories/${encode(directoryId)}/users/${encode(accountId)}/${verb}`,
        effect: "write",
      },
      pass,
    );
  }

  return {
    suspendAccess: (accountId) => setAccess(accountId, "suspend"),
    restoreAccess: (accountId) => setAccess(accountId, "restore"),
    disableAccount: (accountId) => setAccountEnabled(send, upstream, accountId, false, pass),
    enableAccount: (accountId) => setAccountEnabled(send, upstream, accountId, true, pass),
  };
}
