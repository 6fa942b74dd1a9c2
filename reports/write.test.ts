import { mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sample } from './sample.ts'
import { browserSample } from './sample-browser.ts'
import { parseEvidence, parseRun } from './schema.ts'
import { writeReports } from './write.ts'

const { run, evidence } = sample()
let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tokenward-reports-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

test('everything is written, readable again, and nothing half-written stays', async () => {
  const dir = join(root, 'all')
  const paths = await writeReports(dir, run, evidence, { html: true, junit: true })
  expect(paths).toEqual({ dir, run: join(dir, 'run.json'), html: join(dir, 'index.html'), junit: join(dir, 'junit.xml') })
  expect((await readdir(dir)).toSorted()).toEqual(['evidence', 'index.html', 'junit.xml', 'run.json'])
  expect((await readdir(join(dir, 'evidence'))).toSorted()).toEqual([...evidence.keys()].map((path) => path.slice(9)).toSorted())
  const text = await readFile(paths.run, 'utf8')
  expect(JSON.stringify(parseRun(text, paths.run))).toBe(JSON.stringify(run))
  expect(text).toContain('\n  "schemaVersion": 1')
  for (const path of evidence.keys()) parseEvidence(await readFile(join(dir, path), 'utf8'), path)
})

test('pictures lie where the evidence names them', async () => {
  const dir = join(root, 'pictures')
  const { attachments, ...browser } = browserSample()
  await writeReports(dir, browser.run, browser.evidence, { html: true, attachments })
  const { file } = browser.evidence.get('evidence/browser/tour.json')!.screenshots[0]!
  expect(new Uint8Array(await readFile(join(dir, file)))).toEqual(attachments.get(file))
  const outside = new Map([['../outside.png', new Uint8Array(1)]])
  await expect(writeReports(dir, run, new Map(), { attachments: outside })).rejects.toThrow('does not lie below')
})

test('only what was asked for, at the place asked for; the page finds its evidence from there', async () => {
  const dir = join(root, 'chosen')
  const html = join(root, 'site', 'report.html')
  const paths = await writeReports(dir, run, evidence, { html })
  expect(paths.html).toBe(html)
  expect(await readdir(dir)).not.toContain('junit.xml')
  expect(await readFile(html, 'utf8')).toContain('href="./../chosen/evidence/signed-in.json"')
})

describe('latest', () => {
  test('points at the newest run in reports/out', async () => {
    const out = join(root, 'a', 'reports', 'out')
    await writeReports(join(out, 'one'), run, new Map())
    const paths = await writeReports(join(out, 'two'), run, new Map())
    expect(paths.latest).toBe(join(out, 'latest'))
    expect(await readlink(join(out, 'latest'))).toBe('two')
    expect((await readdir(out)).toSorted()).toEqual(['latest', 'one', 'two'])
  })

  test('is a text where a link is not possible', async () => {
    const out = join(root, 'b', 'reports', 'out')
    await mkdir(join(out, 'latest', 'in-the-way'), { recursive: true })
    const paths = await writeReports(join(out, 'one'), run, new Map())
    expect(paths.latest).toBe(join(out, 'latest.txt'))
    expect(await readFile(join(out, 'latest.txt'), 'utf8')).toBe('one\n')
    expect((await readdir(out)).toSorted()).toEqual(['latest', 'latest.txt', 'one'])
  })

  test('is left alone elsewhere', async () => {
    await writeReports(join(root, 'elsewhere', 'one'), run, new Map())
    expect(await readdir(join(root, 'elsewhere'))).toEqual(['one'])
  })
})

describe('when the disk does not take it', () => {
  test('a file in place of the folder is named, with the cure', async () => {
    await writeFile(join(root, 'file'), '')
    const writing = writeReports(join(root, 'file', 'run'), run, evidence)
    await expect(writing).rejects.toMatchObject({ name: 'ReportError' })
    await expect(writing).rejects.toThrow(
      /could not be written: a part of the path is a file, not a folder\. Choose another folder with --out\./,
    )
  })

  test('a folder in place of a file leaves no part behind', async () => {
    const dir = join(root, 'blocked')
    await mkdir(join(dir, 'run.json', 'x'), { recursive: true })
    await expect(writeReports(dir, run, new Map())).rejects.toThrow('a folder of that name is in the way')
    expect(await readdir(dir)).toEqual(['run.json'])
  })

  test.each(['../outside.json', '/outside.json', 'evidence/../../outside.json', '..'])(
    'the evidence path %s is refused',
    async (path) => {
      const file = evidence.get('evidence/signed-in.json')!
      await expect(writeReports(join(root, 'deep', 'run'), run, new Map([[path, file]]))).rejects.toThrow('does not lie below')
    },
  )
})
