import type { ArmedAccount, Json } from '../../providers/provider.ts'
import { isObject } from '../../src/target/answer.ts'

/** JSON pointers at which something of this kind stands, the shortest first. */
export function pointersTo(document: Json, wanted: (value: Json) => boolean): string[] {
  const found: string[] = []
  const visit = (value: Json, pointer: string): void => {
    if (wanted(value)) found.push(pointer)
    if (typeof value !== 'object' || value === null) return
    for (const [name, member] of Object.entries(value))
      visit(member as Json, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`)
  }
  visit(document, '')
  return found.toSorted((a, b) => a.split('/').length - b.split('/').length)
}

/** Where a document names the person: by sub or e-mail before the name, which others may have too. */
export function pointersToPerson(document: Json, { id, sub, email, name }: ArmedAccount): string[] {
  const by = (text: string) => pointersTo(document, (value) => value === text)
  return [...by(sub ?? id), ...by(email), ...by(name)]
}

/** Where it shows the claims of the ID Token: an object with the members that every ID Token has. */
export function pointersToClaims(document: Json, { id, sub }: ArmedAccount): string[] {
  return pointersTo(document, (value) => isObject(value) && value.sub === (sub ?? id) && 'iss' in value && 'aud' in value)
}

/** ` It stands at /a/b.`, or nothing. */
export function standsAt(what: string, [pointer]: string[]): string {
  return pointer === undefined ? '' : ` ${what} ${JSON.stringify(pointer)}.`
}
