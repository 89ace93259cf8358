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
      expect(warningsOf(reply)).toContain("Line 3 skipped: not an email address (not an email;Clerk)");
    });

    it("names the lines that it cannot read where it can read nobody", async () => {
      const error = errorOf(await plan('email,role\njonas,Accountant\n"x@example.org,Clerk\n'));
      expect(error).toMatchObject({
        code: "INPUT_INVALID",
        message:
          "No one on the list can be used. line 2: not an email address; line 3: the quotes are not closed or are not valid CSV, so nothing from this line on was read.",
      });
      expect(error.details["problems"]).toHaveLength(2);
    });

    it("names them as well where the only one it can read is not certain", async () => {
      const { code, message, details } = errorOf(
        await plan(`email,team\n${SEED.observer.email},\nnobody at all,Ops\n`),
      );
      expect(code).toBe("NOT_FOUND");
      expect(message).toContain(`${SEED.observer.email}: it is not certain which person is meant`);
      expect(message).toContain("line 3 (nobody at all,Ops): not an email address");
      expect(details["candidates"]).toEqual([expect.objectContaining({ id: SEED.observer.id })]);
    });

    it("asks which column is meant where several may be, and takes nobody of the wrong one", async () => {
      const csv = `Name,Office email,Business email\nJonas,${leaver.email},${SEED.deputy.email}`;
      const error = errorOf(await plan(csv));
      expect(error).toMatchObject({
        code: "INPUT_INVALID",
        message: "Which column names the people: Office email, Business email?",
        next: expect.stringContaining("`column`"),
      });
      const reply = await way.call("offboard_member", { members: csv, column: "Office email", dryRun: true });
      expect(reply.structured["summary"]).toMatch(/^Offboard Jonas Lindqvist \(@jonaslindqvist\):/);
      expect(warningsOf(reply)).toContain("Columns not read: Business email.");
    });

    it.each([
      ["managers beside", `work_email,manager_email\n${leaver.email},${SEED.deputy.email}`],
      ["a name before the email", `Lindqvist, Jonas <${leaver.email}>`],
      ["his own label", "Jonas Lindqvist (@jonaslindqvist)"],
      ["a profile address", `https://trello.com/u/${leaver.username}`],
      ["a note over lines", `email,notes\n${leaver.email},"hand over to\n${SEED.deputy.email}, please\nok"`],
    ])("takes the one person who is meant: %s", async (_what, members) => {
      const summary = (await plan(members)).structured["summary"];
      expect(summary).toMatch(/^Offboard Jonas Lindqvist \(@jonaslindqvist\):/);
    });

    it("never takes a bare word for a username, and names who it may be with what to pass", async () => {
      const error = errorOf(await plan(`${leaver.username}\nLindqvist, Jonas`));
      expect(error.code).toBe("NOT_FOUND");
      expect(error.message).toContain(
        `${leaver.username}: it is not certain which person is meant. Candidates: Jonas Lindqvist (@${leaver.username}). Check them, then pass @${leaver.username}`,
      );
    });

    it("does not take a username for the person of another name beside it", async () => {
      const members = `Trello username,Full name\n${SEED.deputy.username},Jonas Lindqvist\n${leaver.username},Jonas Lindqvist`;
      const reply = await plan(members);
      expect(reply.structured["summary"]).toMatch(/^Offboard Jonas Lindqvist \(/);
      expect(warningsOf(reply)).toContainEqual(
        expect.stringMatching(
          new RegExp(`^Skipped: @${SEED.deputy.username}: it is not certain which person`),
        ),
      );
    });

    it("asks which rows are meant where the list says that some are gone already", async () => {
      const csv = (...states: readonly string[]) =>
        `email,status\n${leaver.email},${states[0]}\n${SEED.deputy.email},${states[1]}`;
      const error = errorOf(await plan(csv("Deactivated", "Member")));
      expect(error).toMatchObject({
        code: "INPUT_INVALID",
        message: expect.stringContaining("Which rows are meant?"),
      });
      expect((await plan(`email,status\n${leaver.email},Deactivated`)).structured["summary"]).toMatch(
        /^Offboard Jonas Lindqvist/,
      );
    });

    it.each([
      ["prose", `Please offboard ${leaver.email}. Requested by:\n${SEED.deputy.email}`],
      ["a header that is not known", `Betreut von\n${SEED.deputy.email}`],
      ["a table that is not known", `Kontakt;Ort\n${SEED.deputy.email};Berlin`],
    ])("asks, with what it saw, instead of acting on pieces of %s", async (_what, members) => {
      expect(errorOf(await plan(members)).code).toBe("INPUT_INVALID");
    });

    it("says how many are too many", async () => {
      const members = Array.from({ length: 201 }, (_, n) => `person${n}@example.org`).join("\n");
      expect(errorOf(await plan(members)).message).toBe("The list has 201 people. One call takes 200.");
    });

    it("takes everybody once, by whatever names they are given", async () => {
      const members = [`@${leaver.username.toUpperCase()}`, leaver.id, leaver.email];
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
