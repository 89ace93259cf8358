import { html, type Markup, textOf, written } from "./markup.ts";
import { STYLE } from "./style.ts";

// Kept, mailed and opened years later: the page runs nothing, fetches nothing and sends nothing.
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** A whole page in one file, light and dark, for a screen, a phone and paper. */
export function page({ title, body }: { readonly title: string; readonly body: Markup }): string {
  return textOf(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${written(STYLE)}</style>
</head>
<body>
${body}
</body>
</html>
`);
}
