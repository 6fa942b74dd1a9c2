#!/usr/bin/env node
// Plain JavaScript that any Node parses: below the floor the rest of the program could not even be read.
import * as module from 'node:module'

const [major, minor] = process.versions.node.split('.').map(Number)
if ((major === 22 && minor >= 22) || major === 24 || major >= 26) {
  // A reader that has seen enough (`| head`) does not end the run: reports are still to be written.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  let code = null
  const fault = (how) => {
    console.error(`tokenward failed: ${how}\nThis is a fault of tokenward itself. Please report it.`)
    process.exitCode = 4
  }
  process.on('uncaughtException', (error) => {
    // A run that listens ends cleanly by itself, and reports.
    if (process.listenerCount('uncaughtException') > 1) return
    fault(error instanceof Error ? error.message : error)
    process.exit()
  })
  process.on('exit', () => {
    // Nothing left to wait for is no success: Node would end with 0.
    if (code === null && !process.exitCode) fault('it ended before its work was done.')
    // A library that is still ending must not change the verdict.
    if (code !== null) process.exitCode = code
  })
  // Stripping types and compiling is a third of a short run: Node keeps the outcome in its own cache for the next one.
  const { directory } = module.enableCompileCache()
  // The suites' worker thread reads the variable.
  if (directory) process.env.NODE_COMPILE_CACHE ??= directory
  import('../cli/main.ts')
    .then(({ main }) => main(process.argv.slice(2)))
    .then((ended) => {
      code = ended
      process.exitCode = ended
      // Everything is written by now; a thread that cannot end must not keep the process.
      setTimeout(() => process.exit(), 1000).unref()
    })
} else {
  console.error(
    `tokenward needs Node ^22.22, ^24 or >=26; this is Node ${process.versions.node}.\n` +
      'Use `npm start` or `npm run tokenward -- <command>` in this folder: they run the Node that is pinned in package.json.\n' +
      'If that is what you did, the pinned Node is not installed: run `npm ci` without --ignore-scripts, or install a newer Node.',
  )
  process.exitCode = 2
}
