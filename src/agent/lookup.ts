import dns from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'

/** Containers know the machine that they run on by this name, and the provider is one exact string for everyone: so it is known here too. */
export const CONTAINER_HOST = 'host.docker.internal'

/**
 * Resolves names as every agent does: those given here first, the name of this machine in containers to loopback, others by the system.
 * @param hosts name → address
 */
export function lookupWith(hosts: Record<string, string> = {}): LookupFunction {
  const known = new Map(
    Object.entries({ [CONTAINER_HOST]: '127.0.0.1', ...hosts }).map(([name, address]) => [name.toLowerCase(), address]),
  )
  return (hostname, options, callback) => {
    const address = known.get(hostname.toLowerCase())
    if (!address) return dns.lookup(hostname, options, callback)
    const family = isIP(address)
    if (options.all) callback(null, [{ address, family }])
    else callback(null, address, family)
  }
}
