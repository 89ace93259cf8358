import type { Reply } from "./route.ts";

/** Makes an HTML page of the sandbox that a person can read. */
export function page(title: string, ...body: readonly string[]): Reply {
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

interface Question {
  /** The name of the application. */
  readonly name: string;
  readonly person: string;
  readonly scopes: readonly string[];
  /** A line on the page that says how long the access lasts, or which workspaces it covers. */
  readonly more: string;
  /** Sent back with the answer. */
  readonly fields: Readonly<Record<string, string>>;
}

/** The page that asks a person to allow or deny the access. */
export function askPage({ name, person, scopes, more, fields }: Question): Reply {
  const hidden = Object.entries(fields).map(
    ([key, value]) => `<input type="hidden" name="${escape(key)}" value="${escape(value)}">`,
  );
  return page(
    "Sandbox: allow access?",
    `<p>Signed in as ${escape(person)}. <strong>${escape(name)}</strong> asks for:</p>`,
    `<ul>${scopes.map((scope) => `<li>${escape(scope)}</li>`).join("")}</ul>`,
    `<p>${escape(more)}</p>`,
    `<form method="post">${hidden.join("")}`,
    `<button name="decision" value="allow">Allow</button> <button name="decision" value="deny">Deny</button></form>`,
  );
}

export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
