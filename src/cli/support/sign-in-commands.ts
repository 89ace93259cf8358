/** The commands `login` and `logout`, as a part of the table of commands. */
export const SIGN_IN_COMMANDS = {
  login: {
    says: "signs in to Trello: by OAuth 2.0 if TRELLO_OAUTH2_CLIENT_ID is set (stored encrypted); otherwise makes a token by OAuth 1.0 with TRELLO_API_KEY and TRELLO_API_SECRET",
    flags: {
      oauth2: {
        type: "boolean",
        says: "sign in by OAuth 2.0; this is the default if TRELLO_OAUTH2_CLIENT_ID is set",
      },
      paste: {
        type: "boolean",
        says: "OAuth 2.0, if the browser is on another machine: you paste the address that it shows at the end",
      },
      callback: {
        type: "string",
        value: "URL",
        says: "OAuth 2.0: the callback address that the app lists; default http://127.0.0.1:PORT/callback",
      },
      scopes: {
        type: "string",
        value: "LIST",
        says: "what the token may do: read, write, account, with commas; without this flag, the command asks",
      },
      expiry: {
        type: "string",
        value: "EXPIRY",
        choices: ["1hour", "1day", "30days", "never"],
        says: "how long the token is valid; without this flag, the command asks",
      },
      open: { type: "boolean", says: "open the browser" },
      port: {
        type: "string",
        value: "N",
        says: "port of this machine to which the browser returns after the sign-in; default 8724",
      },
      "write-env": {
        type: "string",
        value: "FILE",
        says: "write the settings of the new token to a file instead of standard output",
      },
      force: { type: "boolean", says: "replace that file" },
    },
    settings: true,
    examples: [
      "login --oauth2 --open",
      "login --oauth2 --paste",
      "login --scopes read,write --expiry 30days --open --write-env trello.env",
    ],
  },
  logout: {
    says: "ends the access to Trello: deletes the sign-in, asks Atlassian to revoke it, and says where to check",
    flags: {},
    settings: true,
    examples: ["logout"],
  },
} as const;
