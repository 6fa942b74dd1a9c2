import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Ports on which a process group accepts TCP connections. Linux tells; elsewhere there are none. */
export function listeningPorts(group: number): number[] {
  const ports = new Map([...socketsIn('/proc/net/tcp'), ...socketsIn('/proc/net/tcp6')])
  const found = processesOf(group)
    .flatMap(inodesOf)
    .flatMap((inode) => ports.get(inode) ?? [])
  return [...new Set(found)].toSorted((a, b) => a - b)
}

/** Sockets that listen, by inode: the fields are `sl local_address rem_address st … inode` (proc_pid_net(5)). */
function socketsIn(path: string): [inode: string, port: number][] {
  return attempt(() => readFileSync(path, 'utf8').split('\n').slice(1), []).flatMap((line) => {
    const fields = line.trim().split(/\s+/)
    const port = fields[1]?.split(':').at(-1)
    return fields[3] === LISTEN && port && fields[9] ? [[fields[9], Number.parseInt(port, 16)] as [string, number]] : []
  })
}

const LISTEN = '0A'

function processesOf(group: number): string[] {
  return attempt(() => readdirSync('/proc'), []).filter((pid) => {
    if (!/^\d+$/.test(pid)) return false
    // The command's name, in brackets, may hold blanks and brackets itself: what follows the last one is `state ppid pgrp …`.
    const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'), '')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2] === String(group)
  })
}

function inodesOf(pid: string): string[] {
  return attempt(() => readdirSync(`/proc/${pid}/fd`), []).flatMap((fd) => {
    const link = attempt(() => readlinkSync(`/proc/${pid}/fd/${fd}`), '')
    return /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []
  })
}

/** Processes end and files vanish while they are read; where there is no /proc, nothing is found. */
function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read()
  } catch {
    return otherwise
  }
}
