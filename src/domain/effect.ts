import type { Json } from "./json.ts";
import { clean } from "./text.ts";

/** The kinds of writes to Trello and Atlassian that a plan can contain. A file in `effects/` defines each kind. */
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
  | "set_application_active"
  | "set_enterprise_deactivated"
  | "set_enterprise_licensed"
  | "update_profile"
  | "add_webhook"
  | "remove_webhook";

/**
 * One write in a plan, as plain data. `target`: the ids that the request needs. `before` and `after`: the state before
 * and after the write. `label`: the name that people read.
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
    | "application_user"
    | "enterprise_membership"
    | "card"
    | "profile"
    | "webhook";
  /**
   * The id of what the write changes, for example `<idBoard>/<idMember>`. All effects on the same thing have the same
   * id.
   */
  readonly id: string;
  readonly target: Readonly<Record<string, string>>;
  readonly before: Json;
  readonly after: Json;
  readonly reversible: boolean;
  /** The name of the changed person or thing, for example `Jane Doe (@jane)`. */
  readonly label: string;
  readonly place: Place | null;
  /** A number for sorting effects. The more access the resource gives, the lower the number; an account has 0. */
  readonly rank: number;
  readonly wording: Wording;
  /** One line for a person, without a full stop: `Remove Jane Doe from board Roadmap`. */
  readonly description: string;
}

/** Where an effect happens: a board, workspace, card, group or application. `name` is empty if it is not known. */
export interface Place {
  readonly kind: "board" | "workspace" | "card" | "group" | "application";
  readonly id: string;
  readonly name: string;
}

/**
 * The words of a description in three parts: before the effect's `label`, between the `label` and the name of the
 * place, and after that name.
 */
export type Wording = readonly [head: string, middle: string, tail?: string];

const PLACE_WORDS: Readonly<Record<Place["kind"], string>> = {
  board: "board",
  workspace: "workspace",
  card: "card",
  group: "SCIM group",
  application: "the application",
};

/** A place with its name cleaned. */
export function placeOf(kind: Place["kind"], { id, name }: Pick<Place, "id" | "name">): Place {
  return { kind, id, name: clean(name, kind === "card" ? 60 : undefined) };
}

export function workspacePlace({
  id,
  displayName,
}: {
  readonly id: string;
  readonly displayName: string;
}): Place {
  return placeOf("workspace", { id, name: displayName });
}

/**
 * The place of an effect in words, for example `board Roadmap`. If the name is unknown, for example `a card`. Empty if
 * the effect has no place.
 */
export function placeText(place: Place | null): string {
  if (place === null) return "";
  const word = PLACE_WORDS[place.kind];
  return place.name === "" ? `a ${word}` : `${word} ${place.name}`;
}

/**
 * A number for sorting effects for a person who reads them. Effects that cannot be undone come first, then effects on
 * the widest access.
 */
export function severity({ reversible, rank }: Effect): number {
  return (reversible ? 100 : 0) + rank;
}

/** The boards that a person leaves together with the workspace, in the same request. */
export function boardsTakenAlong({
  before,
}: Pick<Effect, "before">): readonly { readonly idBoard: string; readonly name: string }[] {
  if (!before || typeof before !== "object" || !("boards" in before) || !Array.isArray(before.boards))
    return [];
  return before.boards as readonly { readonly idBoard: string; readonly name: string }[];
}

/**
 * How much care an effect needs. `create` and `update` can be undone. `grant` and `delete` need a confirmation, because
 * `grant` may cost a paid seat or give much access, and `delete` takes something away.
 */
export type EffectClass = "create" | "update" | "grant" | "delete";

/**
 * Kinds of resources that belong to more than one workspace. A change of such a resource affects everything that the
 * person can open.
 */
const BEYOND_WORKSPACES: ReadonlySet<Effect["resource"]> = new Set<Effect["resource"]>([
  "application_user",
  "atlassian_account",
  "enterprise_membership",
  "scim_group",
  "scim_group_membership",
  "scim_user",
]);

/** Whether the effect changes an account, the enterprise or the directory, and with it more than one workspace. */
export function reachesBeyondWorkspaces({ resource }: Pick<Effect, "resource">): boolean {
  return BEYOND_WORKSPACES.has(resource);
}
