import { join, resolve } from 'node:path'
import { type MutantId, mutants } from '../../fixtures/targets/reference/mutants/index.ts'
import { type VariantId, variants } from '../../fixtures/targets/reference/variants.ts'
import type { ClientRegistration } from '../../providers/provider.ts'
import type { LoadedConfig } from '../config/load.ts'
import type { ContainerConfig, HttpTargetConfig } from '../config/schema.ts'
import { didYouMean, UserError } from '../errors.ts'
import { createAppsmithTarget } from './appsmith.ts'
import type { ContainerImage } from './container-image.ts'
import { createHttpTarget } from './http.ts'
import { createSpelling, REFERENCE_SPELLING, type Spelling } from './spelling.ts'
import { type Declarations, type ExposurePolicy, SERVICE_KEY, type Target, type TargetPlace } from './target.ts'

/** A target as addressed: how to register it, how to start it, and how to work it once it runs. */
export interface TargetSource {
  name: string
  /** Of the app, as its description says; null where it does not. */
  version: string | null
  address: string
  adapter: 'appsmith' | 'http'
  registration(baseUrl: string): ClientRegistration
  redirectPath: string
  postLogoutPath: string
  /** Of a target that trusts two issuers. */
  second: { redirectPath: string; registration(baseUrl: string): ClientRegistration } | null
  launch:
    | { kind: 'running'; baseUrl: string }
    | {
        kind: 'spawn'
        command: string | string[]
        cwd: string
        rename: Record<string, string>
        readyPath: string
        readyTimeoutMs: number
      }
    | {
        kind: 'container'
        image: ContainerImage
        port: number
        rename: Record<string, string>
        readyPath: string
        readyTimeoutMs: number
      }
  /** The probe's name as the target can have it. */
  spell(probe: string): string
  /** How its authors write what the probes' texts hold. */
  spelling: Spelling
  build(place: TargetPlace): Target
}

export const REFERENCE = 'reference'
const REFERENCE_MAIN = join(import.meta.dirname, '../../fixtures/targets/reference/main.ts')
/** The reference target requests one custom scope, so that its claims can be granted and withheld. */
export const CUSTOM_SCOPE = 'clearance'
/** Where Appsmith takes the provider's answer. */
export const APPSMITH_REDIRECT = '/login/oauth2/code/oidc'
/** Where the reference target takes that of the second. */
const SECOND_REDIRECT = '/login/oauth2/code/second'

/** Resolves an address of the command line, or the description in the configuration; see design §4. */
export function resolveTarget(
  address: string | undefined,
  { config, directory }: Pick<LoadedConfig, 'config' | 'directory'>,
): TargetSource {
  const described = typeof config.target === 'object' ? config.target : null
  const text = address ?? (typeof config.target === 'string' ? config.target : undefined)
  if (text === undefined) return described ? httpSource(described, directory) : referenceSource(REFERENCE)
  if (text === REFERENCE || text.startsWith(`${REFERENCE}/`)) return referenceSource(text)
  if (text.startsWith('appsmith:')) return appsmithSource(text)
  const { url: _url, command: _command, container, ...whoever } = described ?? {}
  const launched = described && (whoever as Described)
  if (text.startsWith('command:') && launched)
    return httpSource({ ...launched, command: unquote(text.slice('command:'.length)) }, directory)
  if (text.startsWith('image:') && launched) {
    const image = text.slice('image:'.length)
    if (image === '') throw new UserError('image: names no image. Write image:acme/portal:1.4')
    return httpSource({ ...launched, container: { image, port: container?.port ?? DEFAULT_CONTAINER_PORT } }, directory)
  }
  if (isWebUrl(text) && launched) return httpSource({ ...launched, url: text }, directory)
  if (text.startsWith('command:') || text.startsWith('image:') || isWebUrl(text))
    throw new UserError(
      `${text} needs a description: write \`target: { adapter: 'http', … }\` in tokenward.config.ts (see docs/targets.md).`,
    )
  throw new UserError(
    `There is no target "${text}".${didYouMean(text, knownAddresses())}\n` +
      'Addresses: reference, reference/mutant/<id>, reference/variant/<id>, appsmith:<url>, command:"<command>", image:<image>, https://<host>.',
  )
}

export function knownAddresses(): string[] {
  return [
    REFERENCE,
    ...Object.keys(mutants).map((id) => `${REFERENCE}/mutant/${id}`),
    ...Object.keys(variants).map((id) => `${REFERENCE}/variant/${id}`),
  ]
}

/** What selects a flavour of the reference target. */
export function referenceFlavour(address: string): { mutant?: MutantId; variant?: VariantId } {
  const [, kind, id = ''] = address.split('/')
  if (kind === undefined) return {}
  if (kind === 'mutant' && Object.hasOwn(mutants, id)) return { mutant: id as MutantId }
  if (kind === 'variant' && Object.hasOwn(variants, id)) return { variant: id as VariantId }
  throw new UserError(`There is no target "${address}".${didYouMean(address, knownAddresses())} See: tokenward list --targets`)
}

function referenceSource(address: string): TargetSource {
  const { mutant, variant } = referenceFlavour(address)
  const flavour = mutant ? ['--mutant', mutant] : variant ? ['--variant', variant] : []
  const different = flavourDifferences(mutant, variant)
  return {
    name: address,
    version: null,
    address,
    adapter: 'appsmith',
    redirectPath: APPSMITH_REDIRECT,
    postLogoutPath: '/',
    registration: (baseUrl) => ({ ...appsmithRegistration(baseUrl), ...different.registration }),
    second: {
      redirectPath: SECOND_REDIRECT,
      registration: (baseUrl) => ({
        ...appsmithRegistration(baseUrl),
        ...different.registration,
        redirectUris: [baseUrl + SECOND_REDIRECT],
        // Another one than the first's: each issuer's tokens are held to the algorithm that it was registered with.
        idTokenAlg: 'ES256',
      }),
    },
    launch: {
      kind: 'spawn',
      command: [process.execPath, REFERENCE_MAIN, ...flavour],
      cwd: process.cwd(),
      rename: {},
      readyPath: '/health',
      readyTimeoutMs: 15_000,
    },
    spell: appsmithSpelling,
    spelling: REFERENCE_SPELLING,
    build: ({ baseUrl, issuer, secrets = {} }) =>
      createAppsmithTarget({
        name: address,
        baseUrl,
        issuer,
        beyond: ['two-issuers', 'service-call', 'client-page'],
        serviceKey: secrets[SERVICE_KEY],
        ...(different.declares ? { declares: different.declares } : {}),
        ...(different.policy ? { policy: different.policy } : {}),
      }),
  }
}

interface Differences {
  registration?: Partial<ClientRegistration>
  declares?: Partial<Declarations>
  policy?: Partial<ExposurePolicy>
}

/** What a flavour declares of itself, other than the reference. */
function flavourDifferences(mutant?: MutantId, variant?: VariantId): Differences {
  const flavours: Record<string, Differences & { summary: string }> = { ...variants, ...mutants }
  return flavours[variant ?? mutant ?? ''] ?? {}
}

function appsmithSource(address: string): TargetSource {
  const baseUrl = address.slice('appsmith:'.length).replace(/\/+$/, '')
  if (!isWebUrl(baseUrl)) throw new UserError(`"${baseUrl}" is not a URL. Write appsmith:https://your-installation.example`)
  refuseUserInfo(baseUrl)
  return {
    name: new URL(baseUrl).host,
    version: null,
    address,
    adapter: 'appsmith',
    redirectPath: APPSMITH_REDIRECT,
    postLogoutPath: '/',
    registration: appsmithRegistration,
    second: null,
    launch: { kind: 'running', baseUrl },
    spell: appsmithSpelling,
    spelling: REFERENCE_SPELLING,
    build: (place) => createAppsmithTarget({ name: new URL(place.baseUrl).host, baseUrl: place.baseUrl, issuer: place.issuer }),
  }
}

function appsmithRegistration(baseUrl: string): ClientRegistration {
  return {
    redirectUris: [baseUrl + APPSMITH_REDIRECT],
    postLogoutRedirectUris: [`${baseUrl}/`],
    clientAuth: 'client_secret_basic',
    idTokenAlg: 'RS256',
    scope: `openid email profile offline_access ${CUSTOM_SCOPE}`,
  }
}

/** Appsmith's action names are identifiers. */
function appsmithSpelling(probe: string): string {
  return probe.replaceAll('-', '_')
}

type Described = Omit<HttpTargetConfig, 'url' | 'command' | 'container'>
/** The configuration's default, for an image that is named on the command line only. */
const DEFAULT_CONTAINER_PORT = 8080

function httpSource(
  target: Described & {
    url?: string | undefined
    command?: string | string[] | undefined
    container?: ContainerConfig | undefined
  },
  directory: string,
): TargetSource {
  const { registration, secondIssuer } = target
  const registered = (baseUrl: string): ClientRegistration => ({
    redirectUris: [registration.redirectPath, ...registration.furtherRedirectPaths].map((path) => baseUrl + path),
    postLogoutRedirectUris: [baseUrl + registration.postLogoutPath],
    clientAuth: registration.clientAuth,
    idTokenAlg: registration.idTokenAlg,
    scope: registration.scope,
    ...(registration.responseMode ? { responseMode: registration.responseMode } : {}),
    ...(registration.pkce ? { pkce: registration.pkce } : {}),
  })
  if (target.url) refuseUserInfo(target.url)
  return {
    name: target.name,
    version: target.version ?? null,
    address: addressOf(target),
    adapter: 'http',
    redirectPath: registration.redirectPath,
    postLogoutPath: registration.postLogoutPath,
    registration: registered,
    second: secondIssuer
      ? {
          redirectPath: secondIssuer.redirectPath,
          registration: (baseUrl) => ({ ...registered(baseUrl), redirectUris: [baseUrl + secondIssuer.redirectPath] }),
        }
      : null,
    launch: launchOf(target, directory),
    spell: (probe) => probe,
    spelling: createSpelling(target.placeholders),
    build: (place) => createHttpTarget(target as HttpTargetConfig, place),
  }
}

function addressOf({ url, command, container }: Parameters<typeof httpSource>[0]): string {
  if (url) return url
  if (container) return 'image' in container ? `image:${container.image}` : `dockerfile:${container.dockerfile}`
  return `command:${Array.isArray(command) ? command.map((part) => part.split('/').at(-1)).join(' ') : command}`
}

function launchOf(
  { url, command, container, ...target }: Parameters<typeof httpSource>[0],
  directory: string,
): TargetSource['launch'] {
  if (url) return { kind: 'running', baseUrl: url.replace(/\/+$/, '') }
  const waiting = { rename: target.env, readyPath: target.ready, readyTimeoutMs: target.readyTimeoutMs }
  if (!container) return { kind: 'spawn', command: command!, cwd: resolve(directory, target.cwd ?? '.'), ...waiting }
  const image: ContainerImage =
    'image' in container
      ? { kind: 'named', name: container.image }
      : {
          kind: 'built',
          context: resolve(directory, container.context),
          dockerfile: container.dockerfile,
          buildArgs: container.buildArgs,
        }
  return { kind: 'container', image, port: container.port, ...waiting }
}

/** An address is printed, repeated and written into every report. */
function refuseUserInfo(url: string): void {
  const { username, password, host } = new URL(url)
  if (username || password)
    throw new UserError(`The address of ${host} holds a user name or password. Leave them out: addresses are printed.`)
}

function isWebUrl(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text)
}

function unquote(text: string): string {
  return /^(["']).*\1$/s.test(text) ? text.slice(1, -1) : text
}
