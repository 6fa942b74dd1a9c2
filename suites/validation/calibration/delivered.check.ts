import { gather } from '../../../src/check/define.ts'
import { defineCheck } from '../../define.ts'
import { attempt } from '../../gathers/refusal.ts'

const TRIES = 3

/** Three faulty logins in one browser: each time the app must fetch the token that it then refuses. */
const triedAgain = gather('tried-again', null, { needs: ['identity'], calibrated: ['login', 'refusal'] }, async (context) => {
  const tamper = { name: 'corrupt-signature' }
  let person = await context.person('mallory', { tamper })
  const delivered: boolean[] = []
  for (let i = 0; i < TRIES; i += 1) {
    delivered.push((await attempt(context, person, tamper)).delivered)
    person = await context.rearm(person, { tamper })
  }
  return { delivered }
})

export default defineCheck({
  title: 'Every faulty ID Token of the run was fetched by the app',
  failureTitle: 'The app refused without fetching the faulty ID Token',
  fix: 'Nothing to fix for conformance; but where logins are locked after a refusal, the refusals of this run prove nothing. Lift the lock for the test.',
  level: 'CONTROL',
  clauses: ['professos#stage-2'],
  messages: { notFetched: "The provider's journal shows no delivery at try {n}: the app refused without redeeming the code." },
  gather: triedAgain,
  judge: ({ facts }) =>
    facts.delivered.flatMap((fetched, i) => (fetched ? [] : { message: 'notFetched' as const, data: { n: i + 1 } })),
  mutants: [
    { target: 'refuses-second-try-unredeemed', trips: 'notFetched' },
    { target: 'refuses-third-try-unredeemed', trips: 'notFetched' },
  ],
})
