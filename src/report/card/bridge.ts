/**
 * How the card in the chat talks to the client that shows it (MCP Apps, 2026-01-26): JSON-RPC by `postMessage`. The
 * card sends five kinds of messages: two for the handshake, one with the height of the card, calls of the read tool
 * `get_run`, and `ui/open-link` for the plan's URL. The official package is not used, because its 540 KB would be sent
 * with every card.
 */
export const BRIDGE = `
const VERSION = "2026-01-26";
const WAITING_MS = 5000;
const RUNNING_MS = 2000;
const MOST_FAILURES = 3;
const MOST_LOOKS = 600;
const answers = new Map();
let sent = 0;
let host = {};
let known = {};
let view = null;
let timer = 0;
let failures = 0;
let looks = 0;

function send(message) {
  window.parent.postMessage({ jsonrpc: "2.0", ...message }, "*");
}

function ask(method, params) {
  sent += 1;
  const id = sent;
  send({ id, method, params });
  return new Promise((resolve, reject) => answers.set(id, { resolve, reject }));
}

window.addEventListener("message", ({ source, data }) => {
  if (source !== window.parent || data?.jsonrpc !== "2.0") return;
  if (data.method === undefined) {
    const answer = answers.get(data.id);
    answers.delete(data.id);
    if (data.error) answer?.reject(data.error);
    else answer?.resolve(data.result);
    return;
  }
  if (data.id === undefined) return void hear(data.method, data.params ?? {});
  if (data.method === "ui/resource-teardown") clearTimeout(timer);
  if (data.method === "ui/resource-teardown" || data.method === "ping") send({ id: data.id, result: {} });
  else send({ id: data.id, error: { code: -32601, message: "Method not found" } });
});

function hear(method, params) {
  if (method === "ui/notifications/tool-result") show(params);
  else if (method === "ui/notifications/host-context-changed") takeTheme(params);
  else if (method === "ui/notifications/tool-cancelled") show({ content: [{ type: "text", text: "The call was cancelled." }] });
}

function takeTheme({ theme } = {}) {
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
}

function show(answer) {
  ({ known, view } = viewOf(known, answer));
  draw(view);
  clearTimeout(timer);
  if (view.follow === "" || !host.serverTools) return;
  timer = setTimeout(look, view.progress ? RUNNING_MS : WAITING_MS);
}

/* Reads the state again. A host that refuses to is left alone. */
async function look() {
  looks += 1;
  if (failures >= MOST_FAILURES || looks > MOST_LOOKS) return;
  try {
    const answer = await ask("tools/call", { name: "get_run", arguments: { runId: view.follow } });
    if (!isState(answer)) throw answer;
    failures = 0;
    show(answer);
  } catch {
    failures += 1;
    timer = setTimeout(look, WAITING_MS);
  }
}

async function openPage() {
  const answer = host.openLinks ? await ask("ui/open-link", { url: view.url }).catch(() => null) : null;
  if (answer && answer.isError !== true) return;
  const place = byId("address");
  place.hidden = false;
  place.replaceChildren("Open this address in a browser: ", bdi(view.url));
}

function tellHeight() {
  const height = Math.ceil(document.querySelector("main").getBoundingClientRect().height);
  send({ method: "ui/notifications/size-changed", params: { height } });
}

byId("open").addEventListener("click", () => void openPage());
setInterval(() => view && draw(view), 1000);
ask("ui/initialize", {
  appInfo: { name: "trello-identity-card", version: "1" },
  appCapabilities: { availableDisplayModes: ["inline"] },
  protocolVersion: VERSION,
}).then(({ hostCapabilities, hostContext }) => {
  host = hostCapabilities ?? {};
  takeTheme(hostContext);
  send({ method: "ui/notifications/initialized" });
  new ResizeObserver(tellHeight).observe(document.querySelector("main"));
}, () => {});
`;
