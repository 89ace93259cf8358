import type { Route } from "../route.ts";
import { manageRoutes } from "./manage.ts";
import { orgGroupRoutes } from "./org/groups.ts";
import { scimLinkRoutes } from "./org/links.ts";
import { orgUserRoutes } from "./org/users.ts";
import { scimGroupRoutes } from "./scim/groups.ts";
import { scimMetadataRoutes } from "./scim/metadata.ts";
import { scimUserRoutes } from "./scim/users.ts";

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
