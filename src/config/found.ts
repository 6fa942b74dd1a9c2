const LONGEST = 40
/** Keys whose values are credentials, whatever they look like. */
const CONFIDENTIAL = /secret|password|passwd|passphrase|credential|authorization|cookie|api-?key|csrf|xsrf/i
/** `Bearer …`, a JWT, an address with a password in it, or what is long, random and no word. */
const CREDENTIAL = /^(?:bearer|basic|digest)\s|eyJ[\w-]+\.|:\/\/[^/@\s]*:[^/@\s]*@|^(?=.*\d)(?=.*[a-z])[\w+/=~-]{24,}$/i

/** What an author wrote, as an error message may show it: shortened, and never a credential. */
export function found(value: unknown, path: readonly PropertyKey[]): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  switch (typeof value) {
    case 'object':
      return Object.keys(value).length === 0 ? 'an empty object' : 'an object'
    case 'string':
      return value !== '' && isConfidential(value, path) ? 'a text (not shown: it may be a credential)' : shortened(value)
    case 'number':
    case 'bigint':
      return isConfidential('', path) ? 'a number (not shown)' : String(value)
    case 'boolean':
      return String(value)
    case 'undefined':
      return 'undefined'
    default:
      return `a ${typeof value}`
  }
}

function isConfidential(value: string, path: readonly PropertyKey[]): boolean {
  return (
    path[0] === 'secrets' || path.some((key) => key === 'headers' || CONFIDENTIAL.test(String(key))) || CREDENTIAL.test(value)
  )
}

function shortened(text: string): string {
  const characters = [...text]
  return JSON.stringify(characters.length > LONGEST ? `${characters.slice(0, LONGEST).join('')}…` : text)
}
