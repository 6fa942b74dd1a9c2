import { expect, test } from 'vitest'
import { AGENT_KINDS } from '../src/agent/agent.ts'
import { fakeWorld, respond, sessionIn } from '../src/run/fake-world.ts'
import { CAPABILITIES } from '../src/target/target.ts'
import { decidedBy, loadCatalogue } from './catalogue.ts'
import { probes } from './probes.ts'
import { twice } from './twice.ts'

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

const MODE = { page: '/', deepLink: '/', path: '/', deepPath: '/', idToken: '/a', rawIdToken: '/b' }

/**
 * A target that is calibrated and then says nothing any more: tokens are delivered, but nobody is ever signed in, no page shows anybody and
 * no query reaches the sink. Silence is not a pass, and what was not seen is no finding.
 */
function silentWorld() {
  const world = fakeWorld()
  const { query } = world.target
  Object.assign(world.target, {
    capabilities: new Set(CAPABILITIES),
    surfaces: ['page', 'api'].map((kind) => ({ name: kind, path: '/', kind, owner: 'product', showsIdentity: true })),
    declares: { ...world.target.declares, probes: probes.map(({ name }) => name), customScope: 'clearance', unresolved: 'error' },
    policy: { ...world.target.policy, declared: ['/data/idToken'] },
    modes: { edit: MODE, deployed: MODE },
    lookups: [{ path: '/users/{sub}', headers: {} }],
    signOut: async () => {},
    signInLocally: async () => {},
    async signIn(...[agent, account]: Parameters<typeof world.target.signIn>) {
      const { tamper = null, authorizationError, tokenError } = world.specs.get(account.id) ?? {}
      if (authorizationError || tokenError) return
      const jwt = `${encoded({ alg: 'RS256' })}.${encoded({ sub: account.id, at: Math.random() })}.${'s'.repeat(40)}`
      world.issue('id_token', account.id, jwt, tamper)
      world.issue('access_token', account.id)
      world.issue('refresh_token', account.id)
      if (agent.name === 'calibration') world.signedIn.set(agent, account)
    },
    async query(...[agent, probe, options]: Parameters<NonNullable<typeof query>>) {
      if (agent.name === 'calibration') return query!(agent, probe, options)
      return { exchange: respond(agent, ''), receipt: null, outcome: 'failed' }
    },
  })
  return world
}

test.each(AGENT_KINDS)('no check passes or fails on a target that says nothing, by %s', async (agent) => {
  const session = sessionIn({ ...silentWorld(), probes: [...probes] }, { agent })
  expect(await session.calibrate()).toEqual({ goodLogin: true, badLoginRefused: true, probeDelivered: true })
  const checks = decidedBy(agent, await loadCatalogue()).filter(({ level }) => level !== 'CONTROL')
  await Promise.all(checks.map((check) => session.judge(twice(check))))
  const { results } = await session.finish()
  const told = results.filter(({ verdict }) => verdict !== 'inconclusive' && verdict !== 'not-applicable')
  expect(told.map(({ id, verdict, reason, findings }) => [id, verdict, reason ?? findings[0]?.text])).toEqual([])
})
