import { defineCheck } from '../../define.ts'
import { burst } from '../../gathers/refresh.ts'

export default defineCheck({
  title: 'Parallel calls that find the token expired make one refresh',
  failureTitle: 'Parallel calls that find the token expired each make a refresh of their own',
  fix: 'Let all requests of a session wait for one refresh and use its outcome; look at the session again once the lock is held.',
  level: 'SHOULD',
  clauses: ['rfc9700#4.14.2'],
  messages: {
    reused:
      'The app made {refreshes} refreshes for {calls} parallel calls of one session; the provider refused {refused}, whose refresh token had been replaced.',
    several: 'The app made {refreshes} refreshes for {calls} parallel calls of one session, where one was enough.',
  },
  gather: burst,
  judge: ({ facts: { calls, granted, refused } }) => {
    const refreshes = granted + refused
    if (refused > 0) return [{ message: 'reused', data: { calls, refreshes, refused } }]
    return granted > 1 ? [{ message: 'several', data: { calls, refreshes } }] : []
  },
  mutants: [
    { target: 'refreshes-once-per-call', trips: 'reused' },
    { target: 'single-flight-per-worker', trips: 'reused' },
    { target: 'refreshes-again-after-waiting', trips: 'several' },
  ],
})
