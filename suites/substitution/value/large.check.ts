import { comparePlacement } from '../../../src/check/positions.ts'
import { defineCheck } from '../../define.ts'
import { LARGE, largeToken } from '../../gathers/large-token.ts'

export default defineCheck({
  title: 'An access token of 8 KB works like a short one',
  failureTitle: 'An access token of 8 KB is refused, cut or left out',
  fix: 'Keep tokens in storage without a length limit; a token with many groups or roles easily gets this long.',
  level: 'SHOULD',
  polarity: 'accept',
  clauses: ['appsmith-tokens#placeholder'],
  messages: {
    refused: 'Nobody was signed in after a login whose access token has {size} characters.',
    changed:
      'The upstream received {got} in {position} of {probe}, where a token of {size} characters belongs; a short one arrived whole.',
  },
  gather: largeToken,
  judge: ({ facts: { marker, admitted, ordinary, large } }) => {
    if (!admitted) return [{ message: 'refused', data: { size: LARGE } }]
    const whole = ordinary.flatMap(({ probe, positions }) =>
      positions.filter((at) => comparePlacement(at, marker.text).kind === 'exact').map(({ position }) => `${probe} ${position}`),
    )
    return large.flatMap(({ probe, positions }) =>
      positions
        .filter((at) => whole.includes(`${probe} ${at.position}`) && comparePlacement(at, marker.text).kind !== 'exact')
        .map(({ position, got }) => ({ message: 'changed', data: { probe, position, size: LARGE, got: got ?? 'nothing' } })),
    )
  },
  mutants: [
    { target: 'refuses-long-access-tokens', trips: 'refused' },
    { target: 'cuts-access-token-at-4096', trips: 'changed' },
    { target: 'drops-header-over-8000', trips: 'changed' },
  ],
})
