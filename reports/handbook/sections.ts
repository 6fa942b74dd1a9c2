import type { CheckAbout, Source } from './model.ts'

/** A heading and what stands below it; the page and `explain` differ only in how they set it. */
export interface Section {
  title: string
  items: Item[]
}

/** A sentence in which code stands in backticks; `source` is where it was taken from. */
export interface Item {
  text: string
  source?: Source
}

const LEVELS: Record<string, string> = {
  MUST: 'a deviation fails the run',
  SHOULD: 'a deviation is a warning',
  POLICY: 'the target is held to what it declares; a deviation fails the run',
  EITHER: 'both outcomes conform, only a crash fails',
  CONTROL: 'a control of the run itself, no verdict on the target',
}

const CALIBRATION: Record<string, string> = {
  login: 'an honest login succeeded',
  refusal: 'impossible logins were refused',
  probe: 'a probe arrived with the token',
}

/** One line below the title: how much weight the check has. */
export function weightOf({ level, polarity }: CheckAbout): string {
  const demand = polarity === 'accept' ? 'the app must do it' : 'the app must prevent it'
  const meaning = LEVELS[level] ?? level
  return level === 'CONTROL' || level === 'EITHER' ? `${level}: ${meaning}.` : `${level}: ${demand}; ${meaning}.`
}

/** Everything there is to say about a check, in the order in which it is told. */
export function sectionsOf(about: CheckAbout): Section[] {
  return [
    { title: 'What it requires', items: about.clauses.map((source) => ({ text: `“${source.quote}”`, source })) },
    { title: 'What is done', items: doneFor(about) },
    { title: 'How it fails', items: Object.entries(about.messages).map(([key, text]) => ({ text: `\`${key}\`: ${text}` })) },
    { title: 'What to do', items: [{ text: about.fix }] },
    { title: 'Broken targets it must catch', items: brokenFor(about) },
    { title: 'What it needs', items: neededBy(about) },
  ]
}

function doneFor({ does, gather, sharedBy, watchesRun }: CheckAbout): Item[] {
  const shared = sharedBy.length === 0 ? '' : ` and judged by ${count(sharedBy.length, 'other check')} too`
  return [
    ...(does === null ? [] : [{ text: does }]),
    { text: `Evidence: \`${gather}\`, gathered once in a run${shared}.` },
    ...(watchesRun ? [{ text: 'It judges what clients saw in the whole run, whichever check provoked it.' }] : []),
  ]
}

function brokenFor({ mutants }: CheckAbout): Item[] {
  return mutants.map(({ target, trips, summary, nearMiss, incident }) => {
    const about = [nearMiss ? 'near miss' : null, incident].filter((part) => part !== null).join('; ')
    return { text: `\`reference/mutant/${target}\`: ${summary}${about ? ` (${about})` : ''}. It causes \`${trips}\`.` }
  })
}

const BY_BROWSER = {
  only: 'A browser (`--agent all`): this is decided in a browser only.',
  also: 'It is decided over http and, where one takes part (`--agent all`), in a browser: once by each.',
}

function neededBy({ needs, calibrated, agents, under }: CheckAbout): Item[] {
  const probes = needs.filter((need) => need.startsWith('probe:')).map((need) => need.slice('probe:'.length))
  const capabilities = needs.filter((need) => !need.startsWith('probe:'))
  const browser = agents.includes('browser') ? [{ text: agents.length > 1 ? BY_BROWSER.also : BY_BROWSER.only }] : []
  return [
    ...browser,
    { text: `Capabilities of the target: ${listed(capabilities)}.` },
    ...(probes.length > 0 ? [{ text: `Queries that the target must know (\`tokenward probes\`): ${listed(probes)}.` }] : []),
    ...(under.length > 0
      ? [{ text: `Pattern of the target: ${listed(under)}; under another one it is by design not applicable.` }]
      : []),
    { text: `Calibration: ${calibrated.map((seen) => CALIBRATION[seen] ?? seen).join(', ') || 'none'}.` },
  ]
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.map((name) => `\`${name}\``).join(', ')
}

/** `1 check`, `2 checks`. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`
}

/** Commands that repeat exactly this check: on the reference target, and on one that must fail it. */
export function commandsOf({ id, agents, mutants: [first] }: CheckAbout): string[] {
  const run = `npx tokenward run --check ${id}${agents.includes('http') ? '' : ' --agent browser'}`
  return first ? [run, `${run} --target reference/mutant/${first.target}`] : [run]
}
