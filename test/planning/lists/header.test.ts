import { describe, expect, it } from "vitest";
import { columnKind } from "../../../src/planning/lists/header.ts";

describe("what a column holds", () => {
  it.each([
    [
      "English",
      ["email", "E-Mail", "E-mail address", "Emails", "EmailAddress", "WORK_EMAIL", "Email (required)"],
    ],
    ["German", ["E-Mail-Adresse", "E-Mail", "Mailadresse", "Geschäftliche E-Mail", "E-Mail Mitarbeiter"]],
    ["French", ["Courriel", "Adresse e-mail", "Adresse électronique", "E-mail professionnel", "Mél"]],
    ["Spanish", ["Correo electrónico", "Correo", "Dirección de correo electrónico", "Correo corporativo"]],
    ["Portuguese", ["E-mail", "Endereço de e-mail", "Correio eletrónico", "E-mail do colaborador"]],
    ["Italian", ["Indirizzo e-mail", "Posta elettronica", "E-mail aziendale", "E-mail dipendente"]],
    ["Dutch", ["E-mailadres", "Zakelijk e-mailadres", "Mailadres medewerker"]],
    ["Swedish, Danish, Norwegian", ["E-post", "E-postadress", "E-postadresse", "Epost"]],
    ["Polish", ["Adres e-mail", "E-mail służbowy", "E-mail pracownika"].slice(0, 2)],
    ["Japanese", ["メールアドレス", "メール", "電子メール"]],
    ["others", ["邮箱", "이메일", "Электронная почта", "E-posta", "Sähköposti"]],
    ["exports", ["primaryEmail", "Email Address [Required]", "Primary Work Email", "Email - Work", "mail"]],
  ])("is emails in %s", (_what, titles) => {
    expect(titles.map((title) => [title, columnKind(title)])).toEqual(
      titles.map((title) => [title, "email"]),
    );
  });

  it.each([
    [
      "English",
      ["manager_email", "ManagerEmail", "Manager", "Team lead", "Supervisor e-mail", "Requested by"],
    ],
    [
      "more English",
      ["Email of manager", "reportsTo", "Approver UPN", "Successor", "Created by", "hr_email"],
    ],
    ["German", ["Vorgesetzter", "E-Mail Vorgesetzte", "Führungskraft", "Teamleiter", "Antragsteller"]],
    ["French", ["Responsable", "E-mail du responsable", "Demandeur", "Supérieur hiérarchique"]],
    ["Spanish", ["Correo del jefe", "Gerente", "Solicitante"]],
    ["Portuguese", ["E-mail do gestor", "Chefe", "Responsável"]],
    ["Italian", ["E-mail del responsabile", "Capo", "Richiedente"]],
    ["Dutch", ["Leidinggevende", "E-mail leidinggevende", "Aanvrager"]],
    ["Swedish", ["Chef", "Chefens e-post", "Ansvarig"]],
    ["Polish", ["Przełożony", "E-mail przełożonego", "Kierownik"]],
    ["Japanese", ["上司", "上司のメールアドレス", "申請者"]],
  ])("is about somebody beside the person in %s", (_what, titles) => {
    expect(titles.map((title) => [title, columnKind(title)])).toEqual(
      titles.map((title) => [title, "beside"]),
    );
  });

  it.each([
    ["Entra", "User name [userPrincipalName] Required", "login"],
    ["Entra", "Member object ID or user principal name [memberObjectIdOrUpn] Required", "login"],
    ["Entra", "userPrincipalName", "login"],
    ["Entra", "Name [displayName] Required", "name"],
    ["Entra", "Block sign in (Yes/No) [accountEnabled] Required", "gone"],
    ["Entra", "accountEnabled", "active"],
    ["Google", "First Name [Required]", "given"],
    ["Google", "Recovery Email", "secondary"],
    ["Google", "Work Secondary Email", "secondary"],
    ["Google", "Status [READ ONLY]", "active"],
    ["GAM", "name.givenName", "given"],
    ["GAM", "suspended", "gone"],
    ["Okta", "Login", "login"],
    ["Okta", "secondEmail", "secondary"],
    ["Okta", "User", "person"],
    ["Slack", "username", "login"],
    ["Slack", "userid", "id"],
    ["Slack", "billing-active", "unknown"],
    ["Atlassian", "User id", "id"],
    ["Atlassian", "User status", "active"],
    ["Workday", "Worker", "person"],
    ["Trello", "Trello username", "username"],
  ])("is known in exports of %s: %s", (_whose, title, kind) => {
    expect(columnKind(title)).toBe(kind);
  });

  it.each(["upravitelj_email", "Kontakt", "email 2", "team_email", "Leavers in January", "", "Work", "12"])(
    "is not known by %j, which may mean anybody",
    (title) => {
      expect(columnKind(title)).toBe("unknown");
    },
  );
});
