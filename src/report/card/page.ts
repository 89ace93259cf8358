import { html, page } from "../page.ts";
import { BRIDGE } from "./bridge.ts";
import { DRAWING } from "./drawing.ts";
import { STATES } from "./states.ts";
import { STYLE } from "./style.ts";

/**
 * The page of the card that shows a plan or a run in the chat. The page contains no data: the client gives it the
 * result of a call. It can show and open the plan's URL, but it cannot decide.
 */
export function cardPage(): string {
  return page({ title: "Plan", body: BODY, style: STYLE, script: SCRIPT });
}

/**
 * The whole script of the card: `STATES` computes what to show, then come the drawing and the messages to the client.
 */
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
