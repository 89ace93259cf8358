import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
} from "jose";

/** A key with which the issuer signs. */
export interface Key {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

/** An issuer on loopback: it publishes a discovery document and keys, and signs whatever it is asked to. */
export interface TestIssuer {
  readonly url: string;
  /** The keys that it publishes now. */
  keys: Key[];
  /** What it calls itself in its discovery document. */
  name: string;
  /** Whether it answers. */
  isUp: boolean;
  /** How often the keys were fetched. */
  fetched: number;
  /** Answers codes with tokens, and access tokens with userinfo; null: no one signs in there by a browser. */
  people: {
    tokens(form: URLSearchParams, authorization: string | undefined): Promise<object>;
    readonly userinfo: object | null;
    /** Whether it names itself in its answers. */
    readonly namesItself?: boolean;
    readonly methods?: readonly string[];
  } | null;
  sign(claims: JWTPayload, key?: Key, header?: Partial<JWTHeaderParameters>): Promise<string>;
  close(): Promise<void>;
}

export async function makeKey(kid: string, alg = "RS256"): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: "sig" } };
}

export async function startIssuer(
  path = "",
  form = "/.well-known/openid-configuration",
): Promise<TestIssuer> {
  const server = createServer((request, response) => {
    if (!issuer.isUp) return void response.writeHead(503).end();
    const json = (value: unknown) =>
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
    if (request.url === `${path}${form}` || request.url === `${form}${path}`)
      return void json({
        issuer: issuer.name,
        jwks_uri: `${origin}${path}/jwks`,
        ...(issuer.people && {
          authorization_endpoint: `${origin}${path}/auth?tenant=1`,
          token_endpoint: `${origin}${path}/token`,
          ...(issuer.people.userinfo && { userinfo_endpoint: `${origin}${path}/me` }),
          ...(issuer.people.namesItself && { authorization_response_iss_parameter_supported: true }),
          ...(issuer.people.methods && { token_endpoint_auth_methods_supported: issuer.people.methods }),
        }),
      });
    if (request.url === `${path}/token` && issuer.people) {
      const { people } = issuer;
      let form = "";
      request.setEncoding("utf8").on("data", (part: string) => (form += part));
      return void request.on("end", () => {
        people
          .tokens(new URLSearchParams(form), request.headers.authorization)
          .then(json, (thrown: Error) => {
            response.writeHead(401, { "content-type": "application/json" });
            response.end(JSON.stringify({ error: thrown.message }));
          });
      });
    }
    if (request.url === `${path}/me` && issuer.people) return void json(issuer.people.userinfo);
    if (request.url === `${path}/jwks`) {
      issuer.fetched += 1;
      return void json({ keys: issuer.keys.map(({ publicJwk }) => publicJwk) });
    }
    return void response.writeHead(404).end("<html>nothing</html>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const first = await makeKey("first");
  const issuer: TestIssuer = {
    url: `${origin}${path}`,
    keys: [first],
    name: `${origin}${path}`,
    isUp: true,
    people: null,
    fetched: 0,
    sign: (claims, key = first, header = {}) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: "at+jwt", ...header })
        .sign(key.privateKey),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return issuer;
}
