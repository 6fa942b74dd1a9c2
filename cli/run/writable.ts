import { accessSync, constants, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { UserError } from '../../src/errors.ts'
import type { RunOptions } from './options.ts'

/** A run whose reports cannot be written is told before it begins. Throws UserError. */
export function requireWritable({ out, reporters }: Pick<RunOptions, 'out' | 'reporters'>): void {
  requireFolder(out, '--out', 'Choose another folder with --out.')
  for (const { name, path } of reporters) {
    if (path === null) continue
    // Allure's is a folder of its own, the others are files.
    if (name === 'allure') requireFolder(path, '--reporter allure', 'Choose another folder with --reporter allure=DIR.')
    else {
      requireFolder(dirname(path), `--reporter ${name}`, `Choose another file with --reporter ${name}=PATH.`)
      if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
        throw new UserError(`--reporter ${name}: ${path} is a folder. Name a file: --reporter ${name}=PATH.`)
    }
  }
}

function requireFolder(path: string, flag: string, cure: string): void {
  try {
    mkdirSync(path, { recursive: true })
    accessSync(path, constants.W_OK | constants.X_OK)
  } catch (error) {
    throw new UserError(`${flag}: nothing can be written to ${path}: ${explain(error)}. ${cure}`, undefined, { cause: error })
  }
}

function explain(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'EEXIST' || code === 'ENOTDIR') return 'a part of the path is a file, not a folder'
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return 'writing is not permitted there'
  return code ?? message
}
