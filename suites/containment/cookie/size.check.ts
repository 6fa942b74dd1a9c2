import { allTrip, defineCheck } from '../../define.ts'
import { eightKilobytes } from '../../gathers/large-login.ts'

/** Browsers drop what is larger. */
const LIMIT = 4096

export default defineCheck({
  title: 'No cookie is larger than browsers keep, however large the ID Token',
  failureTitle: 'With a large ID Token a cookie is larger than browsers keep',
  fix: 'Spread what does not fit over several cookies, name and value of each within 4096 bytes; or keep it on the server.',
  level: 'SHOULD',
  clauses: ['asvs#3.3.5'],
  messages: {
    oversize:
      'With an ID Token of {characters} characters the app set the cookie {cookie} of {bytes} bytes, which browsers drop.',
  },
  gather: eightKilobytes,
  judge: ({ facts: { characters, cookies } }) =>
    cookies
      .filter(({ bytes }) => bytes > LIMIT)
      .map(({ name, bytes }) => ({ message: 'oversize' as const, data: { cookie: name, bytes, characters } })),
  mutants: allTrip('oversize', ['id-token-in-one-cookie', 'id-token-in-cookies-of-four-kilobytes']),
})
