import { defineCheck } from '../../define.ts'
import { switched } from '../../gathers/one-browser.ts'
import { LEAKED, sightingsOf, VISITOR } from '../ownership.ts'

const secrets = sightingsOf('isolation/after-logout')

export default defineCheck({
  title: 'After logout no page, endpoint, cookie, storage or cache holds what was shown to the person',
  failureTitle: 'After logout something of the person is still there',
  fix: 'Clear the cookies that were set at sign-in, and answer every request after the logout as a stranger’s.',
  level: 'MUST',
  clauses: ['asvs#14.3.1', 'asvs#7.4.1', 'appsmith-jwt-2022#store-as-long-as-needed'],
  messages: { ...LEAKED, remains: 'After the logout of {left}, {surface} still holds {what}.' },
  gather: switched,
  judge: (evidence) => {
    const { left, remains } = evidence.facts
    // What every visitor is shown is for `isolation/anonymous` to judge.
    const common = new Set(evidence.sightings.filter(({ agent }) => agent === VISITOR).map(({ surface }) => surface))
    const kept = secrets({ ...evidence, sightings: evidence.sightings.filter(({ surface }) => !common.has(surface)) })
    return [...kept, ...remains.map((seen) => ({ message: 'remains' as const, data: { left, ...seen } }))]
  },
  mutants: [
    { target: 'view-kept-after-logout', trips: 'remains' },
    { target: 'claim-cookie-outlives-logout', trips: 'remains' },
    { target: 'settings-show-last-token-of-browser', trips: 'leaked' },
    { target: 'profile-in-localstorage-after-logout', trips: 'remains' },
    { target: 'page-data-in-cache-after-logout', trips: 'remains' },
  ],
})
