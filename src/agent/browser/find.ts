import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { BrowserChoice } from './browser.ts'

/** How to get at a browser: by starting it, or by connecting to one that runs. */
export type FoundBrowser =
  | { kind: 'executable'; path: string }
  | { kind: 'channel'; channel: string }
  | { kind: 'endpoint'; url: string }

export interface MissingBrowser {
  reason: string
  cure: string
}

const CURE =
  'Install Chromium, Chrome or Edge, or name one: `browser: { executablePath }` in the configuration, or --browser-endpoint ws://…'

/** Where systems put a Chromium, Chrome or Edge. First Chromium's headless shell: the same engine without its windows, in less than half the time. */
const USUAL: Record<string, readonly string[]> = {
  linux: [
    ...[
      '/usr/bin/chromium-headless-shell',
      '/usr/bin/chromium',
      '/usr/bin/chromium-browser',
      '/usr/bin/google-chrome',
      '/usr/bin/google-chrome-stable',
    ],
    ...['/opt/google/chrome/chrome', '/usr/bin/microsoft-edge', '/usr/bin/microsoft-edge-stable', '/snap/bin/chromium'],
  ],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
    'C:\\Program Files\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
}

/** Below a folder `chromium-<revision>` or `chromium_headless_shell-<revision>` of playwright's own browsers. */
const BUNDLED = [
  'chrome-linux/headless_shell',
  'chrome-headless-shell-linux64/chrome-headless-shell',
  'chrome-linux/chrome',
  'chrome-linux64/chrome',
  'chrome-mac/Chromium.app/Contents/MacOS/Chromium',
  'chrome-mac-arm64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing',
  'chrome-win/chrome.exe',
  'chrome-win64/chrome.exe',
]

/**
 * The browser that was chosen, or else the first that is installed: playwright's own (`PLAYWRIGHT_BROWSERS_PATH`, or its cache), then the usual
 * places. What was chosen and is not there is not replaced by another. Whether it starts is seen when it is opened.
 */
export function findBrowser(
  choice: BrowserChoice,
  env: NodeJS.ProcessEnv,
): { found: FoundBrowser } | { missing: MissingBrowser } {
  const { endpoint, executablePath, channel } = choice
  if (!isInstalled())
    return {
      missing: {
        reason: 'the package playwright-core, which drives browsers, is not installed',
        cure: 'npm install playwright-core',
      },
    }
  if (endpoint !== undefined) return { found: { kind: 'endpoint', url: endpoint } }
  if (executablePath !== undefined)
    return isExecutable(executablePath)
      ? { found: { kind: 'executable', path: executablePath } }
      : {
          missing: {
            reason: `there is no program at ${executablePath}`,
            cure: 'Correct `browser.executablePath` in the configuration.',
          },
        }
  if (channel !== undefined) return { found: { kind: 'channel', channel } }
  const path = [...bundled(env), ...(USUAL[process.platform] ?? [])].find(isExecutable)
  return path === undefined
    ? { missing: { reason: 'no Chromium, Chrome or Edge was found on this machine', cure: CURE } }
    : { found: { kind: 'executable', path } }
}

/** Looked up, not loaded: that takes half a second, and whoever opens the browser may be another thread. */
function isInstalled(): boolean {
  try {
    createRequire(import.meta.url).resolve('playwright-core')
    return true
  } catch {
    return false
  }
}

/** Newest first. */
function bundled(env: NodeJS.ProcessEnv): string[] {
  const caches: Record<string, string> = {
    linux: join(homedir(), '.cache/ms-playwright'),
    darwin: join(homedir(), 'Library/Caches/ms-playwright'),
    win32: join(env.LOCALAPPDATA ?? homedir(), 'ms-playwright'),
  }
  const folder = env.PLAYWRIGHT_BROWSERS_PATH || caches[process.platform]
  if (!folder || !existsSync(folder)) return []
  const revisions = readdirSync(folder)
    .filter((name) => /^chromium(?:_headless_shell)?-\d+$/.test(name))
    .toSorted((a, b) => Number(b.split('-')[1]) - Number(a.split('-')[1]))
  return revisions.flatMap((revision) => BUNDLED.map((path) => join(folder, revision, path)))
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
