import { type Answer, type Form, formsIn, send } from "./desk-harness.ts";

/** A browser without a screen: it follows redirects by hand and keeps cookies of one machine. */
export interface Person {
  readonly cookies: ReadonlyMap<string, string>;
  /** Every address that the browser visited, in order. */
  readonly visited: readonly string[];
  get(address: string): Promise<Answer>;
  /** Goes to an address and follows redirects; where the issuer asks, signs in as `name`. */
  signIn(address: string, name: string): Promise<Answer>;
  submit(
    page: string,
    form: Form,
    fields?: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
  /** Keeps a cookie that somebody else has. */
  keep(name: string, value: string): void;
}

export function createPerson(): Person {
  const cookies = new Map<string, string>();
  const visited: string[] = [];

  function take({ headers }: Answer): void {
    for (const set of [headers["set-cookie"] ?? []].flat()) {
      const [pair = ""] = set.split(";");
      const [name = "", value = ""] = pair.split(/=(.*)/s);
      if (value === "" || /expires=Thu, 01 Jan 1970/i.test(set)) cookies.delete(name);
      else cookies.set(name, value);
    }
  }
  const cookie = () => [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");

  async function get(address: string): Promise<Answer> {
    visited.push(address);
    const answer = await send(address, { headers: { cookie: cookie() } });
    take(answer);
    return answer;
  }
  async function post(address: string, fields: Readonly<Record<string, string>>, more = {}): Promise<Answer> {
    const headers = { cookie: cookie(), "content-type": "application/x-www-form-urlencoded", ...more };
    const body = new URLSearchParams(fields).toString();
    const answer = await send(address, { method: "POST", headers, body });
    take(answer);
    return answer;
  }

  return {
    cookies,
    visited,
    get,
    async signIn(address, name) {
      let at = address;
      let answer = await get(at);
      for (let steps = 0; steps < 15; steps += 1) {
        const { location } = answer.headers;
        if (typeof location === "string") {
          at = new URL(location, at).href;
          answer = await get(at);
          continue;
        }
        const login = /<form[^>]*action="([^"]*interaction[^"]*)"/.exec(answer.text)?.[1];
        if (login === undefined) return answer;
        at = new URL(login, at).href;
        answer = await post(at, { prompt: "login", login: name, password: "any" });
      }
      throw new Error(`the sign-in goes round and round: ${visited.slice(-5).join(" ")}`);
    },
    submit: (page, { action, fields: own }, fields = {}, headers = {}) => {
      const address = new URL(action, page);
      return post(address.href, { ...own, ...fields }, { origin: address.origin, ...headers });
    },
    keep: (name, value) => void cookies.set(name, value),
  };
}

/** The forms of a page of the service. */
export const formsOf = (answer: Answer) => formsIn(answer.text);
