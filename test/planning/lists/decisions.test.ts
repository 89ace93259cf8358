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
  ])("reads every row of any other column: %s, %s, %s", (heading, first, second) => {
    expect(read(table(heading, first, second))).toEqual(["a@x.org", "b@x.org"]);
  });

  it.each([
    "- [x] a@x.org\n- [ ] b@x.org",
    "[ ] a@x.org\n[X] b@x.org\n[ ] c@x.org",
    "1. [x] a@x.org\n2. [ ] b@x.org",
  ])("asks which are meant if only some entries are ticked: %j", (text) => {
    expect(() => read(text)).toThrow(/ticked/);
    expect(read(text.replaceAll(/\[[xX]\]/g, "[ ]"))).toContain("b@x.org");
  });
});
