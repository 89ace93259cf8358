/** A column, or a tick, that says of each row whether it is meant. */
import { describe, expect, it } from "vitest";
import { readPeople } from "../../../src/planning/lists/paste.ts";

const read = (text: string) => readPeople(text).people.map(({ value }) => value);
const table = (heading: string, first: string, second: string) =>
  `Email\t${heading}\na@x.org\t${first}\nb@x.org\t${second}`;

describe("a table that says what is to be done with each row", () => {
  it.each([
    ["Action", "Remove", "Keep"],
    ["Action", "offboard", ""],
    ["Decision", "revoke access", "stays"],
    ["Change type", "Leaver", "New hire"],
    ["Event", "Termination", "Transfer"],
    ["Reason", "Leaver", "Mover"],
    ["Remove?", "yes", "no"],
    ["Offboard", "x", ""],
    ["Done", "no", "✅"],
    ["Completed", "TRUE", "FALSE"],
    ["Approved", "yes", "no"],
    ["Exception", "", "X"],
    ["To be kept?", "Keep", "–"],
    ["Aktion", "Deaktivieren", "Behalten"],
    ["Erledigt", "ja", "nein"],
    ["Ausnahme", "", "ja"],
    ["Mouvement", "Départ", "Arrivée"],
    ["Acción", "Eliminar", "Mantener"],
    ["Movimento", "Desligamento", "Admissão"],
    ["Azione", "rimuovere", "mantenere"],
    ["処理", "削除", "対象外"],
    ["区分", "退職", "入社"],
    ["Action", "remove", "ask HR first"],
    ["Decision", "out", "keep until the audit"],
    ["Offboard?", "yes", "maybe"],
    ["Leaver (Y/N)", "Y", "N"],
    ["In scope", "Y", "N"],
    ["Still here?", "N", "Y"],
    ["Remark", "left on Monday with his laptop", "please do not touch before March"],
    ["Comment", "contract ended", "CANCELLED"],
    ["Ticket", "open", "on hold"],
    ["Approval status", "Approved", "Rejected"],
    ["Stand", "", "storniert"],
    ["Termination date", "2026-01-31", ""],
    ["Last working day", "2026-01-31", "-"],
    ["Austrittsdatum", "31.1.2026", ""],
    ["Date de départ", "31/01/2026", ""],
    ["Contract end", "2026-01-31", "31.12.9999"],
    ["Type", "Leaver", "Manager"],
    ["Relation", "self", "Line manager"],
    ["Who", "Employee", "Their boss"],
    ["Rolle", "Mitarbeiter", "Vorgesetzte"],
  ])("asks which are meant if they differ: %s, %s, %s", (heading, first, second) => {
    const asks = expect.objectContaining({
      code: "INPUT_INVALID",
      message: expect.stringMatching(/It is not certain which rows are meant\.$/),
    });
    expect(() => read(table(heading, first, second))).toThrow(asks);
    expect(() => read(table(heading, second, first))).toThrow(asks);
  });

  it.each([
    ["Action", "keep"],
    ["Remove?", "no"],
    ["Aktion", "nicht entfernen"],
    ["対象", "対象外"],
  ])("asks if it excludes every row: %s, %s", (heading, cell) => {
    expect(() => read(table(heading, cell, cell))).toThrow(/not certain which rows are meant/);
  });

  it.each([
    ["Action", "remove", "offboard"],
    ["Change type", "Leaver", "leaver"],
    ["Done", "", ""],
    ["Office", "Berlin", "Lisbon"],
    ["Remote", "yes", "no"],
    ["MFA", "1", "0"],
    ["Billing active", "TRUE", "FALSE"],
    ["Notes", "handed the cards over, please remove soon", ""],
    ["Line manager", "Kim Keep", "Jo Mover"],
    ["Cost centre", "4711", ""],
    ["Last day", "2026-01-31", "2026-02-28"],
    ["Leaving date", "", ""],
    ["Reason for leaving", "resignation", "a new post"],
    ["Job title", "Manager", "Engineer"],
    ["Coach", "Kim Keep", "Jo Moe"],
  ])("reads every row of any other column: %s, %s, %s", (heading, first, second) => {
    expect(read(table(heading, first, second))).toEqual(["a@x.org", "b@x.org"]);
  });

  it.each([
    ["quoted", "a@x.org\n\n> b@x.org\n> c@x.org"],
    ["below other entries", "- a@x.org\n  - b@x.org\n- c@x.org"],
    ["below other entries", "1. a@x.org\n\t* b@x.org"],
    ["marked with + and others with -", "+ a@x.org\n- b@x.org"],
  ])("asks which are meant if only some entries are %s", (what, text) => {
    expect(() => read(text)).toThrow(`Some entries of the list are ${what}`);
  });

  it.each([
    " 9. a@x.org\n10. b@x.org",
    "> a@x.org\n> b@x.org",
    "- a@x.org\n- b@x.org",
    "a@x.org\n   b@x.org",
  ])("reads a list whose entries are alike: %j", (text) => {
    expect(read(text)).toEqual(["a@x.org", "b@x.org"]);
  });

  it.each(["-a@x.org", "+a@x.org", "!a@x.org", "*a@x.org", "#a@x.org", "~a@x.org", "[~a@x.org]"])(
    "does not read a mark before an email as a part of the email: %s",
    (text) => {
      const { people, problems } = readPeople(`${text}\nb@x.org`);
      expect(people.map(({ value }) => value)).toEqual(["b@x.org"]);
      expect(problems).toEqual([expect.objectContaining({ line: 1 })]);
    },
  );

  it.each([
    "- [x] a@x.org\n- [ ] b@x.org",
    "[ ] a@x.org\n[X] b@x.org\n[ ] c@x.org",
    "1. [x] a@x.org\n2. [ ] b@x.org",
  ])("asks which are meant if only some entries are ticked: %j", (text) => {
    expect(() => read(text)).toThrow(/ticked/);
    expect(read(text.replaceAll(/\[[xX]\]/g, "[ ]"))).toContain("b@x.org");
  });
});
