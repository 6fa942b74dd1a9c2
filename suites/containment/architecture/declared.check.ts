import { defineCheck } from '../../define.ts'
import { observedPattern } from '../../gathers/pattern.ts'

/** Tokens in the client have checks of their own; here it is who fetches them. */
export default defineCheck({
  title: 'Only the server talks to the provider about tokens, as the declared pattern says',
  failureTitle: 'The browser itself talks to the provider about tokens, although the target declares the pattern bff',
  fix: 'Leave token, UserInfo and renewal to the server; or declare the pattern that the app really has, with its reason.',
  level: 'POLICY',
  clauses: ['bff#6.1', 'asvs#10.1.1'],
  messages: {
    direct: 'On {page} the app made the browser itself call the {endpoint} of the provider ({initiator}).',
    implicit: 'The app sent the browser for an access token of its own (response_type {responseType}).',
  },
  under: ['bff'],
  gather: observedPattern,
  judge: ({ facts: { direct, responseTypes } }) => [
    ...direct.map((data) => ({ message: 'direct' as const, data })),
    ...[...new Set(responseTypes)]
      .filter((type) => type.split(' ').includes('token'))
      .map((responseType) => ({ message: 'implicit' as const, data: { responseType } })),
  ],
  mutants: [
    { target: 'page-calls-userinfo', trips: 'direct' },
    { target: 'page-renews-in-hidden-frame', trips: 'implicit' },
  ],
})
