import type { ConfirmationLevel } from "../domain/confirmation.ts";
import type { Effect, EffectOp } from "../domain/effect.ts";
import { classOf, grantsAdmin, resourceOf, takesAway } from "./kinds.ts";
import { changesSignIn } from "./taking.ts";

/**
 * How serious an effect is: the confirmation level that its change needs. `none` if the effect takes nothing away,
 * gives no access and costs nothing.
 */
export type Gravity = Extract<ConfirmationLevel, "client" | "approval"> | "none";

/** If a plan takes access from more than 10 people, a person must approve it outside the client. */
export const MANY_PEOPLE = 10;

export interface Weight {
  readonly gravity: Gravity;
  /** The reason for this level, as words that can follow `because`, without a full stop. */
  readonly because: string;
}

const SEAT: Weight = { gravity: "client", because: "it takes a paid seat" };
const COMING: Weight = {
  gravity: "client",
  because: "it uses a paid seat, or adds a person from outside to boards",
};
const SIGN_IN: Weight = {
  gravity: "approval",
  because: "it changes the name or the email that a person signs in by",
};
const GROUP: Weight = {
  gravity: "client",
  because: "a Group can give products and the role of an admin",
};
const ADMIN: Weight = { gravity: "approval", because: "it makes a person an admin" };
const NOTHING: Weight = { gravity: "none", because: "it takes nothing away and costs nothing" };

/**
 * How serious an effect is, and why. Only three things count: the resource, whether the effect gives or takes, and what
 * it gives. It does not matter which tool planned it.
 */
export function gravityOf(effect: Effect): Weight {
  if (takesAway(effect)) return takenFrom(effect.resource);
  if (grantsAdmin(effect)) return ADMIN;
  if (changesSignIn(effect)) return SIGN_IN;
  if (opensGroup(effect)) return GROUP;
  return classOf(effect) === "grant" ? SEAT : NOTHING;
}

function takenFrom(resource: Effect["resource"]): Weight {
  switch (resource) {
    case "atlassian_account":
    case "scim_user":
      return { gravity: "approval", because: "it takes something from an Atlassian account" };
    case "application_user":
      return { gravity: "approval", because: "it takes away a person's user in another application" };
    case "enterprise_membership":
      return { gravity: "approval", because: "it takes something from the whole enterprise" };
    default:
      return { gravity: "client", because: "it takes something away" };
  }
}

/**
 * Whether the effect puts a person into a Group that already exists. A Group that the same plan creates gives no access
 * yet.
 */
function opensGroup({ op, target }: Effect): boolean {
  return (op === "add_scim_group_member" && "groupId" in target) || op === "replace_scim_group";
}

/** The stronger of two gravities. */
export function graver(a: Gravity, b: Gravity): Gravity {
  const order: readonly Gravity[] = ["none", "client", "approval"];
  return order.indexOf(a) >= order.indexOf(b) ? a : b;
}

/**
 * For each kind of effect that gives something: how serious it can be, the least serious case first. A kind that is not
 * in the list needs no confirmation.
 */
const GIVING: Partial<Readonly<Record<EffectOp, readonly Weight[]>>> = {
  add_scim_group_member: [NOTHING, GROUP],
  replace_scim_group: [GROUP],
  update_scim_user: [NOTHING, SIGN_IN],
  replace_scim_user: [NOTHING, SIGN_IN],
  set_board_member: [NOTHING, COMING],
  set_workspace_member: [NOTHING, COMING],
  invite_workspace_member: [NOTHING, COMING],
  invite_board_member: [NOTHING, COMING],
  set_workspace_deactivated: [SEAT],
  set_enterprise_deactivated: [SEAT],
  set_enterprise_licensed: [SEAT],
  set_account_enabled: [SEAT],
  set_application_active: [SEAT],
  set_directory_access: [SEAT],
};

/**
 * How serious effects of one kind can be, by `direction`: they give something, or they take something away. The least
 * serious case comes first. The result explains what a tool can do when there is no plan.
 */
export function weightsOf(made: {
  readonly op: EffectOp;
  readonly direction: "gives" | "takes";
  readonly grantsAdmin?: true;
}): readonly Weight[] {
  if (made.direction === "takes") return [takenFrom(resourceOf(made.op))];
  return made.grantsAdmin ? [ADMIN] : (GIVING[made.op] ?? [NOTHING]);
}
