import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import type { Client } from "@modelcontextprotocol/client";
import { build } from "esbuild";
import type { Browser, Frame, Page } from "playwright-core";

/** A host page of a chat: it shows a card in a sandboxed frame and talks with it by the package's own bridge. */
export interface CardHost {
  readonly page: Page;
  readonly card: Frame;
  /** Addresses that the card asked the host to open. */
  opened(): Promise<readonly string[]>;
  /** Every message of the card, in order. */
  messages(): Promise<readonly CardMessage[]>;
  /** Everything that the console said: a refused script or style says so there. */
  readonly said: readonly string[];
  /** Hands the card the result of a call, as a host does. */
  hand(result: object): Promise<void>;
  setTheme(theme: "light" | "dark"): Promise<void>;
  close(): Promise<void>;
}

export interface CardMessage {
  readonly method?: string;
  readonly params?: { readonly name?: string; readonly arguments?: unknown; readonly url?: string };
}

interface Look {
  readonly width?: number;
  readonly theme?: "light" | "dark";
  /** What the host can do for the card. */
  readonly capabilities?: object;
}

const HOST = `
import { AppBridge, PostMessageTransport } from "@modelcontextprotocol/ext-apps/app-bridge";
const { theme, capabilities } = JSON.parse(document.body.dataset.look);
const frame = document.createElement("iframe");
frame.title = "Card";
frame.setAttribute("sandbox", "allow-scripts");
document.body.append(frame);
window.messages = [];
window.opened = [];
window.addEventListener("message", ({ source, data }) => {
  if (source === frame.contentWindow) window.messages.push(data);
});
const bridge = new AppBridge(null, { name: "test-host", version: "1.0.0" }, capabilities, { hostContext: { theme } });
bridge.oncalltool = (params) => window.callTool(params);
bridge.onopenlink = async ({ url }) => {
  window.opened.push(url);
  return {};
};
bridge.onsizechange = ({ height }) => {
  frame.style.height = height + "px";
};
window.ready = new Promise((resolve) => {
  bridge.oninitialized = resolve;
});
window.bridge = bridge;
await bridge.connect(new PostMessageTransport(frame.contentWindow, frame.contentWindow));
frame.src = "/card";
`;

/** The policy that a host makes for a card of these origins (MCP Apps, 2026-01-26). */
function policyOf({ connectDomains, resourceDomains }: Readonly<Record<string, readonly string[]>>): string {
  const from = (resourceDomains ?? []).join(" ");
  const connect = connectDomains?.length ? connectDomains.join(" ") : "'none'";
  return `default-src 'none'; script-src 'self' 'unsafe-inline' ${from}; style-src 'self' 'unsafe-inline' ${from}; img-src 'self' data: ${from}; connect-src ${connect}; frame-src 'none'; object-src 'none'; sandbox allow-scripts`;
}

/** Reads the card from the server as a host does, and shows it. */
export async function openCard(browser: Browser, client: Client, look: Look = {}): Promise<CardHost> {
  const { width = 720, theme = "light", capabilities = { serverTools: {}, openLinks: {} } } = look;
  const [resource] = (await client.readResource({ uri: "ui://trello-identity/card" })).contents;
  const { text, _meta } = resource as unknown as {
    readonly text: string;
    readonly _meta: { readonly ui: { readonly csp: Readonly<Record<string, readonly string[]>> } };
  };
  const bundle = await build({
    stdin: { contents: HOST, resolveDir: fileURLToPath(new URL("../..", import.meta.url)) },
    bundle: true,
    format: "esm",
    write: false,
  });
  const script = bundle.outputFiles[0]?.text ?? "";
  const server = createServer((request, response) => {
    if (request.url === "/card") {
      response.setHeader("content-security-policy", policyOf(_meta.ui.csp));
      response.setHeader("content-type", "text/html").end(text);
    } else if (request.url === "/host.js") {
      response.setHeader("content-type", "text/javascript").end(script);
    } else {
      const data = JSON.stringify({ theme, capabilities }).replaceAll('"', "&quot;");
      const style = `margin: 0; background: ${theme === "dark" ? "#111" : "#fff"}`;
      response.setHeader("content-type", "text/html");
      response.end(
        `<!doctype html><html lang="en"><title>Chat</title><link rel="icon" href="data:,"><style>iframe { border: 0; width: 100%; }</style><body data-look="${data}" style="${style}"><script type="module" src="/host.js"></script>`,
      );
    }
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  // The system's theme is the other one, so that only the host's theme counts.
  const context = await browser.newContext({
    viewport: { width, height: 1400 },
    colorScheme: theme === "light" ? "dark" : "light",
  });
  const page = await context.newPage();
  const said: string[] = [];
  page.on("console", (message) => message.type() !== "debug" && said.push(message.text()));
  page.on("pageerror", (error) => said.push(error.message));
  await page.exposeFunction("callTool", (params: Parameters<Client["callTool"]>[0]) =>
    client.callTool(params),
  );
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.evaluate("window.ready");
  const card = page.frames().find((frame) => frame.url().endsWith("/card"));
  if (!card) throw new Error("the host shows no card");
  return {
    page,
    card,
    opened: () => page.evaluate<readonly string[]>("window.opened"),
    messages: () => page.evaluate<readonly CardMessage[]>("window.messages"),
    said,
    hand: (result) => page.evaluate(`bridge.sendToolResult(${JSON.stringify(result)})`),
    setTheme: (next) => page.evaluate(`bridge.setHostContext({ theme: ${JSON.stringify(next)} })`),
    async close() {
      await context.close();
      server.close();
    },
  };
}
