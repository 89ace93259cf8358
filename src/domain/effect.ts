import type { Json } from "./json.ts";

/** The one upstream write that an effect stands for; each has a file in `effects/`. */
export type EffectOp =
  | "invite_workspace_member"
  | "set_workspace_member"
  | "remove_workspace_member"
  | "remove_workspace_member_everywhere"
  | "invite_board_member"
  | "set_card_members"
  | "add_card_member"
  | "remove_card_member"
  | "set_board_member"
  | "remove_board_member"
  | "revoke_invitation"
  | "set_workspace_deactivated"
  | "set_scim_active"
  | "create_scim_user"
  | "update_scim_user"
  | "replace_scim_user"
  | "delete_scim_user"
  | "create_scim_group"
  | "replace_scim_group"
  | "delete_scim_group"
  | "add_scim_group_member"
  | "remove_scim_group_member"
  | "set_directory_access"
  | "set_account_enabled"
  | "set_enterprise_deactivated"
  | "set_enterprise_licensed"
  | "update_profile";

/**
 * One upstream write in a plan, as inert data. `target` has the ids that the request needs, `before` and `after`
 * the state of `resource` around it; `label` is for people.
 */
export interface Effect {
  readonly op: EffectOp;
  readonly resource:
    | "workspace_membership"
    | "board_membership"
    | "scim_user"
    | "scim_group"
    | "scim_group_membership"
    | "atlassian_account"
    | "enterprise_membership"
    | "card"
    | "profile";
  /** Names the resource for good, for example `<idBoard>/<idMember>`. */
  readonly id: string;
  readonly target: Readonly<Record<string, string>>;
  readonly before: Json;
  readonly after: Json;
  readonly reversible: boolean;
  /** Whom or what it is about, cleaned, for example `Jane Doe (@jane)`. */
  readonly label: string;
  /** Where, cleaned, for example `board Roadmap`; empty where there is no place. */
  readonly where: string;
  /** One line for a person, without a full stop: `Remove Jane Doe from board Roadmap`. */
  readonly description: string;
}

/** What a person must be told of an effect: creating and updating is reversible, granting and deleting is asked for. */
export type EffectClass = "create" | "update" | "grant" | "delete";
