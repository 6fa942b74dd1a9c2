import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Provider } from '../../providers/provider.ts'
import { redactText } from '../../src/evidence/redact.ts'
import { createScanner } from '../../src/evidence/scanner.ts'
import { freePort } from '../../src/run/ports.ts'
import { requireConsent } from '../../src/target/consent.ts'
import { launchTarget, type RunningTarget } from '../../src/target/launch.ts'
import type { TargetSource } from '../../src/target/resolve.ts'
import { probePack } from '../commands/probes.ts'

/** Registers the target at the lab and gets it running: started by us, or running already and consenting. */
export async function openTarget(source: TargetSource, provider: Provider, consent: readonly string[]): Promise<RunningTarget> {
  const { launch } = source
  const baseUrl = launch.kind === 'running' ? launch.baseUrl : `http://127.0.0.1:${await freePort()}`
  if (launch.kind === 'running') await requireConsent(baseUrl, consent)
  const registration = source.registration(baseUrl)
  const client = await provider.register(registration)
  if (launch.kind === 'running') return { baseUrl, died: new Promise(() => {}), stop: async () => {} }
  const folder = mkdtempSync(join(tmpdir(), 'tokenward-target-'))
  const probesPath = join(folder, 'probes.json')
  writeFileSync(probesPath, JSON.stringify(probePack(source, provider.sinkUrl)))
  const cleanUp = () => rmSync(folder, { recursive: true, force: true })
  try {
    const running = await launchTarget({
      ...launch,
      lab: {
        client,
        registration,
        baseUrl,
        redirectUri: baseUrl + source.redirectPath,
        postLogoutRedirectUri: baseUrl + source.postLogoutPath,
        probesPath,
      },
      redact: (text) =>
        redactText(
          createScanner([
            { name: 'client_secret', kind: 'client_secret', account: null, value: client.clientSecret, match: 'runs' },
          ]),
          text,
        ),
    })
    return {
      ...running,
      async stop() {
        await running.stop()
        cleanUp()
      },
    }
  } catch (error) {
    cleanUp()
    throw error
  }
}
