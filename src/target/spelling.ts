import type { Probe } from './target.ts'

/** How authors of a target's requests write what is put in their place. `NAME` stands for the name of an input or a claim. */
export interface Placeholders {
  /** The signed-in user's access token: delimiters around a name, or a bare word. */
  accessToken: string
  /** A value that the client supplies with the call. */
  input?: string | undefined
  /** A claim of the parsed ID Token, the parsed ID Token as a whole, and the raw one. */
  claim?: string | undefined
  idToken?: string | undefined
  rawIdToken?: string | undefined
}

/** The access token's placeholder in its parts. A bare word lacks one delimiter or both. */
export interface Marker {
  open: string
  name: string
  close: string
  /** As its author writes it. */
  text: string
}

/** Something other than a marker that the author leaves to be put in place. */
export type Bound = { kind: 'input' | 'claim'; name: string } | { kind: 'idToken' | 'rawIdToken' }

/** How a target writes the texts of the probe pack, which are in Appsmith's spelling. */
export interface Spelling {
  marker: Marker
  placeholders: Placeholders
  /** The name in its two parts, as somebody would write it who has the second part supplied. */
  nameParts: [head: string, tail: string]
  write(text: string): string
  /** The probe as the target's author writes it. */
  probe(probe: Probe): Probe
  /** What texts of the pack hold that this spelling has no words for, e.g. `claim`; null when there is nothing. */
  lacks(texts: readonly string[]): string | null
  /** Whether a text in this spelling holds anything that could be put in place. */
  isTemplated(text: string): boolean
  /** Whether it holds a bound value: an input, a claim, an ID Token. */
  binds(text: string): boolean
  /** A text in this spelling with values in place of what is bound. */
  bind(text: string, value: (bound: Bound) => string): string
}

const PREFIX = 'APPSMITH_USER_OAUTH2_'
const NAME = `${PREFIX}ACCESS_TOKEN`

/** Appsmith's, in which the probe pack is written. */
export const REFERENCE_PLACEHOLDERS: Placeholders = {
  accessToken: `<<${NAME}>>`,
  input: '{{this.params.NAME}}',
  claim: '{{appsmith.user.idToken.NAME}}',
  idToken: '{{appsmith.user.idToken}}',
  rawIdToken: '{{appsmith.user.rawIdToken}}',
}

/** What is bound in the pack's own texts. */
const BOUND = boundPattern(REFERENCE_PLACEHOLDERS)!
/** Delimiters, whole or cut, and the name, whole or cut, in any case. */
const MARKED = `<<|(?<cut>(?<=${NAME})>(?!>))|>>|(?<name>${NAME})|(?<prefix>${PREFIX})`
const WORDS = new RegExp(`${BOUND.source}|${MARKED}`, 'gi')
const WHOLE_MARKERS = /<<[A-Z][\w.]*>>/gi
/** Those that name something else, in whatever case. */
const OTHER_MARKERS = new RegExp(`<<(?!${NAME}>>)`, 'i')

type Groups = Record<string, string | undefined>

export function createSpelling(placeholders: Placeholders): Spelling {
  const marker = markerOf(placeholders.accessToken)
  const { open, name, close } = marker
  const nameParts = partsOf(name)
  const [otherCase, thirdCase] = otherCases(name)
  const bound = boundPattern(placeholders)
  const delimiters = [open, close].filter((text) => text !== '')
  const marks = delimiters.length > 0 ? delimiters : [name]

  function wordOf(word: string, groups: Groups): string {
    const found = boundIn(groups)
    if (found) return wordFor(placeholders, found) ?? word
    if (groups.cut !== undefined) return close.slice(0, -1)
    if (groups.prefix !== undefined) return nameParts[0]
    if (groups.name === undefined) return word === '<<' ? open : close
    return word === NAME ? name : word === NAME.toLowerCase() ? otherCase : thirdCase
  }
  const write = (text: string) => text.replace(WORDS, (word: string, ...rest: unknown[]) => wordOf(word, rest.at(-1) as Groups))

  return {
    marker,
    placeholders,
    nameParts,
    write,
    probe: (probe) => ({ ...probe, request: mapTexts(probe.request, write) }),
    lacks(texts) {
      for (const text of texts)
        for (const { groups = {} } of text.matchAll(new RegExp(BOUND, 'g'))) {
          const found = boundIn(groups)!
          if (wordFor(placeholders, found) === undefined) return found.kind
        }
      if (placeholders.input === REFERENCE_PLACEHOLDERS.input) return null
      if (texts.some((text) => text.replaceAll(new RegExp(BOUND, 'g'), '').includes('{{'))) return 'expressions'
      const needsBoth = texts.some((text) => /<<|>>/.test(text.replaceAll(WHOLE_MARKERS, '')))
      const needsOne = texts.some((text) => OTHER_MARKERS.test(text))
      return (needsBoth && delimiters.length < 2) || (needsOne && delimiters.length < 1) ? 'delimiters' : null
    },
    isTemplated: (text) => marks.some((mark) => text.includes(mark)) || (bound?.test(text) ?? false),
    binds: (text) => bound?.test(text) ?? false,
    bind: (text, value) =>
      bound ? text.replace(new RegExp(bound, 'g'), (...found: unknown[]) => value(boundIn(found.at(-1) as Groups)!)) : text,
  }
}

export const REFERENCE_SPELLING = createSpelling(REFERENCE_PLACEHOLDERS)

function markerOf(text: string): Marker {
  const [, open = '', name = text, close = ''] = /^(\W*)(.*?)(\W*)$/s.exec(text) ?? []
  return { open, name, close, text }
}

/** Cut after the last separator, or in the middle. */
function partsOf(name: string): [string, string] {
  if (name === NAME) return [PREFIX, NAME.slice(PREFIX.length)]
  const separator = /^.*[\W_](?=\w)/s.exec(name)?.[0]
  const at = separator?.length ?? Math.ceil(name.length / 2)
  return [name.slice(0, at), name.slice(at)]
}

/** Two spellings of the name that differ from it, and from one another, in case only. */
function otherCases(name: string): [string, string] {
  if (name === NAME) return [NAME.toLowerCase(), 'Appsmith_User_OAuth2_Access_Token']
  const title = name.replace(/[a-z]+/gi, (word) => word[0]!.toUpperCase() + word.slice(1).toLowerCase())
  const [first = name, second = first] = [name.toLowerCase(), title, name.toUpperCase()].filter((spelling) => spelling !== name)
  return [first, second]
}

function boundIn({ input, claim, idToken, rawIdToken }: Groups): Bound | null {
  if (input !== undefined) return { kind: 'input', name: input }
  if (claim !== undefined) return { kind: 'claim', name: claim }
  if (idToken !== undefined) return { kind: 'idToken' }
  return rawIdToken === undefined ? null : { kind: 'rawIdToken' }
}

function wordFor(placeholders: Placeholders, bound: Bound): string | undefined {
  const word = placeholders[bound.kind]
  return 'name' in bound ? word?.replaceAll('NAME', () => bound.name) : word
}

/** Finds what is bound in texts of that spelling, with the groups that `boundIn` reads; null where it has no words for any. */
function boundPattern({ input, claim, idToken, rawIdToken }: Placeholders): RegExp | null {
  // `replace` takes the first NAME only, and a second one must then be the same.
  const named = (word: string, group: string) =>
    escaped(word).replace('NAME', `(?<${group}>\\w+)`).replaceAll('NAME', `\\k<${group}>`)
  const words = [
    ...(input === undefined ? [] : [named(input, 'input')]),
    ...(claim === undefined ? [] : [named(claim, 'claim')]),
    ...(idToken === undefined ? [] : [`(?<idToken>${escaped(idToken)})`]),
    ...(rawIdToken === undefined ? [] : [`(?<rawIdToken>${escaped(rawIdToken)})`]),
  ]
  return words.length > 0 ? new RegExp(words.join('|')) : null
}

/** A text as a regular expression that matches just it. */
export function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

type Request = Probe['request']

/** The request with each text of its author replaced; what is no text of theirs stays: the method, kinds, names of API keys. */
function mapTexts(request: Request, write: (text: string) => string): Request {
  const { base, path, headers, query, connection, next, body } = request
  const pairs = (list: [string, string][]) => list.map(([name, value]): [string, string] => [write(name), write(value)])
  const auth = connection?.auth
  return {
    ...request,
    ...(base !== undefined && { base: write(base) }),
    path: write(path),
    headers: pairs(headers),
    query: pairs(query),
    ...(connection && {
      connection: {
        ...connection,
        ...(connection.path !== undefined && { path: write(connection.path) }),
        ...(auth && {
          auth: auth.kind === 'bearer' ? { ...auth, token: write(auth.token) } : { ...auth, value: write(auth.value) },
        }),
      },
    }),
    ...(next && { next: { path: write(next.path), query: pairs(next.query) } }),
    body: bodyIn(body, write, pairs),
  }
}

function bodyIn(
  body: Request['body'],
  write: (text: string) => string,
  pairs: (list: [string, string][]) => [string, string][],
): Request['body'] {
  switch (body.kind) {
    case 'none':
      return body
    case 'text':
    case 'json':
      return { ...body, content: write(body.content) }
    case 'form':
    case 'multipart':
      return { ...body, content: pairs(body.content) }
    case 'graphql':
      return { ...body, content: { query: write(body.content.query), variables: write(body.content.variables) } }
  }
}

/** All that an author writes in a request. */
export function textsOf(request: Request): string[] {
  const texts: string[] = []
  mapTexts(request, (text) => {
    texts.push(text)
    return text
  })
  return texts
}
