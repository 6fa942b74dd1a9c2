import { allTrip, defineCheck } from '../../define.ts'
import { personalScripts } from '../../gathers/scripts.ts'

export default defineCheck({
  title: 'Nothing of the signed-in person is served as a script',
  failureTitle: 'What is known of the signed-in person is served as a script',
  fix: 'Serve personal data as application/json with nosniff, without JSONP; keep scripts the same for everybody.',
  level: 'SHOULD',
  clauses: ['asvs#3.5.6', 'asvs#3.5.7'],
  messages: {
    script: 'The app serves {path}, which names the person, {how}: a page of any site can run it and learn what it says.',
  },
  gather: personalScripts,
  judge: ({ facts }) =>
    facts.scripts
      .filter(({ owner }) => owner === 'product')
      .map(({ path, how }) => ({ message: 'script' as const, data: { path, how } })),
  mutants: allTrip('script', ['profile-as-javascript', 'profile-jsonp']),
})
