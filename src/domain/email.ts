// Deliberately plain: a dot-atom (RFC 5321 section 4.1.2), one @, a dot in the domain, nothing that needs quotes.
const ATOM = "[a-z0-9!#$%&'*+/=?^_`{|}~-]+";
const LABEL = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?";
const EMAIL = new RegExp(`^${ATOM}(?:\\.${ATOM})*@${LABEL}(?:\\.${LABEL})+$`);

/** The email in lower case, or null if it is none (RFC 5321 lengths: 64 before the @, 254 in all). */
export function emailOf(text: string): string | null {
  const email = text.trim().toLowerCase();
  return email.length <= 254 && email.indexOf("@") <= 64 && EMAIL.test(email) ? email : null;
}

/**
 * What to write instead of a text that is no email yet: full-width characters as plain ones, an internationalized domain
 * as Trello and mail servers know it (`xn--`). null if no email is found in the text in either way.
 */
export function plainEmailFor(text: string): string | null {
  const plain = text
    .normalize("NFKC")
    .replaceAll("。", ".")
    .replace(/[\s\p{Cf}]/gu, "")
    .toLowerCase();
  const at = plain.lastIndexOf("@");
  if (at < 1) return null;
  const ascii = asciiDomain(plain.slice(at + 1));
  const email = ascii === null ? null : emailOf(`${plain.slice(0, at)}@${ascii}`);
  return email === emailOf(text) ? null : email;
}

function asciiDomain(domain: string): string | null {
  if (/[/:@?#%\\\s]/.test(domain)) return null;
  const url = `http://${domain}/`;
  return URL.canParse(url) ? new URL(url).hostname : null;
}
