/** Invented names. Their unusual forms were seen in recorded names, or are allowed by the API. */

const FIRST = [
  "Adele",
  "Bram",
  "Carmen",
  "Dmitri",
  "Esther",
  "Felix",
  "Greta",
  "Hamza",
  "Ilse",
  "Jorge",
  "Keiko",
  "Lorenz",
  "Maeve",
  "Nils",
  "Odette",
  "Pavel",
  "Rahel",
  "Sipho",
  "Teodora",
  "Ulrich",
  "Vikram",
  "Wanjiru",
  "Xavier",
  "Yolanda",
  "Zainab",
  "Anton",
  "Beatriz",
  "Cedric",
  "Dalia",
  "Emil",
  "Freya",
  "Goran",
  "Hilde",
  "Idris",
  "Jasmin",
  "Kofi",
  "Linnea",
  "Matteo",
  "Naomi",
  "Orla",
  "Piotr",
  "Rosalind",
  "Santiago",
  "Tamar",
  "Ursula",
  "Valentin",
  "Willem",
  "Yusuf",
] as const;

const LAST = [
  "Abbott",
  "Brandt",
  "Castellanos",
  "Dvorak",
  "Eriksen",
  "Fontaine",
  "Grabowski",
  "Hollis",
  "Iversen",
  "Jansen",
  "Kuznetsov",
  "Lombardi",
  "Mbeki",
  "Nguyen",
  "Ortega",
  "Prescott",
  "Quist",
  "Rinaldi",
  "Sandoval",
  "Thorne",
  "Usman",
  "Vasquez",
  "Wexler",
  "Yamada",
  "Zeller",
  "Ahmadi",
  "Bergstrom",
  "Coleman",
  "Desai",
  "Esposito",
  "Farrell",
  "Gustafson",
  "Hartmann",
  "Ishikawa",
  "Jovanovic",
  "Kerr",
  "Lindgren",
  "Moreau",
  "Nowicki",
  "Osei",
  "Pereira",
  "Radcliffe",
  "Schmitt",
  "Toivonen",
  "Underhill",
  "Vance",
  "Whitlock",
  "Zimmer",
] as const;

/** The n-th ordinary name. The first 2,304 names are all different. */
export function ordinaryName(n: number): string {
  const round = Math.floor(n / FIRST.length);
  return `${FIRST[n % FIRST.length]} ${LAST[(n * 7 + round * 5) % LAST.length]}`;
}

/** The person's earlier name. */
export function formerName(n: number): string {
  return `${FIRST[n % FIRST.length]} ${LAST[(n * 7 + 23) % LAST.length]}-Roth`;
}

const TEAMS = [
  "Kestrel Inspiration",
  "Front Desk",
  "Warehouse Tablet",
  "Ops Rota",
  "Design Team",
  "Kestrel Jobs",
  "Reception",
  "Print Room",
  "Night Shift",
] as const;

/** Names of one word: of people who give only a first name, and of accounts that a team shares. */
export const ONE_WORD: readonly string[] = [...FIRST, ...TEAMS];

/**
 * 15 names with letters outside ASCII. The first two are the same name, written with different character codes
 * (composed and decomposed).
 */
export const NOT_ASCII: readonly string[] = [
  "Zo\u00EB Lef\u00E8vre",
  "Zoe\u0308 Lefe\u0300vre",
  "Klaus Wei\u00DF",
  "\u0130pek Y\u0131lmaz",
  "I\u015F\u0131l Kaya",
  "\u0644\u064A\u0644\u0649 \u062D\u062F\u0627\u062F",
  "\u05E0\u05D5\u05E2\u05D4 \u05DC\u05D5\u05D9",
  // A Sinhala name with a zero-width joiner, and a Persian name with a zero-width non-joiner.
  "\u0DC1\u0DCA\u200D\u0DBB\u0DD3 \u0DB4\u0DD9\u0DBB\u0DDA\u0DBB\u0DCF",
  "\u0645\u06CC\u200C\u0646\u0627 \u06A9\u0631\u06CC\u0645\u06CC",
  "\u5C71\u7530\u592A\u90CE",
  "\uAE40\uBBFC\uC900",
  "Sam \u{1F98A} Rivers",
  "Siobh\u00E1n O\u2019Dell",
  "\u0141ukasz \u017B\u00F3\u0142\u0107",
  "Ng\u1ECDc Tr\u1EA7n",
];

/** A name of a given length, made of words. */
export function longName(n: number, length: number): string {
  return `${ordinaryName(n)} `
    .concat("of the Regional Programme Office ".repeat(10))
    .slice(0, length - 1)
    .concat("s");
}
