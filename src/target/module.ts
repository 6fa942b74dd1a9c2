import type { ConfigInput } from '../config/schema.ts'
import { UserError } from '../errors.ts'
import type { TargetSource } from './resolve.ts'
import type { Capability, Target, TargetPlace } from './target.ts'

type Description = Extract<NonNullable<ConfigInput['target']>, object>

/** What data can say of a target that is worked by functions: sign-in and oracle may be left to them. */
export type ModuleDescription = Omit<Description, 'login' | 'identity'> & Partial<Pick<Description, 'login' | 'identity'>>

/** What the functions take over; `capabilities` are those that they add. */
export type Worked = Partial<Omit<Target, 'capabilities' | 'name' | 'baseUrl'>> & { capabilities?: readonly Capability[] }

/** A target that data alone does not describe: the default export of a module whose path is its address. */
export interface TargetModule {
  description: ModuleDescription
  /** Called where the target was found or started; `described` is what the description alone comes to. */
  work(described: Target, place: TargetPlace): Worked
}

/**
 * Describes a target by data as far as that goes, and by functions for the rest: `export default defineTarget({ … }, (described, place) => ({
 * signIn, identity, query }))`. Its address is the module's path: `tokenward run --target ./portal.target.ts`.
 */
export function defineTarget(description: ModuleDescription, work: TargetModule['work']): TargetModule {
  return { description, work }
}

export function isTargetModule(value: unknown): value is TargetModule {
  return (
    typeof value === 'object' && value !== null && 'work' in value && typeof value.work === 'function' && 'description' in value
  )
}

/** Stands where a description leaves sign-in or oracle to functions. */
const LEFT_TO_FUNCTIONS = { login: { path: '/' }, identity: { path: '/', subject: '' } }

/** The configuration that the description alone would be. */
export function moduleConfig({ description }: TargetModule): unknown {
  return { target: { ...LEFT_TO_FUNCTIONS, ...description } }
}

/** What the description comes to, with the module's functions in place of, or beside, what it describes. Throws UserError where neither says how. */
export function withFunctions(source: TargetSource, { description, work }: TargetModule): TargetSource {
  return {
    ...source,
    build(place) {
      const described = source.build(place)
      const worked = work(described, place)
      const missing =
        !description.login && !worked.signIn
          ? 'signIn, nor a `login`'
          : !description.identity && !worked.identity
            ? 'identity, nor an `identity`'
            : null
      if (missing) throw new UserError(`The module of ${source.name} has no function ${missing} in its description.`)
      return { ...described, ...worked, capabilities: new Set([...described.capabilities, ...(worked.capabilities ?? [])]) }
    },
  }
}
