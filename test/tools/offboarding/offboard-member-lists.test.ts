import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { OVER_STDIO, userNamed } from "../atlassian.ts";
import { plannedOps, warningsOf } from "../changes.ts";
import { describeTool, errorOf } from "../describe-tool.ts";

const { leaver, scimOnly } = SEED;

describeTool(
  "offboard_member, of a list",
  (way) => {
    const plan = (members: unknown, rung = "workspaces") =>
      way.call("offboard_member", { members, rung, dryRun: true });

    it("takes a CSV as a personnel system writes it: only the emails matter", async () => {
      const csv = `E-Mail;Role;Last day\n${leaver.email};Accountant;2026-01-31\nnot an email;Clerk;\n`;
      const reply = await plan(csv);
      expect(reply.structured["summary"]).toMatch(/^Offboard Jonas Lindqvist \(@jonaslindqvist\): 36 board /);
      expect(warningsOf(reply)).toContain(
        "Nothing is done about line 3 (not an email;Clerk;): not an email address.",
      );
    });

    it("names the lines that it cannot read where it can read nobody", async () => {
      const error = errorOf(await plan('email,role\njonas,Accountant\n"x@example.org,Clerk\n'));
      expect(error).toMatchObject({
        code: "INPUT_INVALID",
        message:
          'The list names nobody: line 2 (jonas,Accountant): not an email address; line 3 ("x@example.org,Clerk): its quotes do not fit.',
      });
      expect(error.details["missed"]).toHaveLength(2);
    });

    it("names them as well where the only one it can read is not certain", async () => {
      const { code, message, details } = errorOf(
        await plan(`email\n${SEED.observer.email}\nnobody at all\n`),
      );
      expect(code).toBe("NOT_FOUND");
      expect(message).toContain(`${SEED.observer.email}: not certain who is meant`);
      expect(message).toContain("line 3 (nobody at all): not an email address");
      expect(details["candidates"]).toEqual([expect.objectContaining({ id: SEED.observer.id })]);
    });

    it("asks for the column by name where there are several of emails, and takes nobody of the wrong one", async () => {
      const csv = `Name,Work email,Manager email\nJonas,${leaver.email},${SEED.deputy.email}`;
      const error = errorOf(await plan(csv));
      expect(error).toMatchObject({ code: "INPUT_INVALID", next: expect.stringContaining("`email`") });
    });

    it("says how many are too many", async () => {
      const members = Array.from({ length: 201 }, (_, n) => `person${n}@example.org`).join("\n");
      expect(errorOf(await plan(members)).message).toBe("The list names 201 people, and 200 is the most.");
    });

    it("takes everybody once, by whatever names they are given", async () => {
      const members = [leaver.username, `@${leaver.username.toUpperCase()}`, leaver.id, leaver.email];
      expect((await plan(members)).structured["summary"]).toMatch(/^Offboard Jonas Lindqvist \(/);

      const upper = scimOnly.email.replace("ingrid", "Ingrid");
      const reply = await plan([upper, scimOnly.email], "account");
      expect(reply.structured["summary"]).toMatch(/^Offboard Ingrid Solheim <.*>: 1 Atlassian account/);
      expect(plannedOps(reply)).toEqual(["set_scim_active"]);
      expect(userNamed(way.world, scimOnly.email)?.active).toBe(true);
    });
  },
  { clients: OVER_STDIO },
);
