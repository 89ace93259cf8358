import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { describeTool, errorOf } from "../describe-tool.ts";
import { boardsWith, inWorkspace, WORKSPACES } from "../world.ts";
import { letIn, review, REVIEWS, shutOut, signReview, startedReview } from "./reviews.ts";

const { standard } = WORKSPACES;
const { leaver } = SEED;

describeTool(
  "remediate_review",
  (way) => {
    const findShutOut = async () => {
      shutOut(way, leaver.email);
      const { id, found } = await review(way, {
        kinds: ["deactivated_with_access", "single_admin"],
        limit: 100,
      });
      return {
        reviewId: id,
        leavers: found.flatMap((row) => (row.kind === "deactivated_with_access" ? [row.id] : [])),
        admins: found.flatMap((row) => (row.kind === "single_admin" ? [row.id] : [])),
      };
    };

    it("takes the people of chosen findings out in one plan that a person decides, and a new review is free of them", async () => {
      const { reviewId, leavers } = await findShutOut();
      const reply = await way.call("remediate_review", { reviewId, findings: leavers });
      expect(reply.structured).toMatchObject({ status: "applied", run: { evidence: { result: "PASS" } } });
      expect(way.person.questions).toHaveLength(1);
      expect(inWorkspace(way.world, standard.id, leaver.id)).toBeUndefined();
      expect(boardsWith(way.world, standard.id, leaver.id)).toEqual([]);
      const after = await review(way, { compareWith: reviewId, kinds: ["deactivated_with_access"] });
      expect(after.found).toEqual([]);
      expect(String(after.structured["solved"])).toContain(leavers[0] ?? "none");
    });

    it("checks again: nothing is done about a finding that is not true any more", async () => {
      const { reviewId, leavers } = await findShutOut();
      letIn(way, leaver.email);
      const { text } = await way.call("remediate_review", { reviewId, findings: leavers });
      expect(text).toContain("the finding is no longer true");
      expect(way.writes()).toEqual([]);
    });

    it("does nothing about a finding that a person has to choose for, and says so", async () => {
      const { reviewId, admins, leavers } = await findShutOut();
      expect(admins.length).toBeGreaterThan(0);
      const { structured } = await way.call("remediate_review", {
        reviewId,
        findings: [...admins, ...leavers],
      });
      expect(structured).toMatchObject({ status: "partial", run: { evidence: { result: "INCOMPLETE" } } });
    });

    it("removes exactly what the reviewers of a signed review decided, and nothing before they signed", async () => {
      const { id } = await startedReview(way);
      const early = await way.call("remediate_review", { reviewId: id });
      expect(errorOf(early)).toMatchObject({ code: "CONFLICT" });
      await signReview(way, id, [leaver.id]);
      const before = way.world.trello.workspaces.get(standard.id)?.memberships.length ?? 0;
      const reply = await way.call("remediate_review", { reviewId: id });
      expect(reply.structured).toMatchObject({ status: "applied", run: { evidence: { result: "PASS" } } });
      expect(way.person.questions).toHaveLength(1);
      expect(inWorkspace(way.world, standard.id, leaver.id)).toBeUndefined();
      expect(boardsWith(way.world, standard.id, leaver.id)).toEqual([]);
      expect(way.world.trello.workspaces.get(standard.id)?.memberships).toHaveLength(before - 1);
      const again = await way.call("remediate_review", { reviewId: id });
      expect(again.text).toContain("any more, so nothing is done about it");
    });

    it("makes no plan of a signed review that keeps everyone", async () => {
      const { id } = await startedReview(way);
      await signReview(way, id, []);
      const answer = await way.call("remediate_review", { reviewId: id });
      expect(errorOf(answer)).toMatchObject({ code: "CONFLICT" });
      expect(way.writes()).toEqual([]);
      const { structured } = await way.call("get_review", { reviewId: id });
      expect(structured).toMatchObject({ state: "signed", missing: [], page: null, items: [] });
      const { signed } = structured as { readonly signed: readonly { readonly hash: string }[] };
      expect(signed[0]?.hash).toMatch(/^[0-9a-f]{64}$/);
    });

    it("lowers the role to that of the roster, and takes nobody out", async () => {
      way.world.trello.showsAaId = true;
      const csv = `email,role\n${SEED.deputy.email},normal`;
      const asked = { workspaces: [standard.id], csv, rosters: ["scim"], kinds: ["role_above_roster"] };
      const { id, found } = await review(way, asked);
      expect(found).toMatchObject([{ person: { idMember: SEED.deputy.id }, remedy: "lower_role" }]);
      const args = { reviewId: id, findings: found.map((row) => row.id) };
      const { structured } = await way.call("remediate_review", args);
      expect(structured).toMatchObject({ status: "applied", run: { evidence: { result: "PASS" } } });
      expect(inWorkspace(way.world, standard.id, SEED.deputy.id)?.memberType).toBe("normal");
      expect(way.writes()).toHaveLength(1);
    });

    it("refuses a finding that the review does not have, and a review that there is not", async () => {
      const { reviewId } = await findShutOut();
      const unknown = await way.call("remediate_review", { reviewId, findings: ["f_000000000000"] });
      expect(errorOf(unknown).code).toBe("INPUT_INVALID");
      const none = await way.call("remediate_review", { reviewId: "review_none", findings: ["f_0"] });
      expect(errorOf(none).code).toBe("NOT_FOUND");
      expect(way.writes()).toEqual([]);
    });
  },
  { env: REVIEWS },
);
