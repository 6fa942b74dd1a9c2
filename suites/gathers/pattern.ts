import type { Json } from '../../providers/provider.ts'
import { gather } from '../../src/check/define.ts'
import type { GatherContext } from '../../src/check/gather-context.ts'
import { isObject, jsonOf } from '../../src/target/answer.ts'
import { signedIn } from './signed-in.ts'

export interface PatternFacts {
  /** Calls of the browser itself to endpoints that only a server calls under bff. */
  direct: { endpoint: string; initiator: string; page: string }[]
  /** `response_type` of each request to the authorization endpoint that the browser was sent for. */
  responseTypes: string[]
}

/** Members of the provider's metadata (RFC 8414 §2) that name what only the server has business with. */
const SERVER_ONLY = ['token_endpoint', 'userinfo_endpoint', 'introspection_endpoint', 'revocation_endpoint']

/** One login and the app's pages with all that they load: which endpoints of the provider the browser itself comes to. */
export const observedPattern = gather(
  'observed-pattern',
  null,
  { needs: ['identity'] },
  async (context): Promise<PatternFacts> => {
    const metadata = await readMetadata(context)
    const { person } = await signedIn(context, 'alice')
    const { agent } = person
    const pages = context.target.surfaces.filter(({ kind, owner }) => kind === 'page' && owner === 'product')
    for (const { name, path } of pages)
      await agent.navigate(context.target.baseUrl + path, { surface: name }, { resources: true })
    const asked = agent.exchanges.map(({ request, initiator, surface }) => ({ url: new URL(request.url), initiator, surface }))
    const at = (member: string, url: URL) => `${url.origin}${url.pathname}` === metadata[member]
    const authorizations = asked.filter(({ url }) => at('authorization_endpoint', url))
    context.gate(
      'observed',
      authorizations.length > 0,
      'the browser was never sent to the authorization endpoint of the metadata',
    )
    return {
      direct: asked.flatMap(({ url, initiator, surface }) => {
        const endpoint = SERVER_ONLY.find((member) => at(member, url))
        return endpoint ? { endpoint, initiator, page: surface } : []
      }),
      responseTypes: authorizations.map(({ url }) => url.searchParams.get('response_type') ?? ''),
    }
  },
)

async function readMetadata(context: GatherContext): Promise<{ [member: string]: Json }> {
  const url = `${context.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const document = jsonOf(await context.visitor('metadata').request(url, { surface: 'metadata' }))
  return isObject(document) ? document : {}
}
