import { expect, test } from 'vitest'
import { createLimiter } from './limiter.ts'

/** Tasks that end when told to. */
function tasks() {
  const started: number[] = []
  const end: (() => void)[] = []
  const task = (n: number) => () =>
    new Promise<number>((resolve) => {
      started.push(n)
      end[n] = () => resolve(n)
    })
  return { started, end, task }
}

const settle = () => new Promise((resolve) => setImmediate(resolve))

test('runs no more than the limit, hands slots on in order, and returns what the task returns', async () => {
  const limit = createLimiter(2)
  const { started, end, task } = tasks()
  const done = [0, 1, 2, 3, 4].map((n) => limit(task(n)))
  await settle()
  expect(started).toEqual([0, 1])
  end[1]!()
  await settle()
  expect(started).toEqual([0, 1, 2])
  end[0]!()
  end[2]!()
  await settle()
  expect(started).toEqual([0, 1, 2, 3, 4])
  end[3]!()
  end[4]!()
  expect(await Promise.all(done)).toEqual([0, 1, 2, 3, 4])
})

test('a newcomer does not take the slot that is handed to one who waits', async () => {
  const limit = createLimiter(1)
  const { started, end, task } = tasks()
  const first = limit(task(0))
  const waiting = limit(task(1))
  await settle()
  end[0]!()
  const newcomer = first.then(() => limit(task(2)))
  await settle()
  expect(started).toEqual([0, 1])
  end[1]!()
  await settle()
  end[2]!()
  expect(await Promise.all([waiting, newcomer])).toEqual([1, 2])
})

test('a task that fails frees its slot, whether it throws or rejects', async () => {
  const limit = createLimiter(1)
  const failed = [
    limit(async () => {
      throw new Error('first')
    }),
    limit(() => Promise.reject(new Error('second'))),
    limit(() => {
      throw new Error('third')
    }),
  ]
  expect((await Promise.allSettled(failed)).map((outcome) => (outcome as PromiseRejectedResult).reason.message)).toEqual([
    'first',
    'second',
    'third',
  ])
  expect(await limit(async () => 'free')).toBe('free')
})
