import { atlassianCoverage } from "./atlassian/coverage.ts";
import { manageRoutes } from "./atlassian/manage.ts";
import { orgGroupRoutes } from "./atlassian/org/groups.ts";
import { scimLinkRoutes } from "./atlassian/org/links.ts";
import { orgUserRoutes } from "./atlassian/org/users.ts";
import { scimGroupRoutes } from "./atlassian/scim/groups.ts";
import { scimMetadataRoutes } from "./atlassian/scim/metadata.ts";
import { scimUserRoutes } from "./atlassian/scim/users.ts";
import { batchRoute } from "./dispatch.ts";
import { oauth2Coverage, oauth2Routes } from "./oauth2/routes.ts";
import type { Coverage, Route } from "./route.ts";
import { actionRoutes } from "./trello/actions.ts";
import { boardRoutes } from "./trello/board-routes.ts";
import { cardRoutes } from "./trello/card-routes.ts";
import { oauthCoverage, trelloCoverage } from "./trello/coverage.ts";
import { enterpriseQueryRoute } from "./trello/enterprise-query.ts";
import { enterpriseRoutes } from "./trello/enterprise-routes.ts";
import { memberRoutes } from "./trello/member-routes.ts";
import { oauthRoutes } from "./trello/oauth-routes.ts";
import { searchRoutes } from "./trello/search-routes.ts";
import { tokenRoutes } from "./trello/token-routes.ts";
import { webhookRoutes } from "./trello/webhook-routes.ts";
import { workspaceMemberRoutes } from "./trello/workspace-member-routes.ts";
import { workspaceRoutes } from "./trello/workspace-routes.ts";
import { applicationRoutes } from "./vendors/applications.ts";
import { vendorCoverage } from "./vendors/coverage.ts";
import { entraRoutes } from "./vendors/entra.ts";
import { googleRoutes } from "./vendors/google.ts";
import { oktaRoutes } from "./vendors/okta.ts";
import { oneloginRoutes, otherScimRoutes } from "./vendors/others.ts";

/** Every Trello operation of the API description that the sandbox answers. */
export const trelloRoutes: readonly Route[] = [
  batchRoute,
  ...memberRoutes,
  ...workspaceRoutes,
  ...workspaceMemberRoutes,
  ...boardRoutes,
  ...cardRoutes,
  ...actionRoutes,
  ...searchRoutes,
  ...tokenRoutes,
  ...webhookRoutes,
  enterpriseQueryRoute,
  ...enterpriseRoutes,
];

/** Every Atlassian operation that the sandbox answers. */
export const atlassianRoutes: readonly Route[] = [
  ...scimUserRoutes,
  ...scimGroupRoutes,
  ...scimMetadataRoutes,
  ...orgUserRoutes,
  ...orgGroupRoutes,
  ...scimLinkRoutes,
  ...manageRoutes,
];

/** Every operation of the identity providers that the sandbox answers. */
const vendorRoutes: readonly Route[] = [
  ...oktaRoutes,
  ...entraRoutes,
  ...googleRoutes,
  ...oneloginRoutes,
  ...otherScimRoutes,
  ...applicationRoutes,
];

/** Every operation that the sandbox answers. */
export const routes: readonly Route[] = [
  ...trelloRoutes,
  ...oauthRoutes,
  ...oauth2Routes,
  ...atlassianRoutes,
  ...vendorRoutes,
];

/**
 * For each operation about identities, of all upstreams: how completely the sandbox emulates it. A test compares this
 * with the routes.
 */
export const coverage: Readonly<Record<string, Coverage>> = {
  ...trelloCoverage,
  ...oauthCoverage,
  ...oauth2Coverage,
  ...atlassianCoverage,
  ...vendorCoverage,
};
