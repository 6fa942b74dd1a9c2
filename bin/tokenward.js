#!/usr/bin/env node
// Plain JavaScript that any Node parses: below the floor the rest of the program could not even be read.
const [major, minor] = process.versions.node.split('.').map(Number)
if ((major === 22 && minor >= 22) || major === 24 || major >= 26) {
  const { main } = await import('../cli/main.ts')
  process.exitCode = await main(process.argv.slice(2))
} else {
  console.error(
    `tokenward needs Node ^22.22, ^24 or >=26; this is Node ${process.versions.node}.\n` +
      'Use `npm start` or `npm run tokenward -- <command>` in this folder: they run the Node that is pinned in package.json.\n' +
      'If that is what you did, the pinned Node is not installed: run `npm ci` without --ignore-scripts, or install a newer Node.',
  )
  process.exitCode = 2
}
