import { html, page } from "../page.ts";
import { BRIDGE } from "./bridge.ts";
import { DRAWING } from "./drawing.ts";
import { STATES } from "./states.ts";
import { STYLE } from "./style.ts";

/**
 * The card of a plan or a run, for a host that shows it in the chat. The page has no data of its own: the host hands it
 * the result of a call. It reads, and opens the address of the plan. It has no form, no key and no tool that decides.
 */
export function cardPage(): string {
  return page({ title: "Plan", body: BODY, style: STYLE, script: SCRIPT });
}

/** The whole script of the card. Its parts are `STATES`, which is data in and data out, the drawing, and the host. */
export const SCRIPT = `"use strict";\n${STATES}${DRAWING}${BRIDGE}`;

const BODY = html`<main>
<p class="state" id="state" role="status">Waiting for the answer of the tool</p>
<div id="card"><h1>Plan</h1></div>
<div class="act" id="act" hidden>
<p><button id="open" type="button" aria-describedby="note">Open the approval page</button></p>
<p id="address" hidden></p>
<p class="note" id="note">This card shows the plan and decides nothing. A person decides outside of the chat.</p>
</div>
</main>`;
