import type { SeedId } from './documents.ts'

/** Sentences of the seeds that sound like promises, and why no check rests on them. */
export const unheld: readonly { document: SeedId; quote: string; why: string }[] = [
  {
    document: 'appsmith-jwt-2022',
    quote: 'available only in the enterprise edition for self-hosted instances.',
    why: 'A licence, which changed between the documents; what a target does not have is not applicable.',
  },
  {
    document: 'appsmith-jwt-2022',
    quote:
      'Sending a token as a part of the Authorization header eliminates the Cross-Origin Resource Sharing(CORS) usually faced while sharing through cookies.',
    why: 'A consequence for whoever designs an API, and untrue as it stands: Authorization makes a browser ask beforehand.',
  },
  {
    document: 'appsmith-jwt-2022',
    quote:
      'The public/private claims should not have similar names as reserved claims as it will break the interoperability between the systems exchanging information.',
    why: 'It binds whoever defines claims at the provider. The app must pass on what was issued.',
  },
  {
    document: 'appsmith-jwt-2022',
    quote: 'The claim names are only three characters long to ensure compact JWT.',
    why: 'It describes RFC 7519, whose own claim names are short; other claims have long names.',
  },
  {
    document: 'appsmith-jwt-2022',
    quote: 'The key benefits of using a JWT are that it is more compact and thus smaller in size.',
    why: 'A comparison of formats.',
  },
  {
    document: 'appsmith-jwt-2022',
    quote: 'You can use the JWT Debugger to encode, decode, or verify the generated JWTs.',
    why: 'A hint at a tool. That any tool can take the raw token apart and verify it, exposure/raw/structure and exposure/raw/verifies hold.',
  },
  {
    document: 'jwt',
    quote: "Single Sign On widely uses JWT nowadays because of JWT's small overhead",
    why: 'It describes the world. How large a token is, its issuer decides.',
  },
  {
    document: 'jwt',
    quote: 'Although JWTs can also be encrypted to provide secrecy between parties, we will focus on signed tokens',
    why: 'The document leaves encrypted tokens out.',
  },
]
