/** A document that this project was created from. */
export interface SeedDocument {
  title: string
  /** Which state of it: the page changed over the years. */
  edition: string
  url: string
}

const APPSMITH = 'https://docs.appsmith.com'
const AUTHENTICATION = `${APPSMITH}/getting-started/setup/instance-configuration/authentication`

/** Product documentation of Appsmith in four states, and Auth0's page on the JWT. Oldest first. */
export const documents = {
  jwt: {
    title: "Auth0's documentation, “JSON Web Token”",
    edition: 'with sections on what JWTs are used for',
    url: 'https://auth0.com/docs/jwt',
  },
  'appsmith-jwt-2022': {
    title: "Appsmith's documentation, “JSON Web Tokens (JWT)”",
    edition: 'of the enterprise edition, 2022',
    url: `${APPSMITH}/core-concepts/json-web-tokens-jwt`,
  },
  'appsmith-jwt-2023': {
    title: "Appsmith's documentation, “JSON Web Tokens (JWT)”",
    edition: 'of the business edition, 2023, shortened',
    url: `${AUTHENTICATION}/json-web-tokens-jwt`,
  },
  'appsmith-tokens-business': {
    title: "Appsmith's documentation, “Identity and Access Tokens”",
    edition: 'of the business edition, as the page showed it',
    url: `${AUTHENTICATION}/json-web-tokens-jwt`,
  },
  'appsmith-tokens': {
    title: "Appsmith's documentation, “Identity and Access Tokens”",
    edition: 'tagged Enterprise, as its source has it',
    url: `${AUTHENTICATION}/json-web-tokens-jwt`,
  },
} as const satisfies Record<string, SeedDocument>

export type SeedId = keyof typeof documents

/** One thing that a target or its tokens can keep or break. */
export interface SeedPromise {
  /** Word by word, without the markup of its document, which is the first of `documents`. */
  quote: string
  /** Every document that says so, in these or in other words of the same meaning. */
  documents: readonly [SeedId, ...SeedId[]]
  /** What a reader should know of how it is held. */
  note?: string
}

/** The common shape. */
export function promised(documents: SeedPromise['documents'], quote: string, note?: string): SeedPromise {
  return { quote, documents, ...(note === undefined ? {} : { note }) }
}
