/** Name of the function by which hooks tell the harness; it is there only until the hooks have taken it. */
export const TELL = '__tokenwardTell'

/**
 * Runs before any script of a page or worker. What passes between windows and workers crosses no wire and is in no storage, so the functions
 * that send it tell the harness first. Strings go out as they are, everything else as JSON; nothing is sent in.
 */
export const HOOKS = `(() => {
  const tell = globalThis['${TELL}']
  if (typeof tell !== 'function') return
  delete globalThis['${TELL}']
  const most = 200
  let told = 0
  const bytes = (view) => Array.from(view.subarray(0, 65536), (byte) => String.fromCharCode(byte)).join('')
  const plain = (_, value) => {
    if (typeof value === 'bigint') return String(value)
    if (value instanceof ArrayBuffer) return bytes(new Uint8Array(value))
    if (ArrayBuffer.isView(value)) return bytes(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
    if (value instanceof Map || value instanceof Set) return [...value]
    return value
  }
  const say = (name, data) => {
    if (told++ === most) tell(JSON.stringify(['flood', 'more messages than are looked at: ' + name]))
    if (told > most) return
    try {
      const text = typeof data === 'string' ? data : JSON.stringify(data, plain)
      if (text !== undefined) tell(JSON.stringify([name, text.slice(0, 262144)]))
    } catch {}
  }
  const wrap = (holder, method, name) => {
    const original = holder?.[method]
    if (typeof original !== 'function') return
    holder[method] = function (...args) {
      say(name, args[0])
      return Reflect.apply(original, this, args)
    }
  }
  wrap(globalThis, 'postMessage', globalThis.document ? 'window.postMessage' : 'worker.postMessage')
  wrap(globalThis.BroadcastChannel?.prototype, 'postMessage', 'BroadcastChannel')
  wrap(globalThis.MessagePort?.prototype, 'postMessage', 'MessagePort')
  wrap(globalThis.Worker?.prototype, 'postMessage', 'Worker.postMessage')
  wrap(globalThis.ServiceWorker?.prototype, 'postMessage', 'ServiceWorker.postMessage')
  wrap(globalThis.Client?.prototype, 'postMessage', 'Client.postMessage')
  wrap(globalThis.RTCDataChannel?.prototype, 'send', 'RTCDataChannel')
  globalThis.addEventListener?.('message', ({ data }) => say('message', data), true)
})()`
