import { ENTITY_NAMES, isAlphanumeric } from './escapes.ts'
import { LOWER_HEX, UPPER_HEX } from './variants.ts'

/** How one encoder spells bytes: null where it leaves them. */
export interface Spelling {
  /** It spells every byte, so a match is found without escapes being few. */
  full: boolean
  table: readonly (Buffer | null)[]
}

function spelling(spell: (c: number) => string, escapes: (character: string, c: number) => boolean, full = false): Spelling {
  const table = Array.from({ length: 256 }, (_, c) => {
    const spelt = full || escapes(String.fromCharCode(c), c) ? spell(c) : ''
    return spelt.length > 1 ? Buffer.from(spelt, 'latin1') : null
  })
  return { full, table }
}

type Escapes = (character: string, c: number) => boolean
const nonAlphanumeric: Escapes = (_, c) => !isAlphanumeric(c)
const oneOf =
  (set: string): Escapes =>
  (character) =>
    set.includes(character)
const allBut =
  (kept: RegExp): Escapes =>
  (character) =>
    !kept.test(character)

/** encodeURIComponent; URLSearchParams; escape(); a path encoder that keeps `/`; partial ones. */
const PERCENT_SETS = [
  allBut(/[\w.!~*'()-]/),
  allBut(/[\w.*-]/),
  allBut(/[\w@*+./-]/),
  allBut(/[\w.~/-]/),
  ...['/', '+', '='].map(oneOf),
  nonAlphanumeric,
]
const SCRIPT_SETS = [nonAlphanumeric, ...['/', '+', '=', '-', '-='].map(oneOf)]
const ENTITY_SETS = [nonAlphanumeric, ...['/', '+', '=', '/=', '/=+'].map(oneOf)]

const hexadecimal = (before: string, after = ''): ((c: number) => string)[] => [
  (c) => `${before}${UPPER_HEX[c]!}${after}`,
  (c) => `${before}${LOWER_HEX[c]!}${after}`,
]
const decimalEntity = (c: number) => `&#${c};`
const namedEntity = (c: number) => {
  const name = ENTITY_NAMES[String.fromCharCode(c)]
  return name === undefined ? String.fromCharCode(c) : `&${name};`
}
const numericSpellers = [...hexadecimal('%'), ...hexadecimal('%25'), ...hexadecimal('\\u00'), ...hexadecimal('\\x')]
const entitySpellers = [decimalEntity, ...hexadecimal('&#x', ';')]

/** Spellings of a value inside URLs, scripts, JSON and HTML; those of some characters, then those of all. */
export const SPELLINGS: readonly Spelling[] = [
  ...[...hexadecimal('%'), ...hexadecimal('%25')].flatMap((spell) => PERCENT_SETS.map((set) => spelling(spell, set))),
  ...[...hexadecimal('\\u00'), ...hexadecimal('\\\\u00'), ...hexadecimal('\\x')].flatMap((spell) =>
    SCRIPT_SETS.map((set) => spelling(spell, set)),
  ),
  ...[...entitySpellers, namedEntity].flatMap((spell) => ENTITY_SETS.map((set) => spelling(spell, set))),
  ...['/', '"', '"/'].map((set) => spelling((c) => `\\${String.fromCharCode(c)}`, oneOf(set))),
  spelling((c) => `\\${String.fromCharCode(c)}`, oneOf('"\\')),
  spelling((c) => `\\\\${String.fromCharCode(c)}`, oneOf('/')),
  ...[...numericSpellers, ...entitySpellers].map((spell) => spelling(spell, () => true, true)),
]

export const LONGEST_SPELLING = Math.max(...SPELLINGS.flatMap(({ table }) => table.map((spelt) => spelt?.length ?? 1)))
