import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One or more findings of a target that have one cause, written up for people. */
export interface Deviation {
  checks: readonly string[]
  /** What was sent, what was observed, what a user of that product can do: two or three sentences, in Markdown. */
  text: string
}

/** A target of the field: software that no one here wrote. */
export interface FieldTarget {
  /** Of the folder that its reports lie in: its `name` in the configuration, without blanks. */
  name: string
  /** Below fixtures/targets. */
  config: string
  /** As a heading. */
  title: string
  /** Packages whose versions are told; of a container they are said by the image. */
  packages: readonly string[]
  /** What is to be known of the way it was set up. */
  about: string
  deviations: readonly Deviation[]
}

const ROOT = join(import.meta.dirname, '../..')

/** `name 1.2.3`, of packages that are installed for that target, or for all. */
export function versionsOf({ config, packages }: FieldTarget): string[] {
  return packages.map((name) => {
    if (name.includes(' ')) return name
    const places = [join(ROOT, 'fixtures/targets', config, '..'), ROOT]
    for (const place of places)
      try {
        const { version } = JSON.parse(readFileSync(join(place, 'node_modules', name, 'package.json'), 'utf8')) as {
          version: string
        }
        return `${name} ${version}`
      } catch {
        // Not there: installed for all.
      }
    throw new Error(`The package ${name} of ${config} is not installed.`)
  })
}
