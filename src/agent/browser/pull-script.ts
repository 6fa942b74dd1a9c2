/** Bytes that one reading of a page's state may bring out of it. */
const LIMIT = 8 * 1024 * 1024

/**
 * Reads what a page of this origin could read of its storages, in an isolated world, where the page's own scripts changed nothing. Resolves to
 * `[channel, name, text, base64][]`; `base64` says that the text stands for bytes.
 */
export const PULL = `(async () => {
  const found = []
  let size = 0
  const add = (channel, name, text, base64 = false) => {
    if (typeof text !== 'string' || text === '' || size > ${LIMIT}) return
    size += text.length
    found.push([channel, String(name).slice(0, 4096), text.slice(0, ${LIMIT}), base64])
  }
  const bytes = (buffer) => {
    const view = new Uint8Array(buffer)
    let text = ''
    for (let i = 0; i < view.length; i += 32768) text += String.fromCharCode(...view.subarray(i, i + 32768))
    return btoa(text)
  }
  const keep = async (channel, name, value, depth = 0) => {
    if (value === null || value === undefined || depth > 6) return
    if (typeof value === 'string') return add(channel, name, value)
    if (typeof value !== 'object') return add(channel, name, String(value))
    if (value instanceof Blob) return add(channel, name, bytes(await value.slice(0, ${LIMIT}).arrayBuffer()), true)
    if (value instanceof ArrayBuffer) return add(channel, name, bytes(value), true)
    if (ArrayBuffer.isView(value)) return add(channel, name, bytes(value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength)), true)
    if (globalThis.CryptoKey && value instanceof CryptoKey) {
      if (value.extractable) add(channel, name, JSON.stringify(await crypto.subtle.exportKey('jwk', value)))
      return
    }
    const entries = value instanceof Map ? [...value] : value instanceof Set ? [...value].map((item, i) => [i, item]) : Object.entries(value)
    for (const [key, item] of entries) await keep(channel, name + '.' + String(key), item, depth + 1)
  }
  const attempt = async (read) => { try { await read() } catch {} }
  const asked = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
    request.onblocked = () => reject(new Error('blocked'))
  })
  await attempt(() => { for (const [key, value] of Object.entries(localStorage)) add('localstorage', key, value) })
  await attempt(() => { for (const [key, value] of Object.entries(sessionStorage)) add('sessionstorage', key, value) })
  const templates = (root) => [...root.querySelectorAll('template')].flatMap(({ content }) => [content, ...templates(content)])
  await attempt(() => { for (const content of templates(document)) { const box = document.createElement('div'); box.append(content.cloneNode(true)); add('dom', 'template', box.innerHTML) } })
  await attempt(() => add('postmessage', 'window.name', window.name))
  await attempt(() => keep('history', 'history.state', history.state))
  await attempt(() => { for (const entry of performance.getEntries()) { if (entry.detail) void keep('js-heap', 'performance.' + entry.name, entry.detail) } })
  await attempt(async () => {
    for (const { name, version } of await indexedDB.databases()) {
      const db = await asked(indexedDB.open(name, version))
      for (const store of db.objectStoreNames) {
        const source = db.transaction(store, 'readonly').objectStore(store)
        const [keys, values] = await Promise.all([asked(source.getAllKeys()), asked(source.getAll())])
        for (let i = 0; i < values.length; i++) {
          await keep('indexeddb', name + '/' + store + ' key', keys[i])
          await keep('indexeddb', name + '/' + store, values[i])
        }
      }
      db.close()
    }
  })
  await attempt(async () => {
    for (const name of await caches.keys()) {
      const cache = await caches.open(name)
      for (const request of await cache.keys()) {
        const response = await cache.match(request)
        const where = name + ' ' + request.url
        add('cachestorage', where + ' request', [...request.headers].map((pair) => pair.join(': ')).join('\\n'))
        if (!response) continue
        add('cachestorage', where + ' headers', [...response.headers].map((pair) => pair.join(': ')).join('\\n') || ' ')
        add('cachestorage', where, bytes(await response.arrayBuffer()), true)
      }
    }
  })
  await attempt(async () => {
    const walk = async (folder, path) => {
      for await (const [name, handle] of folder.entries()) {
        if (handle.kind === 'directory') await walk(handle, path + name + '/')
        else add('indexeddb', 'private file ' + path + name, bytes(await (await handle.getFile()).slice(0, ${LIMIT}).arrayBuffer()), true)
      }
    }
    await walk(await navigator.storage.getDirectory(), '/')
  })
  return found
})()`
