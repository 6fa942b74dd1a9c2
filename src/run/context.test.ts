import { expect, test } from 'vitest'
import { checkOf, fakeWorld, sessionIn } from './fake-world.ts'

test('arrivals are the calls with a token of that person, at that probe, since the gather first looked', async () => {
  const world = fakeWorld()
  const before = checkOf('s/before', async (context) => {
    const person = await context.person('early')
    await context.signIn(person)
    await context.query(person.agent, 'call')
  })
  let seen: number[][] = []
  const check = checkOf('s/arrivals', async (context) => {
    const [alice, bob] = [await context.person('alice'), await context.person('bob')]
    for (const person of [alice, bob]) await context.signIn(person)
    for (const { agent } of [alice, bob, alice]) await context.query(agent, 'call')
    const found = [
      await context.arrivalsOf(alice, 'call'),
      await context.arrivalsOf(bob, 'call'),
      await context.arrivalsOf(bob, 'other'),
    ]
    seen = found.map((records) => records.map(({ seq }) => seq))
  })
  const session = sessionIn(world)
  await session.judge(before)
  await session.judge(check)
  expect(seen).toEqual([[2, 4], [3], []])
})
