import type { Inverse } from "./kind.ts";

/** What puts a person back on the cards that leaving a board took them off. */
export function backOnCards(
  idCards: readonly string[],
  {
    idBoard,
    idOrganization,
    idMember,
  }: { readonly idBoard: string; readonly idOrganization: string; readonly idMember: string },
  label: string,
): readonly Inverse[] {
  return idCards.map((idCard) => ({
    op: "add_card_member",
    target: { idCard, idBoard, idOrganization, idMember },
    before: null,
    after: { assigned: true },
    label,
    where: "a card",
  }));
}
