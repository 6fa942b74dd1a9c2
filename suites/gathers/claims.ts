import { randomBytes } from 'node:crypto'
import type { Json } from '../../providers/provider.ts'

export type Claims = { [name: string]: Json }

/** Unique, and public: it may stand where the ID Token may stand, and nowhere else. */
export function publicCanary(): string {
  return randomBytes(18).toString('base64url')
}

/** Claims of every JSON type, in plain names and plain text, so that nothing but their type and value is at stake. */
export function richClaims(): Claims {
  return {
    email: `Mixed.Case-${randomBytes(4).toString('hex')}@tokenward.test`,
    given_name: 'Alice',
    family_name: 'Liddell',
    picture: 'https://pictures.test/alice.png',
    locale: 'en-GB',
    updated_at: 1_700_000_000,
    tw_public_canary: publicCanary(),
    level: 3,
    score: 0.25,
    negative: -7,
    active: true,
    suspended: false,
    manager: null,
    teams: ['blue', 'green'],
    only: ['one'],
    none: [],
    address_book: { office: { floor: 4, open: true, desks: ['a', 'b'] }, home: null },
    biography: 'Curiouser and curiouser, she said. '.repeat(8).trim(),
  }
}

/** Names that stores and templates stumble over. Plain values. */
export const namespacedClaims: Claims = {
  'https://tokenward.test/claims/roles': 'reader',
  'urn:tokenward:level': 'seven',
  'dotted.name.here': 'dots',
  $dollar: 'dollar',
  price$usd: 'inner dollar',
  '1st_choice': 'digit',
  'with-dash': 'dash',
  'with space': 'space',
}

/** Text that transcoding damages. Plain names. */
export const unicodeClaims: Claims = {
  text_greek: 'Ἀλίκη ἐν χώρᾳ θαυμάτων',
  text_japanese: '不思議の国のアリス',
  text_hebrew: 'אליס בארץ הפלאות',
  text_emoji: 'tea 🫖 party 👩🏽‍🚀 🎩',
  text_combining: 'e\u0301 and \u00e9 are two spellings',
  text_controls: 'tab\t newline\n backslash\\ escape\u001b',
  text_separators: 'line\u2028paragraph\u2029end',
}

/** What a dialog says that a claim's script opened. */
export const HOSTILE_MARK = '1337'

/** Values that a page or a template might execute. */
export const hostileClaims: Claims = {
  html: `<img src=x onerror=alert(${HOSTILE_MARK})>`,
  script: `</script><script>alert(${HOSTILE_MARK})</script>`,
  attribute: `"><svg onload=alert(${HOSTILE_MARK})>`,
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the attack is that somebody else evaluates it.
  mustache: '{{7*7}} ${7*7} <%= 7*7 %>',
  entities: '&lt;b&gt; &amp; &#39;',
  url: `javascript:alert(${HOSTILE_MARK})`,
  // A client that evaluates what a binding evaluated to runs this.
  binding: `{{(() => { globalThis.alert?.(${HOSTILE_MARK}); return 'evaluated' })()}}`,
}
