import { comparePlacement } from '../../../src/check/positions.ts'
import { defineCheck } from '../../define.ts'
import { exactExecutions } from '../../gathers/substitution.ts'

/**
 * Tokens with `+ / = ~ . _ -` and JWTs. Raw against decoded equality is defined per position (`positionsOf`): headers and text bodies as they
 * are, path and query percent-decoded, JSON parsed, and in a form a textual `+` is a space. A literal placeholder is for `placement` to report.
 */
export default defineCheck({
  title: 'What arrives is byte-equal to an issued token, whatever its alphabet',
  failureTitle: 'Tokens arrive changed: encoded twice, unencoded where needed, or cut',
  fix: 'Encode the value as its position demands, exactly once: percent-encoding in URLs, JSON escapes in JSON, form encoding in forms, nothing in headers.',
  level: 'MUST',
  polarity: 'accept',
  clauses: [
    'appsmith-tokens#placeholder',
    'rfc6750#2.1',
    'jwt#compact',
    'appsmith-jwt-2022#access-token-is-jwt',
    'jwt#not-all-tokens',
    'jwt#each-request',
    'appsmith-jwt-2022#securely-exchange',
    'appsmith-tokens#usable-after-login',
  ],
  messages: { changed: 'The upstream received {got} in {position} of {probe}, where the {format} token belongs ({template}).' },
  gather: exactExecutions,
  judge: ({ facts }) =>
    facts.runs.flatMap(({ probe, format, positions }) =>
      positions
        .filter((position) => ['other', 'absent'].includes(comparePlacement(position, facts.marker.text).kind))
        .map(({ position, template, got }) => ({
          message: 'changed',
          data: { probe, format, position, template, got: got ?? 'nothing' },
        })),
    ),
  mutants: [
    { target: 'percent-encodes-in-header', trips: 'changed' },
    { target: 'form-keeps-plus', trips: 'changed' },
    { target: 'strips-base64-padding', trips: 'changed' },
    { target: 'cookie-header-percent-encoded', trips: 'changed' },
    { target: 'ds-query-encoded-twice', trips: 'changed' },
  ],
})
