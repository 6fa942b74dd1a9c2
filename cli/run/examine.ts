import type { BrowserChoice } from '../../src/agent/browser/browser.ts'
import { type FoundBrowser, findBrowser } from '../../src/agent/browser/find.ts'
import { openBrowser } from '../../src/agent/browser/open.ts'

/** One fact about this machine. */
export interface Fact {
  what: 'node' | 'browser' | 'memory'
  ok: boolean
  /** One line: what was found, or what is missing and what that costs. */
  text: string
  /** What to do about it; null when nothing is to be done. */
  cure: string | null
}

/** How things are looked for; tests bring their own. */
export interface Looking {
  find: typeof findBrowser
  open: typeof openBrowser
  platform: NodeJS.Platform
}

const HERE: Looking = { find: findBrowser, open: openBrowser, platform: process.platform }

/** What a run would find on this machine, step by step; each fact is told as soon as it is known. */
export async function examine(
  choice: BrowserChoice,
  env: NodeJS.ProcessEnv,
  tell: (fact: Fact) => void,
  looking: Looking = HERE,
): Promise<Fact[]> {
  const facts: Fact[] = []
  const note = (fact: Fact) => {
    facts.push(fact)
    tell(fact)
  }
  // The program does not start on a Node that is too old.
  note({ what: 'node', ok: true, text: `Node ${process.versions.node}`, cure: null })
  const looked = looking.find(choice, env)
  if ('missing' in looked) {
    const { reason, cure } = looked.missing
    note({
      what: 'browser',
      ok: false,
      text: `${reason.replace(/\.$/, '')}: what pages store, log, show and hold is not observed`,
      cure,
    })
    return facts
  }
  const unobserved = await launch(looked.found, note, looking)
  if (unobserved) note(memoryTap(unobserved, choice, looking.platform))
  return facts
}

/** Starts it for real and ends it again. Returns what it cannot observe; null when it did not start. */
async function launch(found: FoundBrowser, note: (fact: Fact) => void, { open }: Looking): Promise<readonly string[] | null> {
  const where = found.kind === 'endpoint' ? 'a running one' : found.kind === 'executable' ? found.path : found.channel
  try {
    const browser = await open(found, { allowed: [], trace: false })
    const { product, unobserved } = browser
    await browser.close()
    note({ what: 'browser', ok: true, text: `${product}, ${where}: started and closed again`, cure: null })
    return unobserved
  } catch (error) {
    const cure = 'Start it by hand to see why, or name another: browser.executablePath in the configuration.'
    note({ what: 'browser', ok: false, text: `${where} did not start: ${(error as Error).message}`, cure })
    return null
  }
}

function memoryTap(unobserved: readonly string[], { endpoint }: BrowserChoice, platform: NodeJS.Platform): Fact {
  if (unobserved.length === 0)
    return { what: 'memory', ok: true, text: "the memory of the browser's own processes is read", cure: null }
  const cure =
    endpoint !== undefined
      ? 'Let tokenward start the browser itself: leave the endpoint out.'
      : platform === 'linux'
        ? null
        : 'Run on Linux, or in a Linux container, to observe it too.'
  return { what: 'memory', ok: false, text: unobserved.join('; '), cure }
}
