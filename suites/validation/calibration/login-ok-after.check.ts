import { gather } from '../../../src/check/define.ts'
import { isAccount } from '../../../src/run/calibrate.ts'
import { defineCheck } from '../../define.ts'
import { attempt, honestLogin } from '../../gathers/refusal.ts'

/** A faulty login, then an honest one in the same browser and one in a fresh browser. */
const refusedThenHonest = gather(
  'refused-then-honest',
  null,
  { needs: ['identity'], calibrated: ['login', 'refusal'] },
  async (context) => {
    const mallory = await context.person('returning', { tamper: { name: 'corrupt-signature' } })
    await attempt(context, mallory, { name: 'corrupt-signature' })
    const again = await context.rearm(mallory, {})
    const identity = await context.signIn(again)
    return {
      sameBrowser: identity !== null && isAccount(identity.subject, again.account),
      freshBrowser: await honestLogin(context),
    }
  },
)

export default defineCheck({
  title: 'An honest login works after a refused one',
  failureTitle: 'An honest login no longer works after a refused one',
  fix: 'Forget the refused login completely; a refusal that breaks the app proves nothing.',
  level: 'CONTROL',
  polarity: 'accept',
  clauses: ['professos#stage-2'],
  messages: { locked: 'After a refused ID Token an honest login in {where} did not sign the person in.' },
  gather: refusedThenHonest,
  judge: ({ facts: { sameBrowser, freshBrowser } }) => [
    ...(sameBrowser ? [] : [{ message: 'locked' as const, data: { where: 'the same browser' } }]),
    ...(freshBrowser ? [] : [{ message: 'locked' as const, data: { where: 'a fresh browser' } }]),
  ],
  mutants: [
    { target: 'locks-after-refusal', trips: 'locked' },
    { target: 'locks-browser-after-refusal', trips: 'locked' },
  ],
})
