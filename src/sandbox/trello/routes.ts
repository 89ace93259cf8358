import { batchRoute } from "../batch.ts";
import type { Route } from "../route.ts";
import { actionRoutes } from "./action-routes.ts";
import { boardRoutes } from "./board-routes.ts";
import { cardRoutes } from "./card-routes.ts";
import { enterpriseQueryRoute } from "./enterprise-query.ts";
import { enterpriseRoutes } from "./enterprise-routes.ts";
import { memberRoutes } from "./member-routes.ts";
import { searchRoutes } from "./search-routes.ts";
import { tokenRoutes } from "./token-routes.ts";
import { workspaceMemberRoutes } from "./workspace-member-routes.ts";
import { workspaceRoutes } from "./workspace-routes.ts";

/** Every Trello operation that the sandbox answers. */
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
  enterpriseQueryRoute,
  ...enterpriseRoutes,
];
