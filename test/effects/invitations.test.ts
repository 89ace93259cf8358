import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Effect } from "../../src/domain/effect.ts";
import { inviteBoardMember, inviteWorkspaceMember } from "../../src/effects/invitations.ts";
import { classOf, kindOf } from "../../src/effects/kinds.ts";
import type { Gateway } from "../../src/gateway/gateway.ts";
import { SEED } from "../../src/sandbox/index.ts";
import { type Stack, startStack } from "../support/stack.ts";
import { gatewayTo } from "../support/wiring.ts";

const { standard, enterprise, premium } = SEED.workspaces;

let stack: Stack;
beforeEach(async () => {
  stack = await startStack();
});
afterEach(() => stack.close());

const holds = (effect: Effect, gateway: Gateway = stack.gateway) =>
  kindOf(effect).holds(effect, gateway.reads({ priority: "interactive" }));
const pass = { priority: "interactive" } as const;
const send = (effect: Effect) =>
  kindOf(effect).send(effect, stack.gateway.writes(pass), stack.gateway.reads(pass));

const toWorkspace = (
  idOrganization: string,
  email: string,
  fullName: string,
  sameName: readonly string[] = [],
) =>
  inviteWorkspaceMember.make({
    target: { idOrganization, email },
    before: { sameName },
    after: { memberType: "normal", fullName },
    label: email,
  });

describe("whether an invitation was made", () => {
  test("of somebody new, is seen by the name that it gave to the ghost", async () => {
    const effect = toWorkspace(standard.id, "new.person@example.com", "New Person");
    expect(await holds(effect)).toBe(false);
    await send(effect);
    expect(await holds(effect)).toBe(true);
  });

  test("to a board, is looked for on that board", async () => {
    const effect = inviteBoardMember.make({
      target: {
        idOrganization: standard.id,
        idBoard: SEED.boards.guests.id,
        email: "new.person@example.com",
      },
      before: { sameName: [] },
      after: { memberType: "normal", fullName: "New Person" },
      label: "new.person@example.com",
    });
    expect(await holds(effect)).toBe(false);
    await send(toWorkspace(standard.id, "new.person@example.com", "New Person"));
    expect(await holds(effect)).toBe(false);
    await send(effect);
    expect(await holds(effect)).toBe(true);
  });

  test("is not taken from somebody who had that name before", async () => {
    const effect = toWorkspace(standard.id, "another.alex@example.com", SEED.alexOfOperations.fullName, [
      SEED.alexOfOperations.id,
    ]);
    expect(await holds(effect)).toBe(false);
    await send(effect);
    expect(await holds(effect)).toBe(true);
  });

  test("of somebody with an account and another name, is proven by the enterprise's directory", async () => {
    const effect = toWorkspace(premium.id, SEED.leaver.email, "J. from the form");
    expect(await holds(effect)).toBe(false);
    await send(effect);
    expect(await holds(effect)).toBe(true);
  });

  test("is not claimed where nothing proves it", async () => {
    const gateway = gatewayTo(stack.sandbox.env, stack.store, { without: ["enterprise"] });
    const effect = toWorkspace(enterprise.id, SEED.leaver.email, "J. from the form");
    // The leaver is a member there, but without the directory nothing ties that email to the member.
    expect(await holds(effect, gateway)).toBe(false);
    expect(await holds(effect)).toBe(true);
    await gateway.close();
  });

  test("sent a second time changes nothing", async () => {
    const effect = toWorkspace(standard.id, "new.person@example.com", "New Person");
    await send(effect);
    const count = () => stack.sandbox.world.trello.workspaces.get(standard.id)?.memberships.length;
    const once = count();
    await send(effect);
    expect(count()).toBe(once);
  });
});

describe("how grave an invitation is", () => {
  const at = { idOrganization: standard.id, email: "a@example.com" };
  const made = (memberType: string, hiddenAdmins?: readonly string[]) => {
    const states = {
      before: { sameName: [], ...(hiddenAdmins && { hiddenAdmins }) },
      after: { memberType, fullName: "A" },
      label: at.email,
    };
    return [
      inviteWorkspaceMember.make({ target: at, ...states }),
      inviteBoardMember.make({ target: { ...at, idBoard: SEED.boards.guests.id }, ...states }),
    ];
  };

  test("is for a person to decide where it makes an admin, or may unmake one whose email is hidden", () => {
    expect(made("normal").map(classOf)).toEqual(["create", "create"]);
    expect(made("admin").map(classOf)).toEqual(["grant", "grant"]);
    expect(made("normal", [SEED.deputy.id]).map(classOf)).toEqual(["grant", "grant"]);
  });

  test("is not more for that it has no inverse: a tool takes it back", () => {
    expect(made("normal").map(({ reversible }) => reversible)).toEqual([true, true]);
  });
});
