import fc from "fast-check";
import { expect, it } from "vitest";
import type { MembershipState, SnapshotPlace } from "../../src/domain/membership.ts";
import { membershipChanges } from "../../src/reviews/memberships.ts";

const person: fc.Arbitrary<MembershipState> = fc.record({
  role: fc.constantFrom("admin", "normal", "observer"),
  status: fc.constantFrom("active", "active", "pending", "deactivated"),
});
const place = (
  kind: SnapshotPlace["kind"],
  id: string,
  idOrganization: string,
): fc.Arbitrary<SnapshotPlace> =>
  fc.record({
    kind: fc.constant(kind),
    id: fc.constant(id),
    name: fc.constantFrom("Roadmap", "Design"),
    idOrganization: fc.constant(idOrganization),
    closed: kind === "board" ? fc.boolean() : fc.constant(false),
    people: fc.dictionary(fc.constantFrom("p1", "p2", "p3"), person),
  });
/** Two workspaces with two boards each, any of which may not be there. */
const world = fc
  .tuple(
    ...["w1", "w2"].flatMap((w) => [
      fc.option(place("workspace", w, w), { nil: null, freq: 4 }),
      fc.option(place("board", `${w}b1`, w), { nil: null }),
      fc.option(place("board", `${w}b2`, w), { nil: null }),
    ]),
  )
  .map((places) => {
    const there = places.filter((each) => each !== null);
    const read = new Set(there.filter(({ kind }) => kind === "workspace").map(({ id }) => id));
    // A board is read with its workspace or not at all.
    return { places: there.filter(({ idOrganization }) => read.has(idOrganization)), labels: {} };
  });

it("tells the net change: what was there, changed by what is told, is what is there", () => {
  fc.assert(
    fc.property(world, world, (before, after) => {
      const changes = membershipChanges(before, after);
      const both = before.places
        .filter(({ kind, id }) => kind === "workspace" && after.places.some((each) => each.id === id))
        .map(({ id }) => id);
      const seen = (side: typeof before) =>
        side.places.filter(({ idOrganization }) => both.includes(idOrganization));
      const replayed = new Map(
        seen(before).map((each) => [each.id, { closed: each.closed, people: { ...each.people } }]),
      );
      for (const { kind, place: where, person: who, before: was, after: is } of changes) {
        expect(both).toContain(where.idOrganization);
        if (kind === "board_gone") replayed.delete(where.id);
        const target = replayed.get(where.id);
        if (kind === "board_seen") expect(target).toBeUndefined();
        if (!target) continue;
        if (kind === "board_closed" || kind === "board_reopened") target.closed = kind === "board_closed";
        if (!who) continue;
        const held = target.people[who.idMember];
        // Two changes of one person come as two rows with the same states around them.
        expect([was, is]).toContainEqual(held ?? null);
        if (is) target.people[who.idMember] = is;
        else delete target.people[who.idMember];
      }
      const fresh = new Set(
        changes.flatMap((change) => (change.kind === "board_seen" ? [change.place.id] : [])),
      );
      const expected = new Map(
        seen(after)
          .filter(({ id }) => !fresh.has(id))
          .map(({ id, closed, people }) => [id, { closed, people }]),
      );
      expect(Object.fromEntries(replayed)).toEqual(Object.fromEntries(expected));
      if (changes.length === 0) expect(seen(after)).toEqual(seen(before));
    }),
    { numRuns: 500 },
  );
});
