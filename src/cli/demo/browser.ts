import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A small program that the server starts instead of a browser. It gets the URL of a plan's page and passes the URL to
 * the demo. The demo then approves the plan on that page.
 */
export interface StandIn {
  /** The path of the program that replaces the browser. The server finds it in the environment variable `BROWSER`. */
  readonly program: string;
  close(): Promise<void>;
}

/**
 * Starts to listen for the small program that replaces the browser. `answer` is called with each URL that the server
 * opens.
 */
export async function startStandIn(answer: (address: string) => Promise<void>): Promise<StandIn> {
  const folder = await mkdtemp(join(tmpdir(), "trello-identity-browser-"));
  const server = createServer((socket) => {
    let address = "";
    socket.setEncoding("utf8").on("data", (text: string) => {
      address += text;
    });
    socket.once("end", () => {
      socket.end();
      if (address.startsWith("http://127.0.0.1:")) answer(address).catch(() => {});
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const program = await writeProgram(folder, port);
  return {
    program,
    async close() {
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Writes a program of one line that sends its argument, the URL, to the demo. The URL is not written to any file. */
async function writeProgram(folder: string, port: number): Promise<string> {
  const send = `require('node:net').connect(${port},'127.0.0.1').end(process.argv[1])`;
  if (process.platform === "win32") {
    const path = join(folder, "browser.cmd");
    await writeFile(path, `@"${process.execPath}" -e "${send}" %1\r\n`);
    return path;
  }
  const path = join(folder, "browser");
  await writeFile(path, `#!/bin/sh\nexec "${process.execPath}" -e "${send}" "$1"\n`);
  await chmod(path, 0o700);
  return path;
}

/** A page that the demo has loaded as a browser would, with the cookies of the page's session. */
export interface OpenPage {
  /** The path of the page. */
  place(): string;
  /** The HTML of the page as it was last loaded. */
  text(): string;
  /** Loads the page at `path` of the same server. Without `path`, loads the same page again. */
  load(path?: string): Promise<void>;
  /**
   * Sends the form whose address ends with the value of `action`, such as `approve`. The form's hidden fields are sent
   * too. Throws if the server refuses the form.
   */
  submit(action: string, fields?: Readonly<Record<string, string>>): Promise<void>;
}

/** Opens the URL as a browser would. */
export async function openPage(address: string): Promise<OpenPage> {
  const { origin } = new URL(address);
  const first = await send(address, {});
  const cookie = String(first.headers["set-cookie"]).split(";")[0] ?? "";
  let [at, text] = [String(first.headers["location"]), ""];
  async function load(path = at): Promise<void> {
    at = path;
    ({ text } = await send(origin + at, { cookie }));
  }
  await load();
  return {
    place: () => at,
    text: () => text,
    load,
    async submit(action, fields = {}) {
      const form = new RegExp(`action="([^"]+/${action})"[^>]*>(.*?)</form>`, "s").exec(text);
      const [, target = "", inner = ""] = form ?? [];
      const hidden = [...inner.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g)];
      const own = hidden.map(([, name = "", value = ""]) => [name, plainText(value)] as const);
      const { status, headers } = await send(
        origin + target,
        { cookie, origin, "content-type": "application/x-www-form-urlencoded" },
        new URLSearchParams({ ...Object.fromEntries(own), ...fields }).toString(),
      );
      if (status !== 303) throw new Error(`the page answered ${status} to ${action}`);
      at = String(headers["location"]);
    },
  };
}

/** Presses "Approve" on a plan's page. Returns the main facts that the page shows about the plan. */
export async function approve(page: OpenPage): Promise<readonly string[]> {
  const facts = shortPage(page.text());
  await page.submit("approve");
  return facts;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

function send(address: string, headers: Readonly<Record<string, string>>, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(address, { method: body === undefined ? "GET" : "POST", headers }, (reply) => {
      let text = "";
      reply.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      reply.once("end", () => resolve({ status: reply.statusCode ?? 0, headers: reply.headers, text }));
    });
    sent.once("error", reject);
    sent.end(body);
  });
}

/** Two lines: the heading of a plan's page, and the page's main numbers with their names. */
function shortPage(html: string): readonly string[] {
  const inner = (pattern: RegExp): string => plainText(pattern.exec(html)?.[1] ?? "");
  const figures = [...html.matchAll(/<h2>([^<]*(?:<svg.*?<\/svg>)?[^<]*)<\/h2><p class="big">(.*?)<\/p>/gs)];
  return [
    inner(/<h1>(.*?)<\/h1>/s),
    figures.map(([, name = "", figure = ""]) => `${plainText(name)}: ${plainText(figure)}`).join("; "),
  ].filter((line) => line !== "");
}

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', "#39": "'" };

/** The text of an HTML page, without its tags. */
export function plainText(markup: string): string {
  return markup
    .replace(/<[^>]*>/g, " ")
    .replace(/&([a-z]+|#39);/g, (whole, name: string) => ENTITIES[name] ?? whole)
    .replace(/\s+/g, " ")
    .trim();
}
