import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { describeTool, errorOf } from "../describe-tool.ts";
import { WORKSPACES } from "../world.ts";
import {
  type Found,
  letIn,
  review,
  REVIEWS,
  rosterWithout,
  shutOut,
  signReview,
  startedReview,
} from "./reviews.ts";

const { standard } = WORKSPACES;
const { leaver, deactivated } = SEED;

describeTool(
  "review_access",
  (way) => {
    const people = (found: readonly Found[]) => found.map(({ person }) => person?.idMember);

    it("finds who is shut out of the directory and has access, by account id alone", async () => {
      shutOut(way, leaver.email);
      const { found, coverage } = await review(way, { kinds: ["deactivated_with_access"] });
      expect(found).toMatchObject([
        { confidence: "certain", person: { idMember: leaver.id, email: leaver.email }, remedy: "remove" },
      ]);
      expect(found[0]?.evidence[0]).toMatch(/^SCIM directory says active: false/);
      expect(coverage.join("\n")).toMatch(/SCIM directory: \d+ people, read completely\./);
      expect(way.writes()).toEqual([]);
    });

    it("finds nothing to take from a person whom Trello has deactivated too", async () => {
      way.world.trello.showsAaId = true;
      const { found } = await review(way, { kinds: ["deactivated_with_access"] });
      expect(people(found)).not.toContain(deactivated.id);
    });

    it("never calls a person missing whose email no source shows", async () => {
      const { found } = await review(way, {
        csv: "email\nada@elsewhere.example",
        kinds: ["not_in_roster"],
        limit: 100,
      });
      expect(people(found)).toContain(SEED.admin.id);
      expect(people(found)).not.toContain(SEED.guest.id);
      for (const { person, confidence, remedy } of found) {
        expect(person?.email).toMatch(/@/);
        expect(confidence).toBe("certain");
        // The server's own account is found like the others, and never offered for removal.
        expect(remedy).toBe(person?.idMember === SEED.admin.id ? null : "remove");
      }
    });

    it("says who is on no roster, and nothing about absence if a row was not understood", async () => {
      way.world.trello.showsAaId = true;
      const csv = rosterWithout(way, leaver.email);
      const both = await review(way, { csv, rosters: ["scim"], kinds: ["not_in_roster"], limit: 100 });
      // The directory has the leaver, so one roster of the two does.
      expect(people(both.found)).not.toContain(leaver.id);
      const alone = await review(way, { csv, kinds: ["not_in_roster"], limit: 100 });
      expect(people(alone.found)).toContain(leaver.id);
      const odd = await review(way, { csv: `${csv}\nnot an address,IT`, kinds: ["not_in_roster"] });
      expect(odd.found).toEqual([]);
      expect(odd.coverage.join("\n")).toMatch(/given roster: .* not read completely/);
    });

    it("pages by cursor from the review that was kept, without another request to Trello", async () => {
      const first = await review(way, { limit: 3 });
      const total = Number(first.structured["total"]);
      expect(total).toBeGreaterThan(6);
      way.product.sandbox.resetRequests();
      const ids = first.found.map(({ id }) => id);
      let cursor = first.structured["nextCursor"];
      while (cursor !== undefined) {
        const page = await review(way, { limit: 100, cursor });
        ids.push(...page.found.map(({ id }) => id));
        cursor = page.structured["nextCursor"];
      }
      expect(new Set(ids).size).toBe(total);
      expect(ids).toHaveLength(total);
      expect(way.product.sandbox.requests).toEqual([]);
    });

    it("compares with an earlier review: new, open and solved", async () => {
      const asked = { kinds: ["deactivated_with_access", "single_admin"], limit: 100 };
      shutOut(way, leaver.email);
      const before = await review(way, asked);
      letIn(way, leaver.email);
      shutOut(way, SEED.successor.email);
      const after = await review(way, { ...asked, compareWith: before.id });
      const since = after.found.map(({ kind, since: state, person }) => [kind, state, person?.idMember]);
      expect(since).toContainEqual(["deactivated_with_access", "new", SEED.successor.id]);
      expect(since.filter(([kind]) => kind === "single_admin").every(([, state]) => state === "open")).toBe(
        true,
      );
      expect(String(after.structured["solved"])).toContain("deactivated_with_access: Jonas Lindqvist");
    });

    it("leaves out what a signed review accepts until a day, says so, and has it again afterwards", async () => {
      const asked = { workspaces: [standard.id], limit: 100 };
      const before = await review(way, asked);
      const personal = before.found.filter(({ person }) => person !== null);
      expect(personal.length).toBeGreaterThan(0);
      const { id } = await startedReview(way);
      await signReview(way, id, [], "2099-12-31");
      const accepted = await review(way, { ...asked, compareWith: before.id });
      expect(accepted.found.filter(({ person }) => person !== null)).toEqual([]);
      expect(String(accepted.structured["accepted"])).toContain("until 2099-12-31 (Known)");
      expect(accepted.text).toContain("Accepted, so not listed");
      // A newer signed review that keeps them without an end takes the acceptance away.
      const newer = await startedReview(way);
      await signReview(way, newer.id, []);
      const after = await review(way, { ...asked, compareWith: accepted.id });
      const since = after.found.filter(({ person }) => person !== null).map((row) => [row.id, row.since]);
      expect(since).toEqual(personal.map((row) => [row.id, "new"]));
      expect(after.structured).not.toHaveProperty("accepted");
    });

    it("takes no proof of absence from a roster that shrank by more than a tenth", async () => {
      const whole = rosterWithout(way);
      const before = await review(way, { csv: whole });
      const half = whole.split("\n").slice(0, 20).join("\n");
      const after = await review(way, { csv: half, compareWith: before.id, kinds: ["not_in_roster"] });
      expect(after.found).toEqual([]);
      expect(after.coverage.join("\n")).toMatch(/had \d+ in the earlier review: the list may be incomplete/);
    });

    it.each([
      ["an unknown review", { compareWith: "review_none" }, "NOT_FOUND"],
      ["a roster without emails", { csv: "name\nAda Byron" }, "INPUT_INVALID"],
      ["a cursor of nobody", { cursor: "abc" }, "NOT_FOUND"],
    ])("refuses %s", async (_what, args, code) => {
      expect(errorOf(await way.call("review_access", args)).code).toBe(code);
    });

    it("costs the requests of the workspaces and one for each page of the roster, however many people there are", async () => {
      const asked = { workspaces: [standard.id], rosters: ["scim"] };
      // The first call of a process also learns who the token's owner is.
      await review(way, asked);
      way.product.sandbox.resetRequests();
      await review(way, asked);
      const of = (upstream: string) =>
        way.product.sandbox.requests.filter((each) => each.upstream === upstream).length;
      const pages = way.product.sandbox.requests.filter(({ path }) => path.endsWith("/Users")).length;
      expect(pages).toBe(Math.ceil(way.world.atlassian.directory.users.size / 100));
      expect(of("trello")).toBeLessThanOrEqual(3);
      expect(way.product.sandbox.requests).toHaveLength(of("trello") + pages);
    });

    it("looks at the named workspaces only", async () => {
      const { structured } = await review(way, { workspaces: [standard.id], limit: 100 });
      const places = (
        structured["findings"] as readonly { places: readonly { workspace: string }[] }[]
      ).flatMap((row) => row.places.map(({ workspace }) => workspace));
      expect(new Set(places)).toEqual(new Set([standard.id]));
    });
  },
  { env: REVIEWS },
);
