// A simple form of email: a dot-atom (RFC 5321 section 4.1.2), one @, a dot in the domain, nothing that needs quotes.
const ATOM = "[a-z0-9!#$%&'*+/=?^_`{|}~-]+";
const LABEL = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?";
const EMAIL = new RegExp(`^${ATOM}(?:\\.${ATOM})*@${LABEL}(?:\\.${LABEL})+$`);

/** The email in lower case; null if the text is not an email (RFC 5321 lengths: 64 before the @, 254 in all). */
export function emailOf(text: string): string | null {
  const email = text.trim().toLowerCase();
  return email.length <= 254 && email.indexOf("@") <= 64 && EMAIL.test(email) ? email : null;
}

/**
 * What to write instead of a text that is not an email yet. Full-width characters become plain ones. An
 * internationalized domain becomes the form that Trello and mail servers use (`xn--`). null if neither gives an
 * email.
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
