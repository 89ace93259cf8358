import type { ConfirmationLevel } from "../domain/confirmation.ts";
import type { Effect, EffectOp } from "../domain/effect.ts";
import { classOf, grantsAdmin, resourceOf, takesAway } from "./kinds.ts";
import { changesSignIn } from "./taking.ts";

/**
 * The confirmation that an effect needs because of what it does. `none` if it takes nothing away, opens nothing and
 * costs nothing.
 */
export type Gravity = Extract<ConfirmationLevel, "client" | "approval"> | "none";

/** If more people than this lose access in one plan, a person outside the client decides. */
export const MANY_PEOPLE = 10;

export interface Weight {
  readonly gravity: Gravity;
  /** The reason, as a sentence after `because` without a full stop. */
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
 * The gravity of an effect, and why. It follows from the resource, the direction and what is granted, never from the
 * tool that makes the effect.
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
    case "enterprise_membership":
      return { gravity: "approval", because: "it takes something from the whole enterprise" };
    default:
      return { gravity: "client", because: "it takes something away" };
  }
}

/**
 * Whether the effect puts a person into a Group that exists already. A Group that the same plan creates gives no access
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
 * The gravities that a giving effect of an op can have, the lightest first. Ops that are missing here need no
 * confirmation.
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
  set_directory_access: [SEAT],
};

/**
 * The gravities that effects of an op and direction can have, the lightest first. Used to explain a tool without a
 * plan.
 */
export function weightsOf(made: {
  readonly op: EffectOp;
  readonly direction: "gives" | "takes";
  readonly grantsAdmin?: true;
}): readonly Weight[] {
  if (made.direction === "takes") return [takenFrom(resourceOf(made.op))];
  return made.grantsAdmin ? [ADMIN] : (GIVING[made.op] ?? [NOTHING]);
}
