/** One `Set-Cookie` line, parsed as RFC 6265bis §5.6 says; not yet judged by who sent it. */
export interface ParsedCookie {
  name: string
  value: string
  /** Lower-cased, without leading dot; null when absent or empty. */
  domain: string | null
  /** Null when absent or not absolute: the default path applies. */
  path: string | null
  /** Milliseconds since the epoch; null for a session cookie. */
  expires: number | null
  secure: boolean
  httpOnly: boolean
  sameSite: SameSite | null
}

export type SameSite = 'Strict' | 'Lax' | 'None'

const MAX_PAIR = 4096
const MAX_ATTRIBUTE = 1024
// Chrome and RFC 6265bis drop the whole line when one of these is in it (tab is allowed).
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f]/

/** Returns the reason as a string when a browser would ignore the line. The reason never holds the value. */
export function parseSetCookie(line: string, now: number): ParsedCookie | string {
  if (CONTROL.test(line)) return 'it contains control characters'
  const [pair = '', ...attributes] = line.split(';')
  const equals = pair.indexOf('=')
  const name = equals < 0 ? '' : pair.slice(0, equals).trim()
  const value = (equals < 0 ? pair : pair.slice(equals + 1)).trim()
  if (name === '' && value === '') return 'it has neither name nor value'
  if (name.length + value.length > MAX_PAIR) return `name and value are longer than ${MAX_PAIR} characters`

  const cookie: ParsedCookie = {
    name,
    value,
    domain: null,
    path: null,
    expires: null,
    secure: false,
    httpOnly: false,
    sameSite: null,
  }
  let maxAge: number | null = null
  for (const attribute of attributes) {
    const at = attribute.indexOf('=')
    const key = (at < 0 ? attribute : attribute.slice(0, at)).trim().toLowerCase()
    const text = at < 0 ? '' : attribute.slice(at + 1).trim()
    if (text.length > MAX_ATTRIBUTE) continue
    if (key === 'domain') cookie.domain = text.replace(/^\./, '').toLowerCase() || null
    else if (key === 'path') cookie.path = text.startsWith('/') ? text : null
    else if (key === 'secure') cookie.secure = true
    else if (key === 'httponly') cookie.httpOnly = true
    else if (key === 'samesite') cookie.sameSite = sameSiteOf(text)
    else if (key === 'expires') cookie.expires = parseCookieDate(text) ?? cookie.expires
    else if (key === 'max-age' && /^-?\d+$/.test(text)) maxAge = Number(text)
  }
  if (maxAge !== null) cookie.expires = maxAge <= 0 ? 0 : now + maxAge * 1000
  return cookie
}

function sameSiteOf(text: string): SameSite | null {
  const wanted = text.toLowerCase()
  return wanted === 'strict' ? 'Strict' : wanted === 'lax' ? 'Lax' : wanted === 'none' ? 'None' : null
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** RFC 6265 §5.1.1: tolerant of order and separators; null when a field is missing or out of range. */
export function parseCookieDate(text: string): number | null {
  let time: [number, number, number] | null = null
  let day: number | null = null
  let month: number | null = null
  let year: number | null = null
  for (const token of text.split(/[\t\x20-\x2f;-@[-`{-~]+/)) {
    const clock: RegExpExecArray | null = time ? null : /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?!\d)/.exec(token)
    const monthIndex = MONTHS.indexOf(token.slice(0, 3).toLowerCase())
    if (clock) time = [Number(clock[1]), Number(clock[2]), Number(clock[3])]
    else if (day === null && /^\d{1,2}(?!\d)/.test(token)) day = Number.parseInt(token, 10)
    else if (month === null && monthIndex >= 0) month = monthIndex
    else if (year === null && /^\d{2,4}(?!\d)/.test(token)) year = Number.parseInt(token, 10)
  }
  if (!time || day === null || month === null || year === null) return null
  if (year < 70) year += 2000
  else if (year < 100) year += 1900
  const [hour, minute, second] = time
  if (year < 1601 || day < 1 || hour > 23 || minute > 59 || second > 59) return null
  const date = Date.UTC(year, month, day, hour, minute, second)
  return new Date(date).getUTCDate() === day ? date : null
}
