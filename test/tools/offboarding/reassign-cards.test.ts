import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { warningsOf } from "../changes.ts";
import { describeTool, errorOf, ONE_A_TRANSPORT } from "../describe-tool.ts";
import { boardsWith, WORKSPACES } from "../world.ts";

const { standard } = WORKSPACES;
const { leaver, successor } = SEED;
const args = { workspace: standard.id, member: leaver.username, reassignTo: successor.username };

describeTool(
  "reassign_cards",
  (way) => {
    const reassign = (given: Record<string, unknown>) => way.call("reassign_cards", given);
    const cardsOf = (idMember: string, open = true) =>
      [...way.world.trello.cards.values()].filter(
        ({ closed, idMembers, idBoard }) =>
          closed !== open &&
          idMembers.includes(idMember) &&
          way.world.trello.boards.get(idBoard)?.idOrganization === standard.id,
      );

    it("hands over the open cards of the workspace, and nothing else", async () => {
      const open = cardsOf(leaver.id);
      const closed = cardsOf(leaver.id, false);
      const boards = boardsWith(way.world, standard.id, leaver.id).length;
      const reply = await reassign(args);
      expect(reply.text).toMatch(/^Applied: Hand \d+ open cards of Jonas Lindqvist/);
      const written = way.writes().map((write) => write.split("/")[2]);
      expect(written).toEqual(expect.arrayContaining(open.map(({ id }) => id)));
      expect(way.writes()).toHaveLength(open.length);
      expect(cardsOf(leaver.id)).toEqual([]);
      expect(cardsOf(leaver.id, false)).toEqual(closed);
      expect(boardsWith(way.world, standard.id, leaver.id)).toHaveLength(boards);
      expect(reply.text).toContain("Archived cards keep their members");
    });

    it("says on which boards the successor is not, and leaves the cards there unassigned", async () => {
      const open = cardsOf(leaver.id);
      const warnings = warningsOf(await reassign({ ...args, dryRun: true }));
      const absent = open.filter(
        ({ idBoard }) =>
          !way.world.trello.boards
            .get(idBoard)
            ?.memberships.some(({ idMember }) => idMember === successor.id),
      );
      expect(absent.length).toBeGreaterThan(0);
      // The summary counts each card as what becomes of it.
      const { structured } = await reassign({ ...args, dryRun: true });
      expect(structured["summary"]).toContain(
        `Hand ${open.length - absent.length} open cards of Jonas Lindqvist (@jonaslindqvist) to `,
      );
      const kept = absent.filter(({ idMembers }) => idMembers.some((id) => id !== leaver.id)).length;
      const counts = [
        [kept, "kept by their other members"],
        [absent.length - kept, "left without a person"],
      ] as const;
      for (const [count, words] of counts)
        expect(structured["summary"]).toMatch(
          count === 0 ? new RegExp(`^(?!.*${words})`) : new RegExp(`[;,] ${count} cards? ${words}`),
        );
      for (const { idBoard } of absent)
        expect(warnings.join("\n")).toContain(`${way.world.trello.boards.get(idBoard)?.name} (`);
      expect(warnings.filter((line) => line.includes("addToBoards: true"))).toHaveLength(1);
      await reassign(args);
      for (const card of absent) expect(card.idMembers).not.toContain(successor.id);
      for (const card of open.filter((each) => !absent.includes(each)))
        expect(card.idMembers).toContain(successor.id);
    });

    it("leaves them to nobody, with whoever else is on them", async () => {
      const shared = cardsOf(leaver.id).map((card) => ({
        card,
        others: card.idMembers.filter((id) => id !== leaver.id),
      }));
      await reassign({ ...args, reassignTo: "nobody" });
      for (const { card, others } of shared) expect(card.idMembers).toEqual(others);
      expect(shared.some(({ others }) => others.length > 0)).toBe(true);
    });

    it("is undone by restore_member, also where the successor was on a card before", async () => {
      const [card] = cardsOf(leaver.id).filter(({ idBoard }) =>
        way.world.trello.boards.get(idBoard)?.memberships.some(({ idMember }) => idMember === successor.id),
      );
      card?.idMembers.push(successor.id);
      const before = cardsOf(leaver.id).map(({ id, idMembers }) => [id, new Set(idMembers)]);
      const { structured } = await reassign(args);
      const reply = await way.call("restore_member", { runId: structured["runId"] });
      expect(reply.structured).toMatchObject({ status: "applied", run: { evidence: { result: "PASS" } } });
      expect(cardsOf(leaver.id).map(({ id, idMembers }) => [id, new Set(idMembers)])).toEqual(before);
    });

    it.each([
      ["an unknown successor", { ...args, reassignTo: "nobodyknows" }, "NOT_FOUND"],
      ["a part of a name", { ...args, reassignTo: "Alex" }, "AMBIGUOUS"],
      ["no successor", { workspace: standard.id, member: leaver.id }, "INPUT_INVALID"],
      ["somebody as the own successor", { ...args, reassignTo: leaver.id }, "INPUT_INVALID"],
    ])("refuses %s", async (_what, given, code) => {
      expect(errorOf(await reassign(given))).toMatchObject({ code, next: expect.stringMatching(/\w+/) });
      expect(way.writes()).toEqual([]);
    });
  },
  { clients: ONE_A_TRANSPORT },
);
