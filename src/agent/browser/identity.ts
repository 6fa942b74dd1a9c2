import { createHash, X509Certificate } from 'node:crypto'

/** Key and certificate by which the wire tap answers https, for as long as one browser runs. */
export interface TapIdentity {
  key: string
  cert: string
  /** SHA-256 of the public key, base64: by it Chromium is told to trust this one key, and nothing else. */
  keyDigest: string
}

/**
 * A self-signed identity of one run. The browser trusts it by its key's digest; who the target is, is verified by the wire tap itself, against the
 * system's authorities and `NODE_EXTRA_CA_CERTS`.
 */
export async function createTapIdentity(): Promise<TapIdentity> {
  const { generate } = await import('selfsigned')
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'tokenward wire tap' }], {
    keySize: 2048,
    algorithm: 'sha256',
  })
  const publicKey = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' })
  return { key, cert, keyDigest: createHash('sha256').update(publicKey).digest('base64') }
}
