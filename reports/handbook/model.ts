/** What the generated pages tell, as plain data: they know no check, no clause registry and no mutant, only their words. */

/** One requirement text that a check rests on. */
export interface Source {
  /** `<spec>#<anchor>` */
  id: string
  quote: string
  level: string
  url: string
  /** A heading of the page of the seeds, where the text is one of theirs. */
  heading: string | null
}

/** One broken target that a check must catch. */
export interface Broken {
  target: string
  /** Key of the message that it must cause. */
  trips: string
  summary: string
  /** The guard is there, but wrong. */
  nearMiss: boolean
  /** A public report of the same defect. */
  incident: string | null
}

/** One check, in words. */
export interface CheckAbout {
  id: string
  suite: string
  level: string
  /** `accept`: the app must do it, not refuse it. */
  polarity: 'accept' | 'refuse'
  title: string
  failureTitle: string
  fix: string
  messages: Record<string, string>
  /** Capabilities, and probes as `probe:<name>`, without which it does not apply. */
  needs: string[]
  /** Key of the evidence that it judges. */
  gather: string
  /** What is done to get that evidence; null when nobody wrote it down. */
  does: string | null
  /** Ids of other checks that judge the same evidence. */
  sharedBy: string[]
  /** What must have been seen in the run's calibration before. */
  calibrated: string[]
  /** The agents by which it is decided: `http`, `browser`. */
  agents: string[]
  /** Patterns under which it stands; empty is all of them. */
  under: string[]
  /** It judges what was seen in the whole run, not only in its own evidence. */
  watchesRun: boolean
  clauses: Source[]
  mutants: Broken[]
}

/** A document that the project was created from. */
export interface SeedAbout {
  id: string
  title: string
  edition: string
  url: string
}

/** One thing that the seeds promise, and who holds it. */
export interface PromiseAbout {
  id: string
  quote: string
  documents: string[]
  note: string | null
  heldBy: Pick<CheckAbout, 'id' | 'level' | 'title'>[]
}

/** A sentence of the seeds that no target can keep or break. */
export interface Unheld {
  document: string
  quote: string
  why: string
}
