import type { Reply } from "../route.ts";

export interface Question {
  /** The application's name, as it calls itself. */
  readonly name: string;
  readonly person: string;
  readonly scopes: readonly string[];
  readonly expiration: string;
  /** Sent back with the answer. */
  readonly fields: Readonly<Record<string, string>>;
}

/** The page that asks a person; its form has the two buttons Allow and Deny. */
export function askPage({ name, person, scopes, expiration, fields }: Question): Reply {
  const hidden = Object.entries(fields).map(
    ([key, value]) => `<input type="hidden" name="${escape(key)}" value="${escape(value)}">`,
  );
  return page(
    "Sandbox: allow access?",
    `<p>Signed in as ${escape(person)}. <strong>${escape(name)}</strong> asks for:</p>`,
    `<ul>${scopes.map((scope) => `<li>${escape(scope)}</li>`).join("")}</ul>`,
    `<p>Expires: ${escape(expiration)}.</p>`,
    `<form method="post">${hidden.join("")}`,
    `<button name="decision" value="allow">Allow</button> <button name="decision" value="deny">Deny</button></form>`,
  );
}

/** Shown where the application named no address to go back to (`oob`, RFC 5849 section 2.1). */
export function verifierPage(verifier: string): Reply {
  return page("Sandbox: allowed", `<p>Give this to the application:</p><pre>${escape(verifier)}</pre>`);
}

function page(title: string, ...body: readonly string[]): Reply {
  const head = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escape(title)}</title>`;
  return {
    status: 200,
    text: `${head}<h1>${escape(title)}</h1>${body.join("\n")}</html>\n`,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    },
  };
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
