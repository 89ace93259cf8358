// Words in headings and around lists, in the languages and exports that administrators use. They are written as
// `wordsOf` returns them: lower case, without accents, one space between words.

const LETTERS: Readonly<Record<string, string>> = {
  ł: "l",
  ø: "o",
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ı: "i",
  đ: "d",
};

/** The words of a heading. `userPrincipalName` and `user_principal_name` both give the same three words. */
export function wordsOf(text: string): readonly string[] {
  const plain = text
    .normalize("NFKC")
    .replaceAll(/(\p{Ll}|\d)(\p{Lu})/gu, "$1 $2")
    .toLowerCase()
    .replaceAll(/[łøßæœıđ]/g, (letter) => LETTERS[letter] ?? letter)
    .normalize("NFKD")
    // Accents are removed only from Latin letters, because in Japanese such a mark changes the letter.
    .replaceAll(/(?<=[a-z])\p{M}+/gu, "")
    .normalize("NFC");
  return plain.split(/[^\p{L}\p{N}\p{M}]+/u).filter(Boolean);
}

export function phrases(text: string): ReadonlySet<string> {
  return new Set(text.split(/[\n,]/).flatMap((phrase) => wordsOf(phrase).join(" ") || []));
}

export function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/).flatMap(wordsOf));
}

/** A column of emails. */
export const EMAIL = phrases(`
  email, e-mail, mail, emails, e-mails, mails, trello email, email id, mail id, upn email, smtp, primary smtp,
  emailaddress, mailaddress, mailadresse, emailadresse, e-mailadresse, e-mail-adresse, epost, e-post, epostadresse,
  e-postadresse, epostadress, e-postadress, mailadres, emailadres, e-mailadres, courriel, mel, adresse courriel, adresse électronique,
  correo, correo electronico, correo-e, correio, correio eletronico, correio electronico, posta elettronica, posta,
  eposta, e-posta, e-pošta, sähköposti, sähköpostiosoite, メール, eメール, メールアドレス, eメールアドレス, 電子メール,
  電子メールアドレス, 邮箱, 电子邮件, 电子邮箱, 電子郵件, 이메일, 이메일 주소, почта, эл почта, электронная почта,
  имейл, ηλεκτρονικό ταχυδρομείο, البريد الإلكتروني, דוא ל`);

/** Headings of columns with sign-in names. These are emails or names of another system, rarely Trello usernames. */
export const LOGIN = phrases(`
  login, logon, login name, logon name, sign in name, username, user name, user names, usernames, user login, handle,
  user principal name, userprincipalname, upn, principal name, sam account name, samaccountname, account name,
  member object id or user principal name, benutzername, anmeldename, benutzerkennung, kennung, nom d'utilisateur,
  identifiant, identifiant de connexion, nombre de usuario, nome de usuario, nome de utilizador, nome utente,
  gebruikersnaam, användarnamn, brugernavn, brukernavn, käyttäjätunnus, nazwa użytkownika, kullanıcı adı,
  uživatelské jméno, ユーザー名, ユーザ名, ログイン名, 用户名, 使用者名稱, 사용자 이름, имя пользователя, логин`);

/** A column of Trello's own usernames. */
export const TRELLO_USERNAME = phrases(
  "trello username, trello user name, trello handle, trello login, trello",
);

/** A column of ids. */
export const ID = phrases(`
  id, ids, member id, memberid, id member, user id, userid, trello id, trello member id, account id, object id,
  benutzer id, identifiant unique`);

/** Headings that say only "person". Only the cells show whether such a column contains emails, ids or names. */
export const PERSON = words(`
  user users member members person people employee employees worker workers staff leaver leavers joiner joiners
  starter starters newcomer newcomers account accounts assignee participant participants colleague colleagues
  mitarbeiter mitarbeiterin mitarbeitende benutzer nutzer mitglied mitglieder person personen utilisateur utilisateurs
  employe employee collaborateur collaborateurs membre membres personne usuario usuarios empleado empleados miembro
  miembros colaborador colaboradores utilizador utilizadores funcionario funcionarios membro membros pessoa utente
  utenti dipendente dipendenti membri gebruiker gebruikers medewerker medewerkers werknemer lid leden användare
  anställd medlem medlemmar medarbetare bruger brugere bruker medarbejder ansatt uzytkownik uzytkownicy pracownik
  pracownicy osoba członek ユーザー ユーザ メンバー 社員 従業員 用户 成员 员工 사용자 직원 пользователь сотрудник
  kullanıcı çalışan`);

/** Words that do not change the meaning of a heading: `Work e-mail address (required)` means `e-mail`. */
export const NEUTRAL = words(`
  address addresses adresse adressen adres adresa adress adresy direccion endereco indirizzo electronic electronico
  electronique elettronica elettronico eletronico elektronische elektroniczny of the a s de d di del della da do du des
  der die das le la el l en your their work business company corporate corp office official primary principal main
  professional professionnel professionnelle profissional profesional corporativo aziendale lavoro trabajo trabalho
  zakelijk zakelijke werk geschaftlich geschaftliche dienstlich dienstliche firmen arbeit jobb arbejde sluzbowy
  sluzbowa sluzbowe firmowy 会社 atlassian slack google
  okta entra azure ad`);

/** Words that forms add to a heading, such as "required". */
export const FORM = words("required optional mandatory pflichtfeld obligatoire read only");

/** Headings of a second address of the person, not the work address. */
export const SECONDARY = words(`
  personal private privat private prive privee perso personnel personnelle privado privada privato privata prywatny
  prive home recovery secondary second alternate alternative`);

export const NAME = phrases(`
  name, names, full name, fullname, display name, displayname, real name, preferred name, legal name, worker name,
  employee name, name full, common name, cn, vollständiger name, anzeigename, nom, nom complet, nom affiché,
  nom et prénom, nom prénom, prénom nom, nombre, nombre completo, nombre y apellidos, nome, nome completo,
  nome e cognome, naam, volledige naam, weergavenaam, namn, fullständigt namn, navn, fullt navn, fulde navn,
  imię i nazwisko, nazwa wyświetlana, jméno a příjmení, 氏名, 名前, 表示名, 姓名, 이름, фио, имя, ad soyad, nimi`);
export const GIVEN_NAME = phrases(`
  first name, firstname, given name, givenname, name given name, forename, vorname, prénom, primer nombre, nome próprio,
  voornaam, förnamn, fornavn, imię, jméno, 名, ad`);
export const FAMILY_NAME = phrases(`
  last name, lastname, surname, family name, familyname, name family name, nachname, familienname, nom de famille,
  apellido, apellidos, sobrenome, apelido, cognome, achternaam, efternamn, efternavn, etternavn, nazwisko, příjmení,
  姓, soyad`);

export const ROLE = phrases("role, roles, trello role, workspace role, board role");
export const TEAM = phrases("team, teams, trello team");

/**
 * Beginnings of words for other people in a table, such as the manager or the requester. A plan never changes those
 * people.
 */
const BESIDE = [
  ..."manager management managed supervisor superviseur boss lead leader leads head chief director requester".split(
    " ",
  ),
  ..."requestor requested requesting approver approved approval sponsor owner owned delegate successor substitute".split(
    " ",
  ),
  ..."replacement handover reports reporting assigned inviter sender recruiter mentor buddy hr creator".split(
    " ",
  ),
  ..."by par por durch door av przez created updated modified responsible superior secretary assistant emergency".split(
    " ",
  ),
  ..."vorgesetzt leiter leitung teamleit fuhrungskraft genehmig antragstell anforder ansprechpartner vertret".split(
    " ",
  ),
  ..."nachfolg verantwortlich betreuer stellvertret auftraggeber responsable superieur demandeur gestionnaire".split(
    " ",
  ),
  ..."chef approbateur remplacant valideur referent jefe jefa gerente solicitante aprobador encargado supervisora".split(
    " ",
  ),
  ..."gestor chefe aprovador responsavel coordenador responsabile capo richiedente superiore referente approvatore".split(
    " ",
  ),
  ..."leidinggevend aanvrager teamleider verantwoordelijk ansvarig bestallare ledare leder lederen naermeste".split(
    " ",
  ),
  ..."przelozon kierownik menedzer menadzer wnioskodawca nadrizen vedouc yonetici amir esimies руковод начальник".split(
    " ",
  ),
  ..."менеджер заявитель 上司 管理者 責任者 申請者 承認者 マネージャ 経理 经理 上级 主管 申请人 관리자 상사 担当者".split(
    " ",
  ),
];

const LATIN = /^[a-z]/;
const BESIDE_WORDS = new Set(BESIDE);

/** Whether a heading is about another person than the person of the row, such as the manager. */
export function isBeside(found: readonly string[]): boolean {
  return found.some((word) =>
    BESIDE.some((start) => {
      if (!LATIN.test(start)) return word.includes(start);
      return start.length < 4 ? word === start : word.startsWith(start);
    }),
  );
}

/** Whether a text is only a word for another person: "Manager", "Their boss". */
export function isBesideOnly(found: readonly string[]): boolean {
  const telling = found.filter((word) => !NEUTRAL.has(word) && !OF_THEM.has(word));
  return telling.length > 0 && telling.every((word) => BESIDE_WORDS.has(word) || isLongBeside(word));
}

const OF_THEM = words("their his her its line direct seine ihr ihre son sa su seu sua");
/**
 * Whether a word is, or begins with, a long known word for another person. The beginning is enough, because such a
 * German word can have several endings: "Vorgesetzte", "Vorgesetzter".
 */
const isLongBeside = (word: string): boolean =>
  BESIDE.some((start) => start.length > 6 && word.startsWith(start));

/**
 * Whether a text contains a word that is usual in messages, or a word for another person, such as "manager". Only whole
 * words count, because a surname may begin with such a word.
 */
export function isProse(found: readonly string[]): boolean {
  return found.some((word) => PROSE.has(word) || BESIDE_WORDS.has(word));
}

const BY = words("by von par por da door av przez durch");

/** Whether a cell is a label for the text beside it, such as "Requested by", "Manager:" or "Total: 3". */
export function isLabel(text: string): boolean {
  return /^\P{N}*[:：]/u.test(text) || BY.has(wordsOf(text).at(-1) ?? "");
}

/**
 * Whether a cell in a column of names contains no name, but a label or the end of a message, such as "Kind regards".
 */
export function isNoName(text: string): boolean {
  const found = wordsOf(text);
  return isBesideOnly(found) || /[?!]/.test(text) || found.some((word) => PROSE.has(word));
}

/** Words that are usual in messages and requests. A text with one of these words is not a name. */
const PROSE = words(`
  please offboard onboard remove removed removing delete add invite deactivate disable suspend revoke leave leaves leaving
  left join joins joined and or but not except without instead for from to by with cc bcc re fw fwd on at in is are was
  were has have had will would should can could this that these those the who which also only keep stay stays stayed
  exception exceptions exclude excluded excluding ausnahme ausnahmen ausser sauf excepto excepciones exceto eccetto
  behalve undantag oprocz
  ticket request sent subject date attached see below above thanks thank regards cheers sincerely hi hello
  hey dear team all note notes total sum everyone everybody nobody bitte danke dank gruss grusse grussen hallo
  liebe lieber sehr mit und oder nicht fur betreff gesendet entfernen merci bonjour cordialement bonne et pas pour
  sans envoye objet gracias hola saludos atentamente por para sin enviado asunto obrigado obrigada
  cumprimentos grazie ciao saluti buongiorno per cordiali bedankt groet groeten hoi met niet voor tack hej halsningar
  inte till med och dzien dobry dziekuje pozdrawiam prosze nie oraz お願いします 宛先 差出人 件名 お世話になります`);
